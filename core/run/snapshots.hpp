#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "container/root_layer.hpp"
#include "process/environment.hpp"

namespace pinnace::run {

/// Unpacked layers are kept as directories of one directory: what a layer changes, for overlayfs,
/// or, where that is refused, the whole tree that it leads to.

inline constexpr const char* k_temporary_snapshot = "tmp-";  ///< begins names of what must end
inline constexpr const char* k_copied_snapshot = "copy-";    ///< and of whole trees
/// Begins names of snapshots that nobody uses and whoever comes first removes.
inline constexpr const char* k_discarded_snapshot = "tmp-gone-";
/// So many trees stay for the next process, as each is as large as an image.
inline constexpr std::size_t k_kept_copies = 4;

/// So many layers one overlay stands on. Linux has 500 in all, and options of 4,095 bytes, which
/// short names keep to. Of more layers, the lowest become one tree.
inline constexpr std::size_t k_max_lowers = 450;

enum class SnapshotKind { changes, copy };

/// A short name for `id` on top of what `parent` names.
std::string chain_name(const std::string& parent, const std::string& id);

/// The name of the snapshot of a layer and all that it stands on: `parent`, or empty. It is a
/// temporary one if a layer among them is.
std::string snapshot_name(const std::string& parent, const std::string& layer, SnapshotKind kind);

/// The name of the tree that `top` and all that it stands on lead to.
std::string merged_name(const std::string& top);

/// Whether something in the directory of snapshots is one of them, by its name.
bool is_snapshot_name(std::string_view name);

/// Says of a snapshot's tree that it is as it was made: which inode it is, and when that and the
/// first some hundred files below changed last. Another one says that somebody has copied or
/// restored the store, or given all in it other owners or modes, and layers would get these. Throws
/// io.
std::string tree_mark(const std::filesystem::path& snapshot);
/// Where it is written down, in the snapshot.
inline constexpr const char* k_mark_file = "mark";
/// Whether the snapshot is there, as it was made. Throws io.
bool is_as_made(const std::filesystem::path& snapshot);

/// What PINNACE_SNAPSHOTS says.
enum class WantedSnapshots { any, overlay, copy };
/// Throws invalid_input.
WantedSnapshots wanted_snapshots(const process::Environment& environment);

/// When nobody else uses them: what killed processes have left, and the trees that were not used
/// for the longest time.
std::vector<std::string> needless_snapshots(const std::filesystem::path& directory);
/// What is to be removed, also when others are used.
std::vector<std::string> discarded_snapshots(const std::filesystem::path& directory);

}  // namespace pinnace::run
