#include "showing/packages.hpp"

#include "image/contents.hpp"
#include "image/input.hpp"
#include "inputs/resolve.hpp"
#include "inventory/read_image.hpp"

namespace pinnace::showing {

namespace {

/// What a stranger wrote, as packages::text_of() has it.
constexpr json::Limits k_any_text{.length = packages::k_max_text, .lines = true};
constexpr json::Limits k_layer{.most = 1'000'000};

}  // namespace

json::Table<PackagesRequest> PackagesRequest::table() {
  return job::request_table<PackagesRequest>(
      "PackagesRequest", "Lists the packages of an image, and where each was found.",
      {{"image", &PackagesRequest::image, "Reference."},
       {"platform", &PackagesRequest::platform,
        "Null: the machine's; of an image for one platform, that one."},
       {"environments", &PackagesRequest::environments, "File for env: names; null: none."},
       {"document",
        &PackagesRequest::document,
        "Also as a document of this format; null: none.",
        {.later = true}}});
}

json::Table<PackagesResult> PackagesResult::table() {
  return {"PackagesResult",
          "What is installed in an image.",
          {{"digest", &PackagesResult::digest, "Of the image's manifest.", json::k_digest},
           {"platform", &PackagesResult::platform, "That the image is for.", job::k_name},
           {"os", &PackagesResult::os, "What it is made of."},
           {"layers", &PackagesResult::layers, "Digests of the compressed bytes, lowest first.",
            json::k_digest},
           {"packages",
            &PackagesResult::packages,
            "By type, group, name, version and path.",
            {.count = 500'000}},
           {"findings",
            &PackagesResult::findings,
            "What could not be read, and may have told of more.",
            {.count = 200'000}},
           {"document",
            &PackagesResult::document,
            "The text of the document that was asked for, SPDX 2.3 or CycloneDX 1.6 in JSON.",
            {.length = sbom::k_max_document, .lines = true}}}};
}

json::Table<PackagesResult::Os> PackagesResult::Os::table() {
  return {"PackagesResult.Os",
          "The distribution that an image is made of, by its os-release; empty: it does not say.",
          {{"id", &Os::id, "\"debian\".", k_any_text},
           {"version", &Os::version, "\"12\".", k_any_text},
           {"name", &Os::name, "\"Debian GNU/Linux 12 (bookworm)\".", k_any_text}}};
}

json::Table<PackagesResult::Package> PackagesResult::Package::table() {
  return {
      "PackagesResult.Package",
      "A package. Texts are as its database has them; empty: it does not say.",
      {{"purl", &Package::purl, "Package URL.", {.length = std::size_t{64} << 10}},
       {"type", &Package::type, "Of the same."},
       {"name", &Package::name, "With Maven's groupId and npm's scope: \"org.a:b\", \"@a/b\".",
        k_any_text},
       {"version", &Package::version, "Of an RPM with its epoch unless that is 0.", k_any_text},
       {"architecture", &Package::architecture, "Of a gem its platform.", k_any_text},
       {"source", &Package::source, "The package that it was built from.", k_any_text},
       {"sourceVersion", &Package::source_version,
        "Of the same; of the main module of a program in Go its revision.", k_any_text},
       {"licences", &Package::licences, "As they are written there.", k_any_text},
       {"path",
        &Package::path,
        "Of the file that tells of it, relative to the root.",
        {.length = 65536, .lines = true}},
       {"inside", &Package::inside, "Where in that archive; empty: it is all of it.", k_any_text},
       {"layer", &Package::layer, "From which on it is there: 0 is the lowest.", k_layer}}};
}

json::Table<PackagesResult::Finding> PackagesResult::Finding::table() {
  return {"PackagesResult.Finding",
          "Something that could not be read.",
          {{"layer", &Finding::layer, "0 is the lowest.", k_layer},
           {"path",
            &Finding::path,
            "Relative to the root; empty: the layer.",
            {.length = 65536, .lines = true}},
           {"problem", &Finding::problem, "What is wrong.", job::k_line}}};
}

namespace {

using inventory::ImageInventory;
using inventory::InstalledPackage;

/// Nobody reads more warnings; the result has all.
constexpr std::size_t k_max_warnings = 20;

std::string full_name(const packages::Package& package) {
  if (package.group.empty()) return package.name;
  const bool is_maven = package.type == packages::PackageType::maven;
  return packages::text_of(package.group + (is_maven ? ":" : "/") + package.name);
}

/// JSON has no other bytes than UTF-8.
std::string path_text(const std::string& path) {
  std::string text;
  for (std::size_t at = 0; at < path.size(); at += packages::k_max_text)
    text += packages::text_of(std::string_view(path).substr(at, packages::k_max_text));
  return text;
}

PackagesResult::Package described(const InstalledPackage& one, const packages::OsRelease& os) {
  const packages::Package& package = one.package;
  return {packages::purl(package, os),
          package.type,
          full_name(package),
          package.version,
          package.architecture,
          package.source,
          package.source_version,
          package.licences,
          path_text(one.path),
          package.inside,
          one.layer};
}

void warn(const base::Context& context, const PackagesResult& result) {
  std::size_t warned = 0;
  for (const PackagesResult::Finding& finding : result.findings) {
    if (warned++ == k_max_warnings) break;
    context.warn(finding.path.empty()
                     ? "layer " + result.layers[finding.layer] + ": " + finding.problem
                     : "/" + finding.path + ": " + finding.problem);
  }
  if (result.findings.size() > k_max_warnings)
    context.warn("and " + std::to_string(result.findings.size() - k_max_warnings) +
                 " more findings, which --json has");
}

}  // namespace

void PackagesRequest::check() const {
  (void)oci::parse_image_name(image);
}

namespace {

/// What an image is called where it is a registry's; directories are called otherwise elsewhere.
std::string name_of(const oci::ImageName& name) {
  const auto* reference = std::get_if<oci::Reference>(&name);
  return reference == nullptr ? std::string() : reference->name();
}

PackagesResult result_of(const image::BaseImage& image, const image::ImageContents& contents,
                         const ImageInventory& found) {
  PackagesResult result{image.manifest.digest.str(),
                        contents.config.platform().str(),
                        {found.os.id, found.os.version_id, found.os.pretty_name},
                        {},
                        {},
                        {},
                        {}};
  for (const oci::Descriptor& layer : contents.layers) result.layers.push_back(layer.digest.str());
  for (const InstalledPackage& one : found.packages)
    result.packages.push_back(described(one, found.os));
  for (const inventory::LayerFinding& one : found.findings)
    result.findings.push_back({one.layer, path_text(one.finding.path.bytes), one.finding.problem});
  return result;
}

}  // namespace

PackagesResult perform(const PackagesRequest& request, const job::JobContext& job) {
  const base::Context& context = job.context;
  places::Access access = job.access(request.places(request.environments));
  const oci::ImageName name = oci::parse_image_name(request.image);
  const image::BaseImage image = inputs::one_image(
      inputs::resolve_image(context, access, request.image, name), request.platform);
  const auto store = access.locate(name, places::Purpose::read).store;
  return base::with_context(
      [&] { return "image " + request.image; },
      [&] {
        const image::ImageContents contents = image::read_image(
            context, *store, image.manifest, image::ImageCache::at(access.local()));
        const ImageInventory found = inventory::read_image(
            context, *store, contents.stored_layers(),
            inventory::LayerMemory(access.local().at(local::Part::inventories)));
        PackagesResult result = result_of(image, contents, found);
        if (request.document)
          result.document = sbom::document(
              *request.document,
              sbom::subject_of(name_of(name), image.manifest, contents.config, contents.layers),
              found);
        warn(context, result);
        return result;
      });
}

}  // namespace pinnace::showing
