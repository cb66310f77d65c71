#pragma once

#include <atomic>

#include "store/memory_store.hpp"

namespace pinnace::test_support {

/// Counts how often a blob is read.
class CountingStore : public store::MemoryStore {
 public:
  std::unique_ptr<base::Source> open_blob(const base::Context& context,
                                          const oci::Descriptor& blob) override {
    ++opened;
    return MemoryStore::open_blob(context, blob);
  }

  std::atomic<int> opened = 0;
};

}  // namespace pinnace::test_support
