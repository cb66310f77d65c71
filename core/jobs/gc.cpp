#include "store/gc.hpp"

#include "base/error.hpp"
#include "base/look.hpp"
#include "base/temporary.hpp"
#include "cache/local_cache.hpp"
#include "compress/chunk_cache.hpp"
#include "jobs/access.hpp"
#include "jobs/build_request.hpp"
#include "jobs/makers.hpp"
#include "process/environment.hpp"
#include "run/sandbox.hpp"
#include "store/oci_layout.hpp"

namespace pinnace::jobs {

namespace {

constexpr std::chrono::hours k_unused{14 * 24};

/// gc: {layout, cacheSize} -> {layout, removedFiles, removedBytes, keptBlobs, keptBytes, problems,
/// cache: null or {removedRecords, removedLayers, removedBytes, keptBytes}}.
class GcJob final : public Job {
 public:
  explicit GcJob(RequestReader& request);
  std::string run(const base::Context& context) override;

 private:
  nlohmann::json collect_cache(const base::Context& context) const;
  void collect_snapshots(const base::Context& context) const;

  std::filesystem::path m_sandbox;
  std::filesystem::path m_scratch;
  std::filesystem::path m_directory;
  std::optional<std::filesystem::path> m_cache;  ///< none where a layout was named
  std::filesystem::path m_chunks;
  std::uint64_t m_cache_size = 0;
};

GcJob::GcJob(RequestReader& request) {
  const Access::Options local{request.text("store"), std::nullopt, std::nullopt};
  m_directory = local.images();
  m_sandbox = local.store / "sandbox";
  m_scratch = local.scratch();
  request.optional_text("registries");
  m_cache_size = read_cache_size(request);
  const auto layout = request.optional_text("layout");
  if (!layout) {
    m_cache = local.build_cache();
    m_chunks = local.cache() / build::k_chunk_directory;
    return;
  }
  const ImageName name = parse_image_name(*layout);
  const auto* named = std::get_if<LayoutName>(&name);
  if (named == nullptr || named->tag || named->digest) {
    throw base::Error(base::ErrorCode::invalid_input, "\"" + *layout + "\": expected oci:DIR");
  }
  m_directory = named->directory;
}

nlohmann::json GcJob::collect_cache(const base::Context& context) const {
  if (!m_cache) return nullptr;
  const auto result =
      cache::LocalCache(*m_cache).collect(context, {m_cache_size, {}}, store::GcOptions().wait);
  const std::uint64_t chunks = compress::ChunkCache::collect(m_chunks, {chunk_bytes(m_cache_size), {}}).removed_bytes;
  return {{"removedRecords", result.records_removed},
          {"removedLayers", result.layers_removed},
          {"removedBytes", result.bytes_removed + chunks},
          {"keptBytes", result.bytes_kept}};
}

/// A person's own, where this process can remove them: they belong to the ids of containers.
void GcJob::collect_snapshots(const base::Context& context) const {
  if (!m_cache || !base::exists(m_sandbox)) return;
  try {
    run::Sandbox sandbox({{}, m_sandbox, {}, false, process::current_environment()});
    const std::size_t removed = sandbox.collect(k_unused);
    if (removed != 0)
      context.log("removed " + std::to_string(removed) +
                  " unpacked layers that nothing ran on for two weeks");
  } catch (const base::Error& error) {
    context.log(std::string("unpacked layers stay: ") + error.what());
  }
}

std::string GcJob::run(const base::Context& context) {
  collect_snapshots(context);
  store::GcResult result;
  // A store whose builds all went elsewhere has no layout, but maybe a cache.
  const bool has_cache =
      m_cache && (base::exists(*m_cache) || base::exists(m_chunks));
  if (base::exists(m_directory) || !has_cache) {
    store::OciLayout layout(m_directory, store::OciLayout::Missing::refuse);
    result = store::collect_garbage(context, layout);
  }
  if (m_cache && base::exists(m_scratch)) {
    const base::Abandoned left = base::remove_abandoned(base::Directory(m_scratch));
    result.temporaries_removed += left.count;
    result.temporary_bytes_removed += left.bytes;
  }
  nlohmann::json problems = nlohmann::json::array();
  for (const store::IntegrityProblem& problem : result.problems)
    problems.push_back(problem.message);
  return nlohmann::json{{"layout", m_directory.string()},
                        {"removedFiles", result.blobs_removed + result.temporaries_removed},
                        {"removedBytes", result.bytes_removed + result.temporary_bytes_removed},
                        {"keptBlobs", result.blobs_kept},
                        {"keptBytes", result.bytes_kept},
                        {"problems", std::move(problems)},
                        {"cache", collect_cache(context)}}
      .dump();
}

}  // namespace

std::unique_ptr<Job> make_gc(RequestReader& request,
                             std::shared_ptr<const config::CredentialStore>) {
  return std::make_unique<GcJob>(request);
}

}  // namespace pinnace::jobs
