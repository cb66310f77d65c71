#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "cache/local_cache.hpp"
#include "cache/registry_cache.hpp"

namespace pinnace::cache {

/// What one build knows of earlier ones: the machine's cache, then those that it imports. Several
/// threads may use it.
class BuildCache {
 public:
  /// Whether earlier builds' steps are taken over (--no-cache: they are not, but remembered).
  enum class Reuse { yes, no };

  BuildCache(LocalCache local, std::vector<ImportedCache> imported, Reuse reuse)
      : m_local(std::move(local)), m_imported(std::move(imported)), m_reuse(reuse) {}

  /// Whether any step could be found.
  bool may_find() const;
  /// What the caches say of a step, the machine's first.
  std::vector<Record> find(const base::Context& context, const hash::Digest& key) const;
  /// Who has a layer's bytes: the machine's cache, an imported one, or nobody.
  std::shared_ptr<store::BlobStore> holder(const base::Context& context, const CachedLayer& layer);
  /// After a build that met damaged bytes: reads the layers that holder() told of. What is damaged
  /// is not told of again, and gone from the machine's cache. Whether there was any.
  bool forget_damaged(const base::Context& context);
  /// A step was taken over.
  void use(const hash::Digest& key, const Record& record);
  /// Remembers a step that was done.
  void put(const base::Context& context, const hash::Digest& key, const Record& record);
  /// All that was taken over or put: what the next build of this kind can use.
  Records used() const;
  /// Whether something was put, so that the machine's cache has grown.
  bool has_grown() const;
  /// Whether there is more than the machine's.
  bool imports() const noexcept { return !m_imported.empty(); }
  Reuse reuse() const noexcept { return m_reuse; }
  const LocalCache& local() const noexcept { return m_local; }

 private:
  /// A layer, and who has it.
  using Held = std::pair<std::shared_ptr<store::BlobStore>, oci::Descriptor>;

  std::shared_ptr<store::BlobStore> find_holder(const base::Context& context,
                                                const oci::Descriptor& layer) const;
  bool is_damaged(const store::BlobStore& store, const oci::Descriptor& layer) const;

  LocalCache m_local;
  std::vector<ImportedCache> m_imported;
  Reuse m_reuse;
  mutable std::mutex m_mutex;
  Records m_used;
  std::vector<Held> m_told;  ///< by holder()
  std::vector<Held> m_damaged;
  bool m_grown = false;
};

}  // namespace pinnace::cache
