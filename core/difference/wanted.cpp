#include "difference/wanted.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "difference/owners.hpp"
#include "difference/texts.hpp"
#include "textdiff/unified.hpp"

namespace pinnace::difference {

namespace {

using archive::EntryType;
using inventory::Entry;
using inventory::ImageFile;
using inventory::ImageInventory;

constexpr std::size_t k_max_diffs = 200;
constexpr std::size_t k_max_changelogs = 1000;
constexpr std::uint64_t k_max_changelog = 4 << 20;  ///< compressed

std::optional<WantedFile> wanted(WantedFile::Side side, const ImageFile& file, std::uint64_t most) {
  const Entry& entry = file.entry;
  if (entry.type != EntryType::file || !entry.digest || entry.size > most) return std::nullopt;
  return WantedFile{side, file.layer, *entry.digest, entry.size};
}

/// The file at a path, with links followed.
const ImageFile* find(const ImageInventory& image, FollowedPaths& paths, std::string path) {
  constexpr int k_max_links = 10;
  for (int links = 0; links < k_max_links; ++links) {
    const auto found = image.files.find(paths.follow(path));
    if (found == image.files.end()) return nullptr;
    if (found->second.entry.type != EntryType::symlink) return &found->second;
    const std::string& target = found->second.entry.link_target;
    const std::string directory = found->first.substr(0, found->first.rfind('/') + 1);
    path = target.starts_with('/') ? target.substr(1) : directory + target;
  }
  return nullptr;
}

/// Native packages have no other changelog than Debian's.
const ImageFile* changelog_of(const ImageInventory& image, FollowedPaths& paths,
                              const std::string& package) {
  for (const char* name : {"changelog.Debian.gz", "changelog.gz"}) {
    const ImageFile* file = find(image, paths, "usr/share/doc/" + package + "/" + name);
    if (file != nullptr) return file;
  }
  return nullptr;
}

/// A changelog is of the source package, whose version is said only where it is another.
const std::string& source_version(const packages::Package& package) {
  return package.source_version.empty() ? package.version : package.source_version;
}

}  // namespace

std::vector<WantedCheck> wanted_checks(const ComparedFiles& files) {
  using Answer = WantedCheck::Answer;
  std::vector<WantedCheck> checks;
  for (std::size_t i = 0; i < files.claimed.size(); ++i) {
    const ClaimedFile& one = files.claimed[i];
    const ImageFile& file = *one.file.to;
    const hash::Digest& digest = *file.entry.digest;
    const std::string algorithm = std::string(hash::to_string(digest.algorithm())) + ":";
    const bool is_known =
        std::all_of(one.digests.begin(), one.digests.end(),
                    [&](const auto& text) { return text.starts_with(algorithm); });
    checks.push_back({files.files.size() + i,
                      {WantedFile::Side::to, file.layer, digest, file.entry.size},
                      one.digests,
                      is_known ? Answer::contradicts : Answer::unknown});
  }
  return checks;
}

std::vector<WantedDiff> wanted_diffs(const std::vector<ComparedFile>& files,
                                     std::size_t explained) {
  std::vector<WantedDiff> diffs;
  for (std::size_t i = 0; i < files.size() && diffs.size() < k_max_diffs; ++i) {
    if (files[i].from == nullptr || files[i].to == nullptr) continue;
    if (i >= explained && !files[i].to->entry.path.starts_with("etc/")) continue;
    const auto from = wanted(WantedFile::Side::from, *files[i].from, textdiff::k_max_text_file);
    const auto to = wanted(WantedFile::Side::to, *files[i].to, textdiff::k_max_text_file);
    if (from && to && from->digest != to->digest) diffs.push_back({i, *from, *to});
  }
  return diffs;
}

std::vector<WantedChangelog> wanted_changelogs(const std::vector<ComparedPackage>& packages,
                                               const ImageInventory& from,
                                               const ImageInventory& to) {
  using Kind = PackageChange::Kind;
  std::vector<WantedChangelog> changelogs;
  FollowedPaths in_from(from);
  FollowedPaths in_to(to);
  for (std::size_t i = 0; i < packages.size() && changelogs.size() < k_max_changelogs; ++i) {
    const ComparedPackage& one = packages[i];
    const bool is_up = one.change.kind == Kind::up;
    if (one.change.type != packages::PackageType::deb) continue;
    if (!is_up && one.change.kind != Kind::down) continue;
    const packages::Package& older = is_up ? one.from->package : one.to->package;
    const packages::Package& newer = is_up ? one.to->package : one.from->package;
    const ImageFile* file = changelog_of(is_up ? to : from, is_up ? in_to : in_from, newer.name);
    if (file == nullptr) continue;
    const auto side = is_up ? WantedFile::Side::to : WantedFile::Side::from;
    if (const auto found = wanted(side, *file, k_max_changelog))
      changelogs.push_back({i, *found, source_version(older), source_version(newer)});
  }
  return changelogs;
}

namespace {

const char* name_of(EntryType type) {
  switch (type) {
    case EntryType::directory:
      return "directory";
    case EntryType::symlink:
      return "symlink";
    case EntryType::hardlink:
      return "hardlink";
    case EntryType::character_device:
    case EntryType::block_device:
      return "device";
    case EntryType::fifo:
      return "fifo";
    case EntryType::file:
      break;
  }
  return "file";
}

/// "1:3", of a device.
std::string device_of(const Entry& entry) {
  if (std::string_view(name_of(entry.type)) != "device") return {};
  return std::string(entry.type == EntryType::block_device ? "b " : "c ") +
         std::to_string(entry.device_major) + ":" + std::to_string(entry.device_minor);
}

std::vector<std::string> attributes_of(const Entry& entry) {
  std::vector<std::string> attributes;
  for (const auto& [name, value] : entry.xattrs)
    attributes.push_back(shown_text(name) + "=" + value);
  return attributes;
}

std::optional<FileState> state_of(const ImageFile* file) {
  if (file == nullptr) return std::nullopt;
  const Entry& entry = file->entry;
  std::array<char, 16> mode{};
  std::snprintf(mode.data(), mode.size(), "%04o", entry.mode & 07777U);
  std::optional<std::string> digest;
  if (entry.digest) digest = entry.digest->str();
  return FileState{name_of(entry.type),
                   mode.data(),
                   entry.uid,
                   entry.gid,
                   entry.size,
                   std::move(digest),
                   shown_path(entry.link_target),
                   device_of(entry),
                   attributes_of(entry)};
}

}  // namespace

FileChange described(const ComparedFile& file) {
  const ImageFile& named = file.to != nullptr ? *file.to : *file.from;
  return {shown_path(named.entry.path), state_of(file.from), state_of(file.to), {}, file.note};
}

}  // namespace pinnace::difference
