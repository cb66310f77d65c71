#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/cache_files.hpp"
#include "base/context.hpp"
#include "jobs/access.hpp"
#include "store/gc.hpp"

namespace pinnace::jobs {

/// What of the local store is to stay.
struct StoreLimits {
  std::uint64_t cache_size = 0;  ///< bytes of the build cache
  /// What was not used for so long goes; of unpacked layers after two weeks if nobody says.
  std::optional<std::chrono::seconds> older_than;
  bool all = false;  ///< everything goes that no job is using
};

/// A part of the local store, named for people, and what it lost and kept.
struct StorePart {
  std::string name;
  base::Collected bytes;
};

/// What collect_store() did.
struct CollectedStore {
  store::GcResult images;
  std::uint64_t cache_records_removed = 0;
  std::uint64_t cache_layers_removed = 0;
  base::Collected cache;  ///< of steps, and of compressed chunks
  std::vector<StorePart> parts;
};

/// Collects all that is in the local store. Jobs that are using a part hold it off: throws
/// unavailable after ten seconds.
CollectedStore collect_store(const base::Context& context, const Access::Options& store,
                             const StoreLimits& limits);

}  // namespace pinnace::jobs
