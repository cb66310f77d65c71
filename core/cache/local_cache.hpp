#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>

#include "base/context.hpp"
#include "cache/record.hpp"
#include "disk/oci_layout.hpp"
#include "files/cache_files.hpp"

namespace pinnace::cache {

/// The build cache of one machine: a directory with a file for each record, and a layout with the
/// layers of those steps that can't be done again from the context alone. Any number of builds may
/// share it, in one process or several. What is damaged counts as not there: a record, and the
/// layout's own files; a layer is verified by whoever reads it.
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
  const std::shared_ptr<disk::OciLayout>& layers() const noexcept { return m_layers; }
  void remove_layer(const hash::Digest& digest) const;

  enum class Layers { trusted, verified };
  struct Collected {
    std::uint64_t records_removed = 0;
    std::uint64_t layers_removed = 0;
    std::uint64_t bytes_removed = 0;
    std::uint64_t bytes_kept = 0;
  };
  /// Drops the records that were not used for the longest time, and the layers that no record names
  /// any more, until at most `keep` is left. Layers that are `verified` are read, and those that
  /// are damaged go, too, with a warning. Builds that use the layers hold it off: it waits for them
  /// for `wait`, then throws unavailable.
  Collected collect(const base::Context& context, const files::Keep& keep,
                    std::chrono::milliseconds wait, Layers layers = Layers::trusted) const;

 private:
  void remove_unnamed_layers(const std::set<hash::Digest>& named, Collected& result) const;
  std::filesystem::path file(const hash::Digest& key) const;

  std::filesystem::path m_directory;
  std::shared_ptr<disk::OciLayout> m_layers;
};

}  // namespace pinnace::cache
