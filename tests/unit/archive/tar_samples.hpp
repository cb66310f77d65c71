#pragma once

#include <string>
#include <utility>
#include <vector>

#include "archive/tar_entry.hpp"

namespace pinnace::archive {

using Sample = std::pair<TarEntry, std::string>;

inline TarEntry file_entry(std::string path, std::size_t size) {
  TarEntry entry;
  entry.path = std::move(path);
  entry.size = size;
  return entry;
}

inline TarEntry typed_entry(EntryType type, std::string path, std::string target = {}) {
  TarEntry entry;
  entry.type = type;
  entry.path = std::move(path);
  entry.link_target = std::move(target);
  return entry;
}

/// A path of exactly `size` bytes, of components of at most `component` bytes.
inline std::string long_path(std::size_t size, std::size_t component = 50) {
  std::string path;
  while (path.size() < size) path += (path.size() + 1) % component == 0 ? '/' : 'p';
  if (path.back() == '/') path.back() = 'q';
  return path;
}

/// One of everything that the writer can write, with its content.
inline std::vector<Sample> samples() {
  std::vector<Sample> all;
  const auto add_file = [&](TarEntry entry, std::string content) {
    entry.size = content.size();
    all.emplace_back(std::move(entry), std::move(content));
  };
  for (const std::size_t size : {0U, 1U, 511U, 512U, 513U, 100000U}) {
    add_file(file_entry("files/" + std::to_string(size), 0), std::string(size, 'c'));
  }
  for (const std::size_t size : {99U, 100U, 101U, 155U, 156U, 255U, 256U, 257U, 300U, 4095U}) {
    add_file(file_entry(long_path(size), 0), "long");
    add_file(file_entry("n" + long_path(size - 1, 1000000), 0), "no slash");
    all.emplace_back(typed_entry(EntryType::directory, "d" + long_path(size - 1)), "");
    all.emplace_back(typed_entry(EntryType::symlink, "to" + std::to_string(size), long_path(size)),
                     "");
    all.emplace_back(typed_entry(EntryType::hardlink, "as" + std::to_string(size), long_path(size)),
                     "");
  }
  add_file(file_entry("\xc3\xa4\xc3\xb6/\xe2\x82\xac", 0), "UTF-8");
  add_file(file_entry("blank and\ttab", 0), "");
  all.emplace_back(typed_entry(EntryType::symlink, "absolute", "/usr/../etc/\xc3\xa4"), "");
  all.emplace_back(typed_entry(EntryType::fifo, "fifo"), "");
  all.emplace_back(typed_entry(EntryType::character_device, "dev/null"), "");
  all.back().first.device_major = 1;
  all.back().first.device_minor = 3;
  all.emplace_back(typed_entry(EntryType::block_device, "dev/big"), "");
  all.back().first.device_major = 4095;
  all.back().first.device_minor = 1048575;

  TarEntry owned = file_entry("owned", 0);
  owned.mode = 07777;
  owned.uid = 2147483648;  // 2^31: one octal digit more than the field has
  owned.gid = 4294967294;
  owned.mtime = 1700000000;
  add_file(owned, "x");
  TarEntry edge = file_entry("edge", 0);
  edge.uid = edge.gid = 2097151;
  edge.mtime = 8589934591;
  add_file(edge, "");
  TarEntry late = file_entry("late", 0);
  late.mtime = 8589934592;
  add_file(late, "");
  TarEntry early = file_entry("early", 0);
  early.mtime = -1;
  add_file(early, "");
  TarEntry attributes = file_entry("attributes", 0);
  attributes.xattrs["security.capability"] =
      std::string("\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
  attributes.xattrs["user.empty"] = "";
  attributes.xattrs["user.lines"] = "a\nb=c\n17 x=y\n";
  add_file(attributes, "content");
  return all;
}

}  // namespace pinnace::archive
