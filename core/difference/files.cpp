#include "difference/files.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "difference/owners.hpp"

namespace pinnace::difference {

namespace {

using archive::EntryType;
using inventory::ImageFile;
using inventory::ImageInventory;

/// What dpkg, apt, apk, RPM and the loader keep for themselves: directories, and beginnings of
/// names.
constexpr std::array<std::string_view, 18> k_records = {
    "etc/apk/world",       "etc/ld.so.cache",    "lib/apk/db/",
    "usr/lib/apk/db/",     "usr/share/rpm/",     "usr/lib/sysimage/rpm/",
    "var/cache/apt/",      "var/cache/debconf/", "var/cache/dnf/",
    "var/cache/ldconfig/", "var/lib/apt/",       "var/lib/dnf/",
    "var/lib/dpkg/",       "var/lib/rpm/",       "var/log/alternatives.log",
    "var/log/apt/",        "var/log/dnf",        "var/log/dpkg.log"};

bool is_record(std::string_view path) {
  return std::any_of(k_records.begin(), k_records.end(),
                     [&](std::string_view record) { return path.starts_with(record); });
}

/// Sizes of directories, and modes of links, mean nothing.
bool is_same(const inventory::Entry& a, const inventory::Entry& b) {
  if (a.type != b.type || a.uid != b.uid || a.gid != b.gid) return false;
  if (a.type == EntryType::symlink) return a.link_target == b.link_target;
  if (a.mode != b.mode) return false;
  return a.type != EntryType::file || (a.size == b.size && a.digest == b.digest);
}

/// Calls `take` for each path that differs, in their order.
template <class Take>
void for_each_changed(const ImageInventory& from, const ImageInventory& to, Take take) {
  auto left = from.files.begin();
  auto right = to.files.begin();
  while (left != from.files.end() || right != to.files.end()) {
    const bool no_left = left == from.files.end();
    const bool no_right = right == to.files.end();
    if (no_right || (!no_left && left->first < right->first)) {
      take(ComparedFile{&left->second, nullptr});
      ++left;
    } else if (no_left || right->first < left->first) {
      take(ComparedFile{nullptr, &right->second});
      ++right;
    } else {
      if (!is_same(left->second.entry, right->second.entry))
        take(ComparedFile{&left->second, &right->second});
      ++left;
      ++right;
    }
  }
}

const std::string& path_of(const ComparedFile& file) {
  return file.to != nullptr ? file.to->entry.path : file.from->entry.path;
}

bool is_directory(const ImageFile* file) {
  return file != nullptr && file->entry.type == EntryType::directory;
}

/// A directory that comes with what is in it, or goes with it.
bool is_mere_directory(const ComparedFile& file) {
  return (file.from == nullptr && is_directory(file.to)) ||
         (file.to == nullptr && is_directory(file.from));
}

}  // namespace

ComparedFiles compare_files(const ImageInventory& from, const ImageInventory& to,
                            const std::vector<ComparedPackage>& packages) {
  ComparedFiles result;
  std::vector<ComparedFile> changed;
  for_each_changed(from, to, [&](ComparedFile file) {
    if (is_mere_directory(file)) return;
    if (is_record(path_of(file))) {
      ++result.records;
    } else {
      changed.push_back(file);
    }
  });
  Owners owners(from, to, packages);
  for (const ComparedFile& file : changed) owners.ask_for(path_of(file));
  owners.find();
  for (const ComparedFile& file : changed) {
    if (!owners.explain(path_of(file))) result.files.push_back(file);
  }
  return result;
}

}  // namespace pinnace::difference
