#include "tracing/trace.hpp"

#include "base/error.hpp"
#include "image/cache.hpp"
#include "image/contents.hpp"
#include "inputs/resolve.hpp"
#include "inventory/read_image.hpp"
#include "origin/statements.hpp"
#include "tracing/attribution.hpp"
#include "tracing/contents.hpp"
#include "tracing/unknown.hpp"

namespace pinnace::tracing {

namespace {

constexpr json::Limits k_text{.length = origin::k_max_text + 200};
constexpr json::Limits k_many{.count = 20'000};

}  // namespace

json::Table<TraceRequest> TraceRequest::table() {
  return job::request_table<TraceRequest>(
      "TraceRequest", "Says what an image is made of, by whom, and what is not known of that.",
      {{"image", &TraceRequest::image, "Reference."},
       {"platform", &TraceRequest::platform,
        "Null: the machine's; of an image for one platform, that one."},
       {"packageName", &TraceRequest::package_name,
        "Where is this package from: \"zlib1g\", \"zlib1g=1.2.13\"; null: nobody asks."},
       {"path", &TraceRequest::path, "Where is this file from: \"/usr/bin/x\"; null: nobody asks."},
       {"source", &TraceRequest::source,
        "Directory of a git clone that may have the image's revision; null: none."},
       {"environments", &TraceRequest::environments, "File for env: names; null: none."}});
}

json::Table<TraceResult> TraceResult::table() {
  return {
      "TraceResult",
      "What an image is made of, and by whom. Texts steer nothing.",
      {{"reference", &TraceResult::reference, "As it was asked for.", k_text},
       {"digest", &TraceResult::digest, "Of the index or manifest.", json::k_digest},
       {"manifest", &TraceResult::manifest, "Of the platform.", json::k_digest},
       {"platform", &TraceResult::platform, "That the image is for.", job::k_name},
       {"os", &TraceResult::os, "The distribution, by its os-release; empty: it does not say.",
        k_text},
       {"repository", &TraceResult::repository,
        "As the image itself says (org.opencontainers.image.source); null: it does not.", k_text},
       {"revision", &TraceResult::revision,
        "As the image itself says (org.opencontainers.image.revision); null: it does not.", k_text},
       {"artifacts", &TraceResult::artifacts, "Own ones, by path.", k_many},
       {"base", &TraceResult::base, "What it stands on."},
       {"packages", &TraceResult::packages, "By type.", k_many},
       {"layers", &TraceResult::layers, "Lowest first.", k_many},
       {"builds", &TraceResult::builds, "What provenance says, signed first.", {.count = 100}},
       {"signatures", &TraceResult::signatures, "How many there are, which nobody has verified."},
       {"answers", &TraceResult::answers, "To what was asked; empty: it is not there.", k_many},
       {"leftOut", &TraceResult::left_out, "Artifacts and answers beyond what is listed."},
       {"unknown",
        &TraceResult::unknown,
        "What can't be said, in sentences.",
        {.length = origin::k_max_text + 200, .count = 1000}}}};
}

void TraceRequest::check() const {
  (void)oci::parse_image_name(image);
}

namespace {

/// A label or annotation, in either place: tools differ in where they write them.
std::optional<std::string> said(const oci::Manifest& manifest, const oci::Config& config,
                                const std::string& name) {
  const std::string full = "org.opencontainers.image." + name;
  const auto annotation = manifest.annotations.find(full);
  if (annotation != manifest.annotations.end()) return origin::shown(annotation->second);
  const oci::Execution execution = config.execution();
  if (!execution.labels) return std::nullopt;
  const auto label = execution.labels->find(full);
  if (label == execution.labels->end()) return std::nullopt;
  return origin::shown(label->second);
}

class Tracing {
 public:
  Tracing(const TraceRequest& request, const job::JobContext& job, places::Access& access)
      : m_request(request),
        m_context(job.context),
        m_access(access),
        m_place(access.locate(oci::parse_image_name(request.image), places::Purpose::read)),
        m_cache(image::ImageCache::at(access.local())) {}

