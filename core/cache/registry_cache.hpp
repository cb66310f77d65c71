#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/context.hpp"
#include "cache/record.hpp"
#include "store/blob_store.hpp"

namespace pinnace::cache {

/// A build cache that others wrote, under a name in a registry or layout: an OCI artifact of
/// records and of the layers that they name (docs/formats/cache.md). Whoever can write there
/// decides what a build that takes from it gets; apart from that it is hostile: bounded, and every
/// layer is verified by its digest while it is read.
class ImportedCache {
 public:
  /// Reads the records, no layer. nullopt if there is nothing under that name. Throws invalid_input
  /// for what is no build cache, unsupported for one of another version.
  static std::optional<ImportedCache> read(const base::Context& context,
                                           std::shared_ptr<store::BlobStore> store,
                                           std::string_view tag_or_digest);

  std::optional<Record> find(const hash::Digest& key) const;
  const std::shared_ptr<store::BlobStore>& layers() const noexcept { return m_store; }

 private:
  ImportedCache(std::shared_ptr<store::BlobStore> store, Records records)
      : m_store(std::move(store)), m_records(std::move(records)) {}

  std::shared_ptr<store::BlobStore> m_store;
  Records m_records;
};

/// Throws conflict if a tag leads to something else than a build cache.
void check_cache_tag(const base::Context& context, store::BlobStore& store, std::string_view tag);

/// Writes records as such an artifact under `tag`, in place of the cache that was there. Their
/// layers must be in `store` already. Throws conflict, and writes nothing, as check_cache_tag().
void export_cache(const base::Context& context, store::BlobStore& store, std::string_view tag,
                  const Records& records);

}  // namespace pinnace::cache
