#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <optional>
#include <string>

/// Looks at paths. Found, absent and failed are told apart by type: what is there is a value, what
/// is absent (no such name, or a file where a directory would have to be) is nullopt or false, and
/// a look that failed throws io. Nobody takes a disk that failed for an empty one. A link to
/// nothing throws invalid_input: somebody wanted something to be there.
namespace pinnace::files {

/// Of what `path` leads to, through symbolic links.
std::optional<struct stat> status(const std::filesystem::path& path);
/// As status(), but nullopt for a link to nothing: for what is about to be made.
std::optional<struct stat> status_of_target(const std::filesystem::path& path);
/// Of `path` itself, even where it is a symbolic link.
std::optional<struct stat> link_status(const std::filesystem::path& path);

bool exists(const std::filesystem::path& path);
bool is_file(const std::filesystem::path& path);
bool is_directory(const std::filesystem::path& path);
/// Whether this process may write to a file or directory; false also where it is absent.
bool is_writable(const std::filesystem::path& path);

/// As is_file(), but false also where this user may not look: for files of the system that are used
/// by whoever may have them (/etc/docker is closed to most users on many machines).
bool is_file_for_us(const std::filesystem::path& path);

/// Throws invalid_input if `path` is a link to nothing; after its file was found absent.
void refuse_link_to_nothing(const std::filesystem::path& path);

/// The git work tree that a directory is in, without links: the nearest directory with ".git".
/// Nothing else is taken for a repository: what looks like one in a checkout is somebody's files.
std::optional<std::filesystem::path> work_tree_of(const std::filesystem::path& directory);

/// For a file that whoever made a checkout may have made, and that errors quote: throws
/// invalid_input if `file` is a link that leads out of the git work tree that it is in, or else of
/// its directory. A link to nothing leads to where a file would be made.
void refuse_link_out(const std::filesystem::path& file);

/// As read_file(); nullopt if there is no such file.
std::optional<std::string> read_file_if_any(const std::filesystem::path& path, std::size_t limit);

}  // namespace pinnace::files