  TraceResult trace() {
    const definition::LockedImage named = inputs::resolve_image(
        m_context, m_access, m_request.image, oci::parse_image_name(m_request.image));
    const image::BaseImage image = inputs::one_image(named, m_request.platform);
    const oci::RawManifest raw = m_cache.manifest(m_context, *m_place.store, image.manifest);
    const image::ImageContents contents =
        image::read_image(m_context, *m_place.store, image.manifest, m_cache);
    TraceResult result;
    result.reference = origin::shown(m_request.image);
    result.digest = named.digest.str();
    result.manifest = raw.digest.str();
    result.platform = contents.config.platform().str();
    add_claims(oci::Manifest::parse(raw), contents, result);
    const inventory::ImageInventory found = inventory::read_image(
        m_context, *m_place.store, contents.stored_layers(),
        inventory::LayerMemory(m_access.local().at(local::Part::inventories)));
    result.os = origin::shown(found.os.pretty_name);
    add_layers(contents, found, result);
    add_contents(found, result);
    if (m_request.package_name) answer_package(found, *m_request.package_name, result);
    if (m_request.path) answer_path(found, *m_request.path, result);
    add_statements(raw, named, result);
    if (m_request.source) add_commits(m_context, *m_request.source, result);
    add_unknown(found.findings.size(), result);
    return result;
  }

 private:
  void add_claims(const oci::Manifest& manifest, const image::ImageContents& contents,
                  TraceResult& result) {
    result.repository = said(manifest, contents.config, "source");
    result.revision = said(manifest, contents.config, "revision");
    result.base.name = said(manifest, contents.config, "base.name");
    result.base.digest = said(manifest, contents.config, "base.digest");
    result.base.layers = base_layers(contents, result);
  }

  /// Of a base whose manifest this machine remembers, or is beside the image. Nobody is asked for
  /// it whom only the image names.
  std::optional<std::uint64_t> base_layers(const image::ImageContents& contents,
                                           TraceResult& result) {
    if (!result.base.digest) return std::nullopt;
    std::optional<oci::RawManifest> raw;
    try {
      const auto digest = hash::Digest::parse(*result.base.digest);
      if (auto bytes = m_cache.find(digest, oci::k_max_manifest)) {
        raw = oci::RawManifest::from_bytes(*std::move(bytes));
      } else {
        raw = m_place.store->find_manifest(m_context, digest.str());
      }
      if (!raw || raw->is_index()) return std::nullopt;
      const std::vector<oci::Descriptor> base = oci::Manifest::parse(*raw).layers;
      const bool is_below =
          base.size() <= contents.layers.size() &&
          std::equal(base.begin(), base.end(), contents.layers.begin(),
                     [](const auto& one, const auto& other) { return one.digest == other.digest; });
      if (is_below) return base.size();
      result.unknown.push_back("which layers are the base's: its lowest ones are not those of " +
                               *result.base.digest);
    } catch (const base::Error& error) {
      if (error.code() == base::ErrorCode::cancelled) throw;
      result.unknown.push_back("which layers are the base's: " + origin::shown(error.what()));
    }
    return std::nullopt;
  }

  void add_statements(const oci::RawManifest& raw, const definition::LockedImage& named,
                      TraceResult& result) {
    const oci::RawManifest above =
        named.digest == raw.digest
            ? raw
            : store::get_manifest(*m_place.store, m_context, named.digest.str());
    origin::Statements statements =
        origin::read_statements(m_context, *m_place.store, raw.digest, above);
    result.builds = std::move(statements.builds);
    result.signatures = statements.signatures;
    for (const std::string& one : statements.problems)
      result.unknown.push_back("what is beside the image: " + one);
  }

  const TraceRequest& m_request;
  const base::Context& m_context;
  places::Access& m_access;
  places::Located m_place;
  image::ImageCache m_cache;
};

}  // namespace

TraceResult perform(const TraceRequest& request, const job::JobContext& job) {
  places::Access access = job.access(request.places(request.environments));
  return base::with_context([&] { return "tracing " + request.image; },
                            [&] { return Tracing(request, job, access).trace(); });
}

}  // namespace pinnace::tracing
