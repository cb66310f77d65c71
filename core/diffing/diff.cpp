#include "diffing/diff.hpp"

#include <set>

#include "base/error.hpp"
#include "base/shown.hpp"
#include "difference/compare.hpp"
#include "history/between.hpp"
#include "image/contents.hpp"
#include "inputs/resolve.hpp"
#include "origin/statements.hpp"
#include "sides/contents.hpp"
#include "sides/inventories.hpp"

namespace pinnace::diffing {

json::Table<DiffRequest> DiffRequest::table() {
  return job::request_table<DiffRequest>(
      "DiffRequest", "Says what changed from one image to another.",
      {{"from", &DiffRequest::from, "Reference."},
       {"to", &DiffRequest::to, "Reference."},
       {"platform", &DiffRequest::platform, "Null: all that one of them has."},
       {"source", &DiffRequest::source,
        "Directory of a git clone that may have the commits between; null: none."},
       {"report", &DiffRequest::report, "What is written of it for people; null: nothing."},
       {"environments", &DiffRequest::environments, "File for env: names; null: none."}});
}

json::Table<DiffResult> DiffResult::table() {
  return {"DiffResult",
          "What changed from one image to another. Texts steer nothing.",
          {{"from", &DiffResult::from, "The first image."},
           {"to", &DiffResult::to, "The second image."},
           {"same", &DiffResult::same, "Whether nothing that was asked for differs."},
           {"platforms", &DiffResult::platforms, "By name.", {.count = 1000}},
           {"report",
            &DiffResult::report,
            "As it was asked for.",
            {.length = std::size_t{64} << 20, .lines = true}}}};
}

namespace {

using difference::PlatformDifference;

/// An image that is compared, for all its platforms.
struct Side {
  std::string reference;
  definition::LockedImage image;
  std::shared_ptr<store::BlobStore> store;
  inputs::OtherManifests others;

  /// What else its index lists for the platform of one of its images.
  std::set<hash::Digest> others_for(const std::optional<image::BaseImage>& one) const {
    if (!one || !one->manifest.platform) return {};
    const auto found = others.find(one->manifest.platform->str());
    return found == others.end() ? std::set<hash::Digest>() : found->second;
  }
};

Side find_side(const base::Context& context, places::Access& access, const std::string& reference) {
  const oci::ImageName name = oci::parse_image_name(reference);
  inputs::OtherManifests others;
  definition::LockedImage image = inputs::resolve_image(context, access, reference, name, &others);
  return {reference, std::move(image), access.locate(name, places::Purpose::read).store,
          std::move(others)};
}

difference::Difference::Side described(const Side& side) {
  return {base::printable(side.reference), side.image.digest.str()};
}

/// Who takes an image by its platform gets the first one that an index lists for it; who takes it
/// by its digest, or scans the registry, may get another one, which is not compared.
void add_others(PlatformDifference& difference, const std::set<hash::Digest>& others,
                const char* which, const std::optional<std::string>& compared) {
  if (others.empty()) return;
  constexpr std::size_t k_shown = 10;
  std::string names;
  std::size_t shown = 0;
  for (const hash::Digest& one : others) {
    if (shown++ == k_shown) break;
    names += (names.empty() ? "" : ", ") + one.str();
  }
  if (others.size() > k_shown) names += " and more";
  difference.findings.push_back(std::string("the ") + which + " image: its index lists " +
                                std::to_string(others.size() + 1) + " images for " +
                                difference.platform + "; compared is the first one, " +
                                compared.value_or("") + ", which runtimes take, and not " + names);
}

class Comparison {
 public:
  Comparison(const base::Context& context, const DiffRequest& request,
             const local::LocalStore& local)
      : m_context(context),
        m_request(request),
        m_cache(image::ImageCache::at(local)),
        m_memory(local.at(local::Part::inventories)) {}

  PlatformDifference compare(const std::string& platform,
                             const std::optional<image::BaseImage>& from, const Side& from_side,
                             const std::optional<image::BaseImage>& to, const Side& to_side) {
    using State = PlatformDifference::State;
    PlatformDifference difference = compare_first(platform, from, from_side, to, to_side);
    const auto left = from_side.others_for(from);
    const auto right = to_side.others_for(to);
    if (difference.state == State::same && left == right) return difference;
    if (difference.state == State::same) difference.state = State::changed;
    add_others(difference, left, "first", difference.from);
    add_others(difference, right, "second", difference.to);
    return difference;
  }

 private:
  PlatformDifference compare_first(const std::string& platform,
                                   const std::optional<image::BaseImage>& from,
                                   const Side& from_side, const std::optional<image::BaseImage>& to,
                                   const Side& to_side) {
    if (from && to && from->manifest.digest != to->manifest.digest)
      return compare_images(*from, from_side, *to, to_side);
    PlatformDifference difference;
    difference.platform = platform;
    if (from) difference.from = from->manifest.digest.str();
    if (to) difference.to = to->manifest.digest.str();
    if (!from) difference.state = PlatformDifference::State::added;
    if (!to) difference.state = PlatformDifference::State::removed;
    return difference;
  }

