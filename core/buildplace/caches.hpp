#pragma once

#include <memory>
#include <optional>

#include "cache/build_cache.hpp"
#include "output/targets.hpp"
#include "places/access.hpp"

namespace pinnace::buildplace {

/// Which caches a build has, beside the machine's.
struct CacheWishes {
  std::vector<oci::ImageName> from;
  std::optional<oci::ImageName> to;
  bool reuse = true;  ///< take over what earlier builds made
};

/// The caches of one build: the machine's, those it takes from, the one it writes.
class BuildCaches {
 public:
  /// One that can't be read is a warning: it only makes a build faster. Throws conflict where the
  /// cache to be written would take the tag of something else.
  BuildCaches(const base::Context& context, places::Access& access, const CacheWishes& wishes);

  cache::BuildCache& cache() noexcept { return m_cache; }
  /// Whether there is more than the machine's.
  bool is_shared() const { return m_to || m_cache.imports(); }
  /// Gets the layers of all steps; null if no cache is written.
  std::shared_ptr<store::BlobStore> exported() const { return m_to ? m_to->store : nullptr; }
  /// Throws invalid_input if the cache would get the tag of the image.
  void check_apart(const output::Targets& targets) const;
  /// After a build: writes the cache that was asked for, and keeps the machine's at its size.
  void finish(const base::Context& context, std::uint64_t size);

 private:
  void check_tag(const base::Context& context) const;
  std::string tag() const { return m_to->tag.value_or("latest"); }

  cache::BuildCache m_cache;
  std::optional<places::Located> m_to;
};

}  // namespace pinnace::buildplace
