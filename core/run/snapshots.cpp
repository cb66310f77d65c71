#include "run/snapshots.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "files/directory.hpp"
#include "files/look.hpp"
#include "hash/digest.hpp"
#include "hash/key_hasher.hpp"

namespace pinnace::run {

namespace fs = std::filesystem;

namespace {

/// Another one for each change of what unpacking, or a RUN, leads to: what older versions have left
/// is not taken for it.
constexpr std::string_view k_unpacking = "6 ";
constexpr std::size_t k_chain_digits = 24;

/// Whether all users can list it: containers have ids that their user may not be.
bool is_open_directory(const struct stat& status) {
  constexpr mode_t k_open = 0555;
  return S_ISDIR(status.st_mode) && (status.st_mode & k_open) == k_open;
}

/// The first entries of a tree, those of upper directories first: whoever changes all of them
/// changes these.
std::string sample_of(const fs::path& tree) {
  constexpr std::size_t k_sample = 300;
  hash::KeyHasher hasher;
  const auto top = files::link_status(tree);
  if (!top || !is_open_directory(*top)) return "0";
  const files::Directory root(tree);
  std::vector<std::string> directories = {""};
  std::size_t taken = 0;
  for (std::size_t i = 0; i < directories.size() && taken < k_sample; ++i) {
    const std::string above = directories[i];
    const std::string prefix = above.empty() ? "" : above + "/";
    const auto names = above.empty()
                           ? root.names()
                           : root.open_directory(above, files::Directory::Links::refuse).names();
    for (const std::string& name : names) {
      if (taken++ == k_sample) break;
      const auto status = root.status(prefix + name);
      if (!status) continue;
      hasher.add(prefix + name);
      for (const auto value : {static_cast<std::uint64_t>(status->st_ino),
                               static_cast<std::uint64_t>(status->st_ctim.tv_sec),
                               static_cast<std::uint64_t>(status->st_ctim.tv_nsec)})
        hasher.add(value);
      if (is_open_directory(*status)) directories.push_back(prefix + name);
    }
  }
  return std::string(hasher.finish().hex().substr(0, k_chain_digits));
}

}  // namespace

std::string chain_name(const std::string& parent, const std::string& id) {
  return std::string(hash::Digest::of(parent + " " + id).hex().substr(0, k_chain_digits));
}

bool is_snapshot_name(std::string_view name) {
  if (name.starts_with(k_temporary_snapshot)) return true;
  if (name.starts_with(k_copied_snapshot))
    name.remove_prefix(std::string_view(k_copied_snapshot).size());
  return name.size() == k_chain_digits &&
         name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string snapshot_name(const std::string& parent, const std::string& layer, SnapshotKind kind) {
  const bool passes = layer.starts_with(container::RootLayer::k_passing) ||
                      parent.starts_with(k_temporary_snapshot);
  return (passes ? k_temporary_snapshot : "") +
         std::string(kind == SnapshotKind::copy ? k_copied_snapshot : "") +
         chain_name(std::string(k_unpacking) + parent, layer);
}

std::string merged_name(const std::string& top) {
  return snapshot_name(top, "merged", SnapshotKind::copy);
}

std::string tree_mark(const fs::path& snapshot) {
  const auto status = files::link_status(snapshot / "fs");
  if (!status) return {};
  return std::to_string(status->st_ino) + " " + std::to_string(status->st_ctim.tv_sec) + "." +
         std::to_string(status->st_ctim.tv_nsec) + " " + sample_of(snapshot / "fs");
}

bool is_as_made(const fs::path& snapshot) {
  constexpr std::size_t k_max_mark = 100;
  const auto mark = files::read_file_if_any(snapshot / k_mark_file, k_max_mark);
  return mark && *mark == tree_mark(snapshot);
}

WantedSnapshots wanted_snapshots(const process::Environment& environment) {
  const std::string wish = process::variable(environment, "PINNACE_SNAPSHOTS").value_or("");
  if (wish.empty()) return WantedSnapshots::any;
  if (wish == "overlay") return WantedSnapshots::overlay;
  if (wish == "copy") return WantedSnapshots::copy;
  throw base::Error(base::ErrorCode::invalid_input,
                    "the variable PINNACE_SNAPSHOTS is " + wish + ": expected overlay or copy");
}

std::vector<std::string> needless_snapshots(const fs::path& directory) {
  std::vector<std::string> needless;
  std::vector<std::pair<fs::file_time_type, std::string>> copies;
  for (const auto& entry : fs::directory_iterator(directory)) {
    std::string name = entry.path().filename().string();
    if (name.starts_with(k_discarded_snapshot)) continue;
    if (name.starts_with(k_temporary_snapshot)) {
      needless.push_back(std::move(name));
    } else if (name.starts_with(k_copied_snapshot) && is_snapshot_name(name)) {
      copies.emplace_back(entry.last_write_time(), std::move(name));
    }
  }
  std::sort(copies.rbegin(), copies.rend());
  for (std::size_t i = k_kept_copies; i < copies.size(); ++i)
    needless.push_back(std::move(copies[i].second));
  return needless;
}

std::vector<std::string> discarded_snapshots(const fs::path& directory) {
  std::vector<std::string> removed;
  for (const auto& entry : fs::directory_iterator(directory)) {
    std::string name = entry.path().filename().string();
    if (name.starts_with(k_discarded_snapshot)) removed.push_back(std::move(name));
  }
  return removed;
}

}  // namespace pinnace::run
