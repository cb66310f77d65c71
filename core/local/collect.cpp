#include "local/collect.hpp"

#include <algorithm>
#include <exception>

#include "base/error.hpp"
#include "cache/local_cache.hpp"
#include "compress/chunk_cache.hpp"
#include "disk/layout_index.hpp"
#include "disk/oci_layout.hpp"
#include "files/disk_usage.hpp"
#include "files/look.hpp"
#include "files/temporary.hpp"
#include "local/detached.hpp"
#include "oci/manifest.hpp"
#include "process/environment.hpp"
#include "run/sandbox.hpp"

namespace pinnace::local {

namespace {

using Path = std::filesystem::path;
using Time = std::chrono::system_clock::time_point;

constexpr std::chrono::hours k_unused{14 * 24};

class Collection {
 public:
  Collection(const base::Context& context, const Limits& limits)
      : m_context(context), m_limits(limits), m_now(context.now()) {}

  void collect(Part part, const Path& directory);
  CollectedStore take() { return std::move(m_result); }

 private:
  /// When something must have been used to stay.
  Time used_since(std::optional<std::chrono::seconds> unless_said = std::nullopt) const {
    if (m_limits.all) return Time::max();
    const auto age = m_limits.older_than ? m_limits.older_than : unless_said;
    return age ? m_now - *age : Time::min();
  }
  files::Keep keep(std::uint64_t bytes) const { return {m_limits.all ? 0 : bytes, used_since()}; }
  void add(const char* name, const files::Collected& bytes);

  void collect_sandbox(const Path& directory);
  void collect_images(const Path& directory);
  void collect_build_cache(const Path& directory);
  void collect_chunks(const Path& directory);
  void collect_remembered(const Path& directory);
  void collect_scratch(const Path& directory);

  const base::Context& m_context;
  const Limits& m_limits;
  Time m_now;
  CollectedStore m_result;
};

/// Parts of one name that follow each other are one for people.
void Collection::add(const char* name, const files::Collected& bytes) {
  if (m_result.parts.empty() || m_result.parts.back().name != name)
    m_result.parts.push_back({name, {}});
  m_result.parts.back().bytes += bytes;
}

/// A person's own, where this process can reach them: they belong to the ids of containers.
void Collection::collect_sandbox(const Path& directory) {
  if (!files::exists(directory)) return;
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

/// When somebody last built or used an image, or one of those that an index lists.
Time last_used(const disk::OciLayout& layout, const oci::Descriptor& image) {
  const auto status = layout.directory().blob_status(image.digest);
  // One whose blob is gone is nothing that could be used.
  if (!status) return Time::max();
  Time used = std::chrono::system_clock::from_time_t(status->st_mtime);
  if (!oci::media_type::is_index(image.media_type)) return used;
  try {
    const auto index = layout.directory().read_manifest(image.digest, image.media_type);
    if (!index) return Time::max();
    for (const oci::Descriptor& child : oci::Index::parse(*index).manifests) {
      const auto there = layout.directory().blob_status(child.digest);
      if (there) used = std::max(used, std::chrono::system_clock::from_time_t(there->st_mtime));
    }
  } catch (const base::Error& error) {
    if (error.code() == base::ErrorCode::io) throw;
    return Time::max();  // the damage is told by whoever collects
  }
  return used;
}

/// Images that were built without a tag, and whatever else is in the layout.
void Collection::collect_images(const Path& directory) {
  if (!files::exists(directory)) return;
  disk::OciLayout layout(directory, disk::OciLayout::Missing::refuse);
  disk::GcOptions options;
  if (m_limits.all || m_limits.older_than) {
    options.drop = [&](const oci::Descriptor& entry) {
      if (m_limits.all) return true;
      if (entry.annotations.contains(disk::k_ref_name)) return false;
      return last_used(layout, entry) < used_since();
    };
  }
  const auto collect = [&] { return disk::collect_garbage(m_context, layout, options); };
  try {
    m_result.images = collect();
  } catch (const base::Error& error) {
    if (error.code() != base::ErrorCode::io || !options.drop) throw;
    // There may be no room for a new list of what stays: what nothing lists makes some.
    (void)disk::collect_garbage(m_context, layout);
    m_result.images = collect();
  }
  const disk::GcResult& done = m_result.images;
  add("images", {done.blobs_removed + done.temporaries_removed,
                 done.bytes_removed + done.temporary_bytes_removed, done.bytes_kept});
}

void Collection::collect_build_cache(const Path& directory) {
  if (!files::exists(directory)) return;
  const auto done = cache::LocalCache(directory).collect(m_context, keep(m_limits.cache_size),
                                                         disk::GcOptions().wait,
                                                         cache::LocalCache::Layers::verified);
  m_result.cache_records_removed = done.records_removed;
  m_result.cache_layers_removed = done.layers_removed;
  const files::Collected bytes{done.records_removed + done.layers_removed, done.bytes_removed,
                               done.bytes_kept};
  m_result.cache += bytes;
  add("build cache", bytes);
}

void Collection::collect_chunks(const Path& directory) {
  const files::Collected chunks =
      compress::ChunkCache::collect(directory, keep(chunk_bytes(m_limits.cache_size)));
  m_result.cache += chunks;
  add("compressed chunks", chunks);
}

/// Small files of what was found out about bases, contexts and downloads.
void Collection::collect_remembered(const Path& directory) {
  add("what is known of bases and downloads",
      files::collect_cache_files(directory, keep(m_limits.cache_size)));
}

/// What builds unpack, download and check out; each removes its own at its end.
void Collection::collect_scratch(const Path& directory) {
  if (!files::exists(directory)) return;
  const files::Directory scratch(directory);
  const files::Abandoned left = files::remove_abandoned(scratch);
  add("temporary files", {left.count, left.bytes, files::disk_usage(scratch)});
}

void Collection::collect(Part part, const Path& directory) {
  switch (part) {
    case Part::sandbox:
      return collect_sandbox(directory);
    case Part::images:
      return collect_images(directory);
    case Part::build_cache:
      return collect_build_cache(directory);
    case Part::chunks:
      return collect_chunks(directory);
    case Part::base_trees:
    case Part::contents:
    case Part::downloads:
    case Part::manifests:
    case Part::layers:
    case Part::inventories:
      return collect_remembered(directory);
    case Part::scratch:
      return collect_scratch(directory);
    case Part::containers:
      return add("logs of containers", detached::collect(directory, used_since(detached::k_kept)));
  }
}

}  // namespace

CollectedStore collect(const base::Context& context, const LocalStore& store,
                       const Limits& limits) {
  Collection collection(context, limits);
  std::exception_ptr failure;
  for (const PartInfo& info : k_parts) {
    try {
      collection.collect(info.part, store.at(info.part));
    } catch (const std::exception& error) {
      if (base::code_of(error) == base::ErrorCode::cancelled) throw;
      if (failure) context.warn(error.what());
      if (!failure) failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
  return collection.take();
}

}  // namespace pinnace::local
