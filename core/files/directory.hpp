#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "files/file.hpp"
#include "files/open_beneath.hpp"

namespace pinnace::files {

/// Files below one directory, and never outside of it: every path is relative and resolved beneath
/// the directory (open_beneath.hpp), so that symlinks and ".." can't lead out, even when somebody
/// changes them meanwhile.
class Directory {
 public:
  using Links = files::Links;

  /// Throws not_found, or invalid_input if `path` is no directory.
  explicit Directory(const std::filesystem::path& path);
  Directory(UniqueFd fd, std::string path) : m_fd(std::move(fd)), m_path(std::move(path)) {}

  std::filesystem::path path() const { return m_path; }
  int fd() const noexcept { return m_fd.get(); }

  /// Opens a file for reading. Throws not_found, io, or invalid_input if the path leads outside.
  UniqueFd open(std::string_view relative, Links links) const;
  /// A directory below.
  Directory open_directory(std::string_view relative, Links links) const;
  /// Status of the path itself (a symlink is not followed at its end); nullopt if there is nothing.
  std::optional<struct stat> status(std::string_view relative) const;
  std::string read_link(std::string_view relative) const;
  /// Names in this directory, sorted by their bytes, without "." and "..".
  std::vector<std::string> names() const;

 private:
  UniqueFd open_with(std::string_view relative, int flags, Links links) const;
  /// The path of something in it, for messages.
  std::string shown(std::string_view relative) const;

  UniqueFd m_fd;
  std::string m_path;  ///< not split in its components, as most paths are never looked at
};

}  // namespace pinnace::files
