#include "files/look.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.hpp"
#include "files/file.hpp"

namespace pinnace::files {

namespace fs = std::filesystem;

namespace {

bool means_absent(int error) {
  return error == ENOENT || error == ENOTDIR;
}

using Look = int (*)(const char*, struct stat*);

std::optional<struct stat> look(Look how, const std::filesystem::path& path) {
  struct stat status {};
  if (how(path.c_str(), &status) == 0) return status;
  if (means_absent(errno)) return std::nullopt;
  base::throw_errno(errno, "look at " + path.string());
}

constexpr int k_most_links = 40;  // as the kernel has it

fs::path real_path(const fs::path& path) {
  std::error_code error;
  // Of a relative path of which nothing is there it would make no absolute one.
  fs::path found = fs::weakly_canonical(fs::absolute(path.empty() ? "." : path), error);
  if (error) base::throw_errno(error.value(), "look at " + path.string());
  return found;
}

/// Where a link leads, through all others, without the help of what is there in the end.
fs::path target_of(fs::path path) {
  for (int links = 0; links < k_most_links; ++links) {
    const auto found = link_status(path);
    if (!found || !S_ISLNK(found->st_mode)) break;
    std::error_code error;
    const fs::path target = fs::read_symlink(path, error);
    if (error) base::throw_errno(error.value(), "look at " + path.string());
    path = path.parent_path() / target;
  }
  return real_path(path);
}

bool is_within(const fs::path& path, const fs::path& directory) {
  return std::mismatch(directory.begin(), directory.end(), path.begin(), path.end()).first ==
         directory.end();
}

}  // namespace

std::optional<struct stat> status(const std::filesystem::path& path) {
  const auto found = look(::stat, path);
  if (!found) refuse_link_to_nothing(path);
  return found;
}

std::optional<struct stat> status_of_target(const std::filesystem::path& path) {
  return look(::stat, path);
}

std::optional<struct stat> link_status(const std::filesystem::path& path) {
  return look(::lstat, path);
}

bool exists(const std::filesystem::path& path) {
  return files::status(path).has_value();
}

bool is_file(const std::filesystem::path& path) {
  const auto found = files::status(path);
  return found && S_ISREG(found->st_mode);
}

bool is_directory(const std::filesystem::path& path) {
  const auto found = files::status(path);
  return found && S_ISDIR(found->st_mode);
}

bool is_writable(const std::filesystem::path& path) {
  if (::access(path.c_str(), W_OK) == 0) return true;
  if (means_absent(errno) || errno == EACCES || errno == EROFS || errno == EPERM) return false;
  base::throw_errno(errno, "look at " + path.string());
}

bool is_file_for_us(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return S_ISREG(status.st_mode);
  if (means_absent(errno) || errno == EACCES) return false;
  base::throw_errno(errno, "look at " + path.string());
}

void refuse_link_to_nothing(const std::filesystem::path& path) {
  const auto found = link_status(path);
  if (found && S_ISLNK(found->st_mode))
    throw base::Error(base::ErrorCode::invalid_input, path.string() + " is a link to nothing");
}

std::optional<fs::path> work_tree_of(const fs::path& directory) {
  for (fs::path place = real_path(directory);; place = place.parent_path()) {
    if (link_status(place / ".git")) return place;
    if (!place.has_relative_path()) return std::nullopt;
  }
}

void refuse_link_out(const fs::path& file) {
  const auto found = link_status(file);
  if (!found || !S_ISLNK(found->st_mode)) return;
  const fs::path directory = real_path(file.parent_path());
  // What is open already: /dev/stdin, /dev/fd/3.
  if (is_within(directory, "/dev") || is_within(directory, "/proc")) return;
  const fs::path checkout = work_tree_of(directory).value_or(directory);
  if (is_within(target_of(file), checkout)) return;
  throw base::Error(base::ErrorCode::invalid_input,
                    file.string() + " is a link that leads out of " + checkout.string() +
                        "; name the file that it leads to");
}

std::optional<std::string> read_file_if_any(const std::filesystem::path& path, std::size_t limit) {
  try {
    return read_file(path, limit);
  } catch (const base::Error& error) {
    if (error.code() != base::ErrorCode::not_found) throw;
    return std::nullopt;
  }
}

}  // namespace pinnace::files
