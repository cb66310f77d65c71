#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/cache_files.hpp"
#include "base/context.hpp"
#include "cache/record.hpp"
#include "store/oci_layout.hpp"

namespace pinnace::cache {

/// The build cache of one machine: a directory with a file for each record, and a layout with the
/// layers of those steps that can't be done again from the context alone. Any number of builds may
/// share it, in one process or several. A damaged record counts as none, a layer is verified by
/// whoever reads it.
class LocalCache {
 public:
  /// Makes the directory where it is missing.
  explicit LocalCache(std::filesystem::path directory);

  /// Marks the record as used now.
  std::optional<Record> find(const base::Context& context, const hash::Digest& key) const;
  /// A record that can't be written is a warning.
  void put(const base::Context& context, const hash::Digest& key, const Record& record) const;
  bool is_empty() const;
  /// Where the layers are.
  const std::shared_ptr<store::OciLayout>& layers() const noexcept { return m_layers; }

  struct Collected {
    std::uint64_t records_removed = 0;
    std::uint64_t layers_removed = 0;
    std::uint64_t bytes_removed = 0;
    std::uint64_t bytes_kept = 0;
  };
  /// Drops the records that were not used for the longest time, and the layers that no record names
  /// any more, until at most `keep` is left. Builds that use the layers hold it off: it
  /// waits for them for `wait`, then throws unavailable.
  Collected collect(const base::Context& context, const base::Keep& keep,
                    std::chrono::milliseconds wait) const;

 private:
  std::filesystem::path file(const hash::Digest& key) const;

  std::filesystem::path m_directory;
  std::shared_ptr<store::OciLayout> m_layers;
};

}  // namespace pinnace::cache
