#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "archive/tar_entry.hpp"
#include "hash/digest.hpp"
#include "json/fields.hpp"

namespace pinnace::inventory {

/// What a layer says of one path: its header without times, and of a file what its content is.
/// Whiteouts are files with their names, as in the archive.
struct Entry {
  archive::EntryType type = archive::EntryType::file;
  std::string path;         ///< archive::entry_path()
  std::string link_target;  ///< of symbolic and hard links
  std::uint32_t mode = 0;
  std::uint64_t uid = 0;
  std::uint64_t gid = 0;
  std::uint64_t size = 0;
  std::optional<hash::Digest> digest;  ///< of a file's content; none: it was too large to read

  std::uint32_t device_major = 0;  ///< of devices
  std::uint32_t device_minor = 0;
  std::map<std::string, std::string> xattrs = {};  ///< by name: shown_xattr() of the values

  bool operator==(const Entry&) const = default;
};

/// The value of an extended attribute: its bytes as hexadecimal digits, of a longer one its digest.
std::string shown_xattr(std::string_view value);

/// One line: a letter for the type as ls(1) has it ("h": a hard link), mode in octal digits, owner,
/// group, and the path, parted by spaces: "d 755 0 0 usr/bin". Of files, before the path, the size
/// and the digest, or "-"; of devices their numbers, "1:3"; of links, behind it, the target; and at
/// the end each extended attribute, "NAME=VALUE". Paths, targets and names are packages::escaped();
/// the root's path is ".".
std::string to_line(const Entry& entry);
/// Throws invalid_input for what to_line() does not give.
Entry parse_line(std::string_view line);

}  // namespace pinnace::inventory

template <>
struct pinnace::json::TextOf<pinnace::inventory::Entry> {
  static constexpr const char* k_pattern = nullptr;
  static inventory::Entry parse(const std::string& text) { return inventory::parse_line(text); }
  static std::string print(const inventory::Entry& entry) { return inventory::to_line(entry); }
};
