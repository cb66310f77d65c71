#include "run/snapshots.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "files/look.hpp"
#include "hash/digest.hpp"

namespace pinnace::run {

namespace fs = std::filesystem;

namespace {

/// Another one for each change of what unpacking, or a RUN, leads to: what older versions have left
/// is not taken for it.
constexpr std::string_view k_unpacking = "6 ";
constexpr std::size_t k_chain_digits = 24;

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
  const bool passes =
      layer.starts_with(RootLayer::k_passing) || parent.starts_with(k_temporary_snapshot);
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
         std::to_string(status->st_ctim.tv_nsec);
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