  /// What can be said without a layer.
  difference::Image load(const image::BaseImage& image, const Side& side,
                         sides::StoredImage& stored) {
    image::ImageContents contents =
        image::read_image(m_context, *side.store, image.manifest, m_cache);
    stored = {side.store, contents.stored_layers()};
    return {base::printable(contents.config.platform().str()),
            image.manifest.digest,
            oci::Manifest::parse(m_cache.manifest(m_context, *side.store, image.manifest)),
            std::move(contents.config),
            {}};
  }
  /// Where the image itself does not say it, provenance beside it may.
  void add_revision(const image::BaseImage& image, const Side& side,
                    std::optional<std::string>& revision) {
    if (revision) return;
    try {
      const oci::RawManifest raw = m_cache.manifest(m_context, *side.store, image.manifest);
      const origin::Statements said =
          origin::read_statements(m_context, *side.store, raw.digest, raw);
      if (said.builds.size() == 1) revision = said.builds.front().revision;
    } catch (const base::Error& error) {
      if (error.code() == base::ErrorCode::cancelled) throw;  // else it is not said
    }
  }
  PlatformDifference compare_images(const image::BaseImage& from, const Side& from_side,
                                    const image::BaseImage& to, const Side& to_side) {
    sides::StoredImage stored_from;
    sides::StoredImage stored_to;
    difference::Image left = load(from, from_side, stored_from);
    difference::Image right = load(to, to_side, stored_to);
    const std::size_t shared = sides::same_layers(stored_from, stored_to);
    sides::Inventories inventories =
        sides::read_inventories(m_context, stored_from, stored_to, shared, m_memory);
    left.inventory = std::move(inventories.from);
    right.inventory = std::move(inventories.to);
    difference::Compared compared = difference::compare(left, right);
    sides::add_contents(m_context, stored_from, stored_to, shared, compared);
    add_revision(from, from_side, compared.difference.code.from_revision);
    add_revision(to, to_side, compared.difference.code.to_revision);
    PlatformDifference difference = difference::settled(std::move(compared));
    history::add_commits(m_context, m_request.source, difference);
    return difference;
  }

  const base::Context& m_context;
  const DiffRequest& m_request;
  image::ImageCache m_cache;
  inventory::LayerMemory m_memory;
};

/// The platforms that are compared.
std::vector<oci::Platform> platforms_of(const DiffRequest& request, const Side& from,
                                        const Side& to) {
  if (request.platform) return {*request.platform};
  std::set<oci::Platform> all;
  for (const Side* side : {&from, &to}) {
    for (const oci::Platform& one : inputs::platforms_of(side->image)) all.insert(one);
  }
  return {all.begin(), all.end()};
}

/// All platforms: exactly that one. One that was asked for: what serves it.
std::optional<image::BaseImage> image_of(const DiffRequest& request, const Side& side,
                                         const oci::Platform& platform) {
  auto found = inputs::image_for(side.image, platform);
  if (found && !request.platform && found->manifest.platform != platform) return std::nullopt;
  return found;
}

std::string named(const Side& side) {
  std::string names;
  for (const oci::Platform& one : inputs::platforms_of(side.image))
    names += (names.empty() ? "" : ", ") + one.str();
  return side.reference + " is for " + names;
}

}  // namespace

void DiffRequest::check() const {
  (void)oci::parse_image_name(from);
  (void)oci::parse_image_name(to);
}

DiffResult perform(const DiffRequest& request, const job::JobContext& job) {
  const base::Context& context = job.context;
  places::Access access = job.access(request.places(request.environments));
  const Side from = find_side(context, access, request.from);
  const Side to = find_side(context, access, request.to);
  DiffResult result;
  result.from = described(from);
  result.to = described(to);
  Comparison comparison(context, request, access.local());
  for (const oci::Platform& platform : platforms_of(request, from, to)) {
    const auto left = image_of(request, from, platform);
    const auto right = image_of(request, to, platform);
    if (!left && !right)
      throw base::Error(base::ErrorCode::invalid_input, "neither image is for " + platform.str() +
                                                            ": " + named(from) + "; " + named(to));
    result.platforms.push_back(
        comparison.compare(base::printable(platform.str()), left, from, right, to));
  }
  result.same = request.platform ? result.platforms[0].state == PlatformDifference::State::same
                                 : from.image.digest == to.image.digest;
  if (request.report) result.report = report::render(result, *request.report);
  return result;
}

}  // namespace pinnace::diffing
