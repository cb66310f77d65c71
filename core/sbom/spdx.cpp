#include "sbom/spdx.hpp"

#include <map>

#include "json/json.hpp"
#include "sbom/component.hpp"

namespace pinnace::sbom {

using nlohmann::json;

namespace {

constexpr const char* k_tool = "Tool: pinnace-" PINNACE_VERSION;
constexpr const char* k_unsaid = "NOASSERTION";
constexpr const char* k_image_id = "SPDXRef-Image";
constexpr const char* k_os_id = "SPDXRef-OperatingSystem";

/// What every package must have, and what nobody says of it.
json package_of(const std::string& id, const std::string& name) {
  return {{"SPDXID", id},
          {"name", name.empty() ? "unnamed" : name},
          {"downloadLocation", k_unsaid},
          {"filesAnalyzed", false},
          {"licenseConcluded", k_unsaid},
          {"licenseDeclared", k_unsaid},
          {"copyrightText", k_unsaid},
          {"supplier", k_unsaid}};
}

json purl_reference(const std::string& purl) {
  return {{"referenceCategory", "PACKAGE-MANAGER"},
          {"referenceType", "purl"},
          {"referenceLocator", purl}};
}

json relationship(const std::string& from, const char* type, const std::string& to) {
  return {{"spdxElementId", from}, {"relationshipType", type}, {"relatedSpdxElement", to}};
}

const char* algorithm_of(const hash::Digest& digest) {
  return digest.algorithm() == hash::Algorithm::sha512 ? "SHA512" : "SHA256";
}

json annotation(const std::string& created, const std::string& comment) {
  return {{"annotationDate", created},
          {"annotationType", "OTHER"},
          {"annotator", k_tool},
          {"comment", comment}};
}

json image_package(const Subject& subject) {
  const hash::Digest& digest = subject.manifest.digest;
  json package = package_of(k_image_id, subject.name.empty() ? digest.str() : subject.name);
  package["versionInfo"] = digest.str();
  package["primaryPackagePurpose"] = "CONTAINER";
  package["checksums"] = {{{"algorithm", algorithm_of(digest)}, {"checksumValue", digest.hex()}}};
  package["externalRefs"] = json::array(
      {purl_reference(image_purl(subject.name, digest, subject.platform.architecture))});
  package["summary"] = "An image for " + subject.platform.str();
  const std::string created = created_of(subject);
  for (const oci::Descriptor& layer : subject.layers)
    package["annotations"].push_back(annotation(created, "Layer: " + layer.digest.str()));
  return package;
}

json os_package(const packages::OsRelease& os) {
  json package = package_of(k_os_id, os.id);
  if (!os.version_id.empty()) package["versionInfo"] = os.version_id;
  if (!os.pretty_name.empty()) package["summary"] = os.pretty_name;
  package["primaryPackagePurpose"] = "OPERATING-SYSTEM";
  return package;
}

std::string spdx_id(const Component& component) {
  return "SPDXRef-Package-" + component.id;
}

/// Where it was found, and what it was built from.
std::string source_of(const Component& component, const Subject& subject) {
  const inventory::InstalledPackage& one = *component.package;
  std::string text = "Found in /" + one.path;
  if (!one.package.inside.empty()) text += "!/" + one.package.inside;
  if (one.layer < subject.layers.size())
    text += " of layer " + subject.layers[one.layer].digest.str();
  if (one.package.source.empty()) return text;
  text += ", built from " + one.package.source;
  return one.package.source_version.empty() ? text : text + " " + one.package.source_version;
}

json component_package(const Component& component, const Subject& subject) {
  json package = package_of(spdx_id(component), component.name);
  const packages::Package& found = component.package->package;
  if (!found.version.empty()) package["versionInfo"] = found.version;
  if (!component.licences.empty()) package["licenseDeclared"] = all_of(component.licences);
  package["sourceInfo"] = source_of(component, subject);
  package["externalRefs"] = json::array({purl_reference(component.purl)});
  return package;
}

/// The texts that LicenseRefs stand for.
json extracted(const std::vector<Component>& components) {
  std::map<std::string, std::string> texts;
  for (const Component& component : components) {
    for (const Licence& licence : component.licences)
      if (!licence.extracted.empty()) texts.emplace(licence.expression, licence.extracted);
  }
  json list = json::array();
  for (const auto& [id, text] : texts)
    list.push_back({{"licenseId", id}, {"extractedText", text}, {"name", k_unsaid}});
  return list;
}

}  // namespace

json spdx_document(const Subject& subject, const inventory::ImageInventory& image) {
  const std::vector<Component> components = components_of(image);
  json packages = json::array({image_package(subject)});
  json relationships = json::array({relationship("SPDXRef-DOCUMENT", "DESCRIBES", k_image_id)});
  if (!image.os.id.empty()) {
    packages.push_back(os_package(image.os));
    relationships.push_back(relationship(k_image_id, "CONTAINS", k_os_id));
  }
  for (const Component& component : components) {
    packages.push_back(component_package(component, subject));
    const bool is_inside = component.parent != Component::k_none;
    relationships.push_back(
        relationship(is_inside ? spdx_id(components[component.parent]) : k_image_id, "CONTAINS",
                     spdx_id(component)));
  }
  const hash::Digest& digest = subject.manifest.digest;
  json document = {
      {"spdxVersion", "SPDX-2.3"},
      {"dataLicense", "CC0-1.0"},
      {"SPDXID", "SPDXRef-DOCUMENT"},
      {"name", subject.name.empty() ? digest.str() : subject.name + "@" + digest.str()},
      {"creationInfo", {{"created", created_of(subject)}, {"creators", {k_tool}}}},
      {"packages", std::move(packages)},
      {"relationships", std::move(relationships)}};
  if (json texts = extracted(components); !texts.empty())
    document["hasExtractedLicensingInfos"] = std::move(texts);
  if (!image.findings.empty())
    document["comment"] = std::to_string(image.findings.size()) +
                          " files or layers could not be read; there may be more packages.";
  document["documentNamespace"] =
      "https://spdx.org/spdxdocs/pinnace-" + uuid_of(pinnace::json::dump_replacing(document));
  return document;
}

}  // namespace pinnace::sbom
