#include "files/look.hpp"

#include <unistd.h>

#include <cerrno>

#include "base/error.hpp"
#include "files/file.hpp"

namespace pinnace::files {

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

std::optional<std::string> read_file_if_any(const std::filesystem::path& path, std::size_t limit) {
  try {
    return read_file(path, limit);
  } catch (const base::Error& error) {
    if (error.code() != base::ErrorCode::not_found) throw;
    return std::nullopt;
  }
}

}  // namespace pinnace::files
