#include "base/shown.hpp"
#include "building/once.hpp"
#include "building/verify.hpp"

namespace pinnace::building {

namespace {

constexpr std::int64_t k_most_lines = std::numeric_limits<std::int32_t>::max();

}  // namespace

json::Table<BuildResult> BuildResult::table() {
  return {"BuildResult",
          "What a build made; of a plan only plan is there, of a check only findings.",
          {{"digest", &BuildResult::digest,
            "Of the index or the manifest; null if nothing was built.", json::k_digest},
           {"mediaType", &BuildResult::media_type, "Of the same.", job::k_name},
           {"size", &BuildResult::size, "Bytes of the same.", job::k_size},
           {"references",
            &BuildResult::references,
            "The tags, by digest.",
            {.length = 4096, .count = 1000}},
           {"images", &BuildResult::images, "One for each platform.", {.count = 1000}},
           {"plan", &BuildResult::plan, "For people; null unless it was asked for.", job::k_lines},
           {"findings",
            &BuildResult::findings,
            "What the checks of a Containerfile found.",
            {.count = 10'000}}}};
}

json::Table<BuildResult::Image> BuildResult::Image::table() {
  return {"BuildResult.Image",
          "The image for one platform.",
          {{"platform", &Image::platform, "Its platform.", job::k_name},
           {"digest", &Image::digest, "Of the manifest.", json::k_digest},
           {"size", &Image::size, "Bytes of the manifest.", job::k_size},
           {"config", &Image::config, "Digest of the configuration.", json::k_digest},
           {"layers", &Image::layers, "Lowest first.", {.count = 1000}},
           {"base", &Image::base, "What it was made on; null for scratch."},
           {"packages", &Image::packages,
            "How many it holds, with those of its base; null: nobody counted, as no SBOM was made.",
            job::k_size}}};
}

json::Table<BuildResult::Layer> BuildResult::Layer::table() {
  return {"BuildResult.Layer",
          "A layer of an image.",
          {{"digest", &Layer::digest, "Of the compressed bytes.", json::k_digest},
           {"size", &Layer::size, "Of the same.", job::k_size},
           {"mediaType", &Layer::media_type, "Says how it is compressed.", job::k_name},
           {"diffId", &Layer::diff_id, "Digest of the bytes before compression.", json::k_digest},
           {"fromBase", &Layer::from_base, "Whether the base has it."}}};
}

json::Table<BuildResult::Base> BuildResult::Base::table() {
  return {"BuildResult.Base",
          "What an image was made on.",
          {{"name", &Base::name, "As the definition names it.", job::k_line},
           {"digest", &Base::digest, "Of the manifest.", json::k_digest}}};
}

json::Table<BuildResult::Finding> BuildResult::Finding::table() {
  return {"BuildResult.Finding",
          "Something that is allowed and probably not meant.",
          {{"rule", &Finding::rule, "The Dockerfile reference's name of it.", job::k_name},
           {"message", &Finding::message, "One line.", job::k_line},
           {"file", &Finding::file, "Where it is.", job::k_line},
           {"line", &Finding::line, "Counted from 1; 0: not known.", {.most = k_most_lines}},
           {"column", &Finding::column, "Counted from 1; 0: not known.", {.most = k_most_lines}}}};
}

namespace {

BuildResult::Image describe(const output::BuiltImage& image,
                            const std::map<hash::Digest, std::uint64_t>& counts) {
  BuildResult::Image shown;
  shown.platform = image.platform.str();
  shown.digest = image.manifest.digest.str();
  shown.size = image.manifest.size;
  shown.config = image.config.digest.str();
  for (const output::BuiltLayer& layer : image.layers) {
    const oci::Descriptor& blob = layer.descriptor;
    shown.layers.push_back(
        {blob.digest.str(), blob.size, blob.media_type, layer.diff_id.str(), layer.from_base});
  }
  if (image.base) shown.base = {image.base->name, image.base->manifest.digest.str()};
  const auto count = counts.find(image.manifest.digest);
  if (count != counts.end()) shown.packages = count->second;
  return shown;
}

/// Names in a Containerfile have any length, and any characters.
std::string shown(const std::string& text) {
  constexpr std::size_t k_most = 1000;
  return base::printable(std::string_view(text).substr(0, k_most));
}

BuildResult describe(const BuildRequest& request, const BuildOutcome& outcome) {
  BuildResult result;
  result.plan = outcome.plan;
  for (const auto& finding : outcome.findings) {
    result.findings.push_back({finding.rule, shown(finding.message), shown(finding.position.file),
                               finding.position.line, finding.position.column});
  }
  if (!outcome.result) return result;
  const oci::Descriptor& root = outcome.result->root;
  result.digest = root.digest.str();
  result.media_type = root.media_type;
  result.size = root.size;
  for (const output::BuiltImage& image : outcome.result->images)
    result.images.push_back(describe(image, outcome.package_counts));
  for (const oci::ImageName& name : request.tags)
    result.references.push_back(to_string(name) + "@" + root.digest.str());
  return result;
}

}  // namespace

BuildResult perform(const BuildRequest& request, const job::JobContext& caller) {
  job::JobContext job = caller;
  const places::Access::Options places = request.places(request.environments);
  job.context.scratch = places.local().at(local::Part::scratch);
  places::Access access = job.access(places);
  const auto build = [&](const BuildRequest& wanted) {
    return build_once(job.context, access, wanted);
  };
  return describe(request, request.verify_reproducible
                               ? build_twice(job.context, access, request, build)
                               : build(request));
}

}  // namespace pinnace::building
