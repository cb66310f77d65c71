#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hash/digest.hpp"

namespace pinnace::definition {

/// A manifest that is fixed: what an oci::Descriptor says of it.
struct LockedManifest {
  hash::Digest digest;
  std::uint64_t size = 0;
  std::string media_type;

  bool operator==(const LockedManifest&) const = default;
};

/// What the name of an image resolved to.
struct LockedImage {
  std::string name;  ///< as written in the definition
  hash::Digest digest;
  std::string media_type;
  std::uint64_t size = 0;
  /// By Platform::str(). Of an image that is no index: one, with the digest above.
  std::map<std::string, LockedManifest> platforms;

  bool operator==(const LockedImage&) const = default;
};

/// pinnace.lock.json (docs/formats/lock.md): all outside inputs by digest.
struct Lock {
  std::string encoder;                  ///< "pinnace-deflate/1:fast"
  std::optional<std::int64_t> created;  ///< seconds since 1970 for the image's timestamps
  std::vector<LockedImage> images;      ///< sorted by name, no duplicates
  /// Which files beside the lock it is for, besides those whose names are taken without being named
  /// (definition::k_default_names); sorted, no duplicates.
  std::vector<std::string> definitions = {};

  const LockedImage* find(std::string_view name) const;
  bool operator==(const Lock&) const = default;
};

inline constexpr int k_lock_version = 1;
inline constexpr std::string_view k_lock_file_name = "pinnace.lock.json";

/// Throws invalid_input "file:line:column: ...", unsupported for a version that is not known.
Lock parse_lock(std::string_view text, const std::string& file);
/// Throws not_found, io, and what parse_lock() throws.
Lock load_lock(const std::filesystem::path& file);
/// Canonical: equal locks give equal bytes. Two spaces of indent, sorted keys, a newline at the
/// end.
std::string lock_text(const Lock& lock);

}  // namespace pinnace::definition
