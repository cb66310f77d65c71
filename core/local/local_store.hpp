#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <utility>

namespace pinnace::local {

/// What a machine keeps, each part in a directory that has nothing else.
enum class Part {
  sandbox,
  images,
  build_cache,
  chunks,
  base_trees,
  contents,
  downloads,
  manifests,
  layers,
  inventories,
  scratch,
  containers,
};

struct PartInfo {
  Part part;
  std::string_view path;       ///< below the store's directory
  std::string_view holds;      ///< as docs/formats/local-store.md says it
  std::string_view collected;  ///< what gc takes away
};

/// All parts, in the order in which gc walks over them (local/collect.hpp): what can be removed
/// without any room on the disk goes first.
inline constexpr std::array<PartInfo, 12> k_parts = {{
    {Part::sandbox, "sandbox",
     "unpacked layers of images and of `RUN`, and the directories of `--mount=type=cache`",
     "layers that nothing ran on for two weeks; directories of mounts only with `--all`"},
    {Part::build_cache, "cache/build",
     "what steps of Containerfiles became ([build cache](cache.md))",
     "what was not used for the longest time, beyond `--cache-size`"},
    {Part::chunks, "cache/chunks",
     "compressed chunks of big layers ([chunk cache](chunk-cache.md))",
     "what was not used for the longest time, beyond a quarter of `--cache-size`"},
    {Part::base_trees, "cache/base-trees", "which files a base image has, by its digest",
     "what was not used for the longest time, beyond `--cache-size`"},
    {Part::contents, "cache/contents", "digests of a context's files, by their statuses",
     "what was not used for the longest time, beyond `--cache-size`"},
    {Part::downloads, "cache/downloads", "what is known of URLs of `ADD`: digest, size, ETag",
     "what was not used for the longest time, beyond `--cache-size`"},
    {Part::manifests, "cache/images", "manifests and configurations of base images, by digest",
     "what was not used for the longest time, beyond `--cache-size`"},
    {Part::layers, "cache/layers", "which layer the files of a context became, by their statuses",
     "what was not used for the longest time, beyond `--cache-size`"},
    {Part::inventories, "cache/inventories",
     "which files and packages a layer holds, by its digest ([inventory](inventory.md))",
     "what was not used for the longest time, beyond `--cache-size`"},
    {Part::scratch, "tmp", "what builds unpack, download and check out; each removes its own",
     "what killed processes have left"},
    {Part::containers, "containers", "a directory for each container of `run --detach`: its log",
     "those that ended a day ago"},
    {Part::images, "images", "an OCI layout: images that were built without `-t`",
     "blobs that no image needs; images without a tag by their age"},
}};

/// The file of a store's directory that says what it is.
inline constexpr const char* k_marker = ".pinnace-store";

/// The directory of a machine (or of a user of it) where all this is: the one place that knows the
/// paths. A value; nothing need be there.
class LocalStore {
 public:
  LocalStore() = default;
  explicit LocalStore(std::filesystem::path directory) : m_directory(std::move(directory)) {}

  const std::filesystem::path& directory() const noexcept { return m_directory; }
  std::filesystem::path at(Part part) const;

  /// For whoever is about to remove something there. Throws invalid_input for a directory that does
  /// not say that it is a store, and has other things than a store's: these are somebody's own.
  void check() const;
  /// For whoever is about to write something there: check(), makes the directory where it is
  /// missing, and says in it that it is a store, if that can be written.
  void claim() const;

 private:
  std::filesystem::path m_directory;
};

/// Bytes that the machine's build cache may have unless somebody says.
inline constexpr std::uint64_t k_default_cache_size = std::uint64_t{10} << 30;
inline constexpr std::int64_t k_max_cache_size = std::int64_t{1} << 50;

/// What compressed chunks of layers may have beside a build cache of `cache_size` bytes.
constexpr std::uint64_t chunk_bytes(std::uint64_t cache_size) noexcept {
  return cache_size / 4;
}

}  // namespace pinnace::local
