#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "disk/gc.hpp"
#include "files/cache_files.hpp"
#include "local/local_store.hpp"

namespace pinnace::local {

/// What of the local store is to stay.
struct Limits {
  std::uint64_t cache_size = 0;  ///< bytes of the build cache
  /// What was not used for so long goes; of unpacked layers after two weeks if nobody says.
  std::optional<std::chrono::seconds> older_than;
  bool all = false;  ///< everything goes that no job is using
};

/// What was collected, named for people: of one part or of several, of which one has two.
struct CollectedPart {
  std::string name;
  files::Collected bytes;
};

/// What collect() did.
struct CollectedStore {
  disk::GcResult images;
  std::uint64_t cache_records_removed = 0;
  std::uint64_t cache_layers_removed = 0;
  files::Collected cache;  ///< of steps, and of compressed chunks
  std::vector<CollectedPart> parts;
};

/// A walk over all parts of the store. Jobs that are using a part hold it off: throws unavailable
/// after ten seconds. Where a part can't be collected, the others are, before its error is thrown.
CollectedStore collect(const base::Context& context, const LocalStore& store, const Limits& limits);

}  // namespace pinnace::local
