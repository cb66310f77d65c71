#include "jobs/store_parts.hpp"

#include "base/disk_usage.hpp"
#include "base/error.hpp"
#include "base/look.hpp"
#include "base/temporary.hpp"
#include "build/executor.hpp"
#include "cache/local_cache.hpp"
#include "compress/chunk_cache.hpp"
#include "jobs/build_request.hpp"
#include "local/detached.hpp"
#include "process/environment.hpp"
#include "run/sandbox.hpp"
#include "store/layout_index.hpp"
#include "store/oci_layout.hpp"

namespace pinnace::jobs {

namespace {

using Time = std::chrono::system_clock::time_point;

constexpr std::chrono::hours k_unused{14 * 24};
/// Of the store's cache/: small files of what was found out about bases, contexts and downloads.
constexpr const char* k_remembered[] = {"base-trees", "contents", "downloads", "images", "layers"};

class StoreCollector {
 public:
  StoreCollector(const base::Context& context, const Access::Options& store,
                 const StoreLimits& limits)
      : m_context(context), m_store(store), m_limits(limits), m_now(context.now()) {}

  CollectedStore run() {
    collect_sandbox();
    collect_images();
    collect_cache();
    collect_scratch();
    add("logs of containers", local::detached::collect(local::detached::directory_in(m_store.store),
                                                       used_since(local::detached::k_kept)));
    return std::move(m_result);
  }

 private:
  /// When something must have been used to stay.
  Time used_since(std::optional<std::chrono::seconds> unless_said = std::nullopt) const {
    if (m_limits.all) return Time::max();
    const auto age = m_limits.older_than ? m_limits.older_than : unless_said;
    return age ? m_now - *age : Time::min();
  }
  base::Keep keep(std::uint64_t bytes) const { return {m_limits.all ? 0 : bytes, used_since()}; }
  void add(const char* name, const base::Collected& bytes) {
    m_result.parts.push_back({name, bytes});
  }

  void collect_sandbox();
  void collect_images();
  void collect_cache();
  void collect_scratch();

  const base::Context& m_context;
  const Access::Options& m_store;
  const StoreLimits& m_limits;
  Time m_now;
  CollectedStore m_result;
};

/// A person's own, where this process can reach them: they belong to the ids of containers.
void StoreCollector::collect_sandbox() {
  const auto directory = m_store.store / "sandbox";
  if (!base::exists(directory)) return;
  try {
    run::Sandbox sandbox({{}, directory, {}, false, process::current_environment()});
    using MountCaches = run::Sandbox::MountCaches;
    const auto done = sandbox.collect(m_context, used_since(k_unused),
                                      m_limits.all ? MountCaches::remove : MountCaches::keep);
    if (done.layers.removed_files != 0) {
      m_context.log("removed " + std::to_string(done.layers.removed_files) +
                    " unpacked layers that nothing ran on" +
                    (m_limits.all || m_limits.older_than ? "" : " for two weeks"));
    }
    add("unpacked layers", done.layers);
    add("caches of mounts", done.mount_caches);
  } catch (const base::Error& error) {
    if (error.code() == base::ErrorCode::cancelled) throw;
    m_context.warn(std::string("unpacked layers stay: ") + error.what());
  }
}

/// Images that were built without a tag, and whatever else is in the layout.
void StoreCollector::collect_images() {
  if (!base::exists(m_store.images())) return;
  store::OciLayout layout(m_store.images(), store::OciLayout::Missing::refuse);
  store::GcOptions options;
  if (m_limits.all || m_limits.older_than) {
    options.drop = [&](const oci::Descriptor& entry) {
      if (m_limits.all) return true;
      if (entry.annotations.contains(store::k_ref_name)) return false;
      const auto status = layout.blob_status(entry.digest);
      return status && std::chrono::system_clock::from_time_t(status->st_mtime) < used_since();
    };
  }
  m_result.images = store::collect_garbage(m_context, layout, options);
  const store::GcResult& done = m_result.images;
  add("images", {done.blobs_removed + done.temporaries_removed,
                 done.bytes_removed + done.temporary_bytes_removed, done.bytes_kept});
}

void StoreCollector::collect_cache() {
  if (base::exists(m_store.build_cache())) {
    const auto done = cache::LocalCache(m_store.build_cache())
                          .collect(m_context, keep(m_limits.cache_size), store::GcOptions().wait,
                                   cache::LocalCache::Layers::verified);
    m_result.cache_records_removed = done.records_removed;
    m_result.cache_layers_removed = done.layers_removed;
    m_result.cache = {done.records_removed + done.layers_removed, done.bytes_removed,
                      done.bytes_kept};
    add("build cache", m_result.cache);
  }
  const base::Collected chunks = compress::ChunkCache::collect(
      m_store.cache() / build::k_chunk_directory, keep(chunk_bytes(m_limits.cache_size)));
  m_result.cache += chunks;
  add("compressed chunks", chunks);
  base::Collected remembered;
  for (const char* name : k_remembered) {
    remembered += base::collect_cache_files(m_store.cache() / name, keep(m_limits.cache_size));
  }
  add("what is known of bases and downloads", remembered);
}

/// What builds unpack, download and check out; each removes its own at its end.
void StoreCollector::collect_scratch() {
  if (!base::exists(m_store.scratch())) return;
  const base::Directory scratch(m_store.scratch());
  const base::Abandoned left = base::remove_abandoned(scratch);
  add("temporary files", {left.count, left.bytes, base::disk_usage(scratch)});
}

}  // namespace

CollectedStore collect_store(const base::Context& context, const Access::Options& store,
                             const StoreLimits& limits) {
  return StoreCollector(context, store, limits).run();
}

}  // namespace pinnace::jobs
