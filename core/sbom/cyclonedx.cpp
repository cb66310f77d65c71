#include "sbom/cyclonedx.hpp"

#include <algorithm>

#include "base/shown.hpp"
#include "json/json.hpp"
#include "sbom/component.hpp"

namespace pinnace::sbom {

using nlohmann::json;

namespace {

json property(const std::string& name, const std::string& value) {
  return {{"name", "pinnace:" + name}, {"value", value}};
}

/// The format takes at most 1024 characters.
std::string version_of(const std::string& version) {
  constexpr std::size_t k_most = 1024;
  return version.size() <= k_most ? version : base::shortened(base::printable(version), 900);
}

json image_component(const Subject& subject) {
  const hash::Digest& digest = subject.manifest.digest;
  const char* algorithm = digest.algorithm() == hash::Algorithm::sha512 ? "SHA-512" : "SHA-256";
  json component = {
      {"type", "container"},
      {"bom-ref", "image"},
      {"name", subject.name.empty() ? digest.str() : subject.name},
      {"version", digest.str()},
      {"purl", image_purl(subject.name, digest, subject.platform.architecture)},
      {"hashes", {{{"alg", algorithm}, {"content", digest.hex()}}}},
      {"properties", json::array({property("image:platform", subject.platform.str())})}};
  for (const oci::Descriptor& layer : subject.layers)
    component["properties"].push_back(property("image:layer", layer.digest.str()));
  return component;
}

json os_component(const packages::OsRelease& os) {
  json component = {{"type", "operating-system"}, {"bom-ref", "operating-system"}, {"name", os.id}};
  if (!os.version_id.empty()) component["version"] = version_of(os.version_id);
  if (!os.pretty_name.empty()) component["description"] = os.pretty_name;
  return component;
}

/// One expression, or names where not all are known: this format takes no mixture.
json licences_of(const std::vector<Licence>& licences) {
  const bool all_known = std::all_of(licences.begin(), licences.end(),
                                     [](const Licence& one) { return one.extracted.empty(); });
  if (all_known) return json::array({{{"expression", all_of(licences)}}});
  json list = json::array();
  for (const Licence& one : licences) {
    const std::string& name = one.extracted.empty() ? one.expression : one.extracted;
    list.push_back({{"license", {{"name", name}}}});
  }
  return list;
}

json properties_of(const inventory::InstalledPackage& one, const Subject& subject) {
  json list = json::array();
  if (one.layer < subject.layers.size())
    list.push_back(property("package:layer", subject.layers[one.layer].digest.str()));
  if (!one.package.source.empty()) list.push_back(property("package:source", one.package.source));
  if (!one.package.source_version.empty())
    list.push_back(property("package:sourceVersion", one.package.source_version));
  return list;
}

json component_of(const Component& component, const Subject& subject) {
  const inventory::InstalledPackage& one = *component.package;
  std::string location = "/" + one.path;
  if (!one.package.inside.empty()) location += "!/" + one.package.inside;
  json result = {{"type", "library"},
                 {"bom-ref", component.id},
                 {"name", component.name},
                 {"purl", component.purl},
                 {"evidence", {{"occurrences", {{{"location", location}}}}}}};
  if (!one.package.group.empty()) result["group"] = one.package.group;
  if (!one.package.version.empty()) result["version"] = version_of(one.package.version);
  if (!component.licences.empty()) result["licenses"] = licences_of(component.licences);
  if (json list = properties_of(one, subject); !list.empty()) result["properties"] = list;
  return result;
}

/// Each below the archive that it is inside of.
json components_json(const std::vector<Component>& components, const Subject& subject,
                     const packages::OsRelease& os) {
  std::vector<json> made;
  for (const Component& one : components) made.push_back(component_of(one, subject));
  for (std::size_t i = 0; i < made.size(); ++i) {
    if (components[i].parent != Component::k_none)
      made[components[i].parent]["components"].push_back(made[i]);
  }
  json list = json::array();
  if (!os.id.empty()) list.push_back(os_component(os));
  for (std::size_t i = 0; i < made.size(); ++i) {
    if (components[i].parent == Component::k_none) list.push_back(std::move(made[i]));
  }
  return list;
}

}  // namespace

json cyclonedx_document(const Subject& subject, const inventory::ImageInventory& image) {
  json document = {
      {"$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json"},
      {"bomFormat", "CycloneDX"},
      {"specVersion", "1.6"},
      {"version", 1},
      {"metadata",
       {{"timestamp", created_of(subject)},
        {"tools",
         {{"components",
           {{{"type", "application"}, {"name", "pinnace"}, {"version", PINNACE_VERSION}}}}}},
        {"component", image_component(subject)}}},
      {"components", components_json(components_of(image), subject, image.os)},
      // Which package needs which is not recorded.
      {"compositions",
       {{{"aggregate", image.findings.empty() ? "unknown" : "incomplete"},
         {"assemblies", json::array({"image"})},
         {"dependencies", json::array({"image"})}}}}};
  document["serialNumber"] = "urn:uuid:" + uuid_of(pinnace::json::dump_replacing(document));
  return document;
}

}  // namespace pinnace::sbom
