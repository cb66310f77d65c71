// How paths are found, and looks.

#include "tree/open_root.hpp"

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <deque>

#include "base/error.hpp"
#include "files/names_in.hpp"
#include "files/open_beneath.hpp"
#include "text/path_parts.hpp"

namespace pinnace::tree {

namespace {

constexpr int k_max_links = 40;
constexpr std::size_t k_max_attribute = 64 * 1024;  // XATTR_SIZE_MAX of Linux

/// The components of a path, as they are to be taken.
void put_in_front(std::deque<std::string>& rest, std::string_view path) {
  const std::vector<std::string_view> parts = text::path_parts(path);
  rest.insert(rest.begin(), parts.begin(), parts.end());
}

}  // namespace

OpenRoot::OpenRoot(const std::filesystem::path& host_directory) {
  files::UniqueFd fd(::open(host_directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!fd) base::throw_errno(errno, "open " + host_directory.string());
  m_root = std::make_shared<const files::UniqueFd>(std::move(fd));
}

bool OpenRoot::is_absent(int error) noexcept {
  return error == ENOENT || error == ENOTDIR || error == ELOOP;
}

std::shared_ptr<const files::UniqueFd> OpenRoot::find_directory(const RootedPath& path) const {
  if (path.is_root()) return m_root;
  if (m_last != nullptr && m_last_path == path) return m_last;
  files::UniqueFd fd(files::open_beneath(m_root->get(), path.relative(), O_PATH | O_DIRECTORY,
                                         files::Links::refuse));
  if (!fd) return nullptr;
  m_last_path = path;
  m_last = std::make_shared<const files::UniqueFd>(std::move(fd));
  return m_last;
}

OpenRoot::Place OpenRoot::place_of(const RootedPath& path) const {
  const std::string_view name = path.name();
  if (path.is_root()) return {m_root, "."};
  // resolve() leaves none.
  if (name == "..") {
    errno = EXDEV;
    return {nullptr, {}};
  }
  return {find_directory(path.parent()), std::string(name)};
}

OpenRoot::Place OpenRoot::present_place(const RootedPath& path, const char* action) const {
  Place place = place_of(path);
  if (place.directory == nullptr)
    base::throw_errno(is_absent(errno) ? ENOENT : errno, action + (" " + path.absolute()));
  return place;
}

std::optional<struct stat> OpenRoot::status(const RootedPath& path) const {
  const Place place = place_of(path);
  struct stat status {};
  if (place.directory != nullptr &&
      ::fstatat(place.directory->get(), place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
    return status;
  if (is_absent(errno)) return std::nullopt;
  base::throw_errno(errno, "look at " + path.absolute());
}

bool OpenRoot::is_directory(const RootedPath& path) const {
  const auto found = status(path);
  return found && S_ISDIR(found->st_mode);
}

std::optional<std::string> OpenRoot::link_target(const RootedPath& path) const {
  const Place place = place_of(path);
  std::array<char, PATH_MAX> target{};
  const ssize_t size =
      place.directory == nullptr
          ? -1
          : ::readlinkat(place.directory->get(), place.name.c_str(), target.data(), target.size());
  if (size >= 0) return std::string(target.data(), static_cast<std::size_t>(size));
  // EINVAL: it is something else.
  if (is_absent(errno) || errno == EINVAL) return std::nullopt;
  base::throw_errno(errno, "read the link " + path.absolute());
}

RootedPath OpenRoot::resolve(const RootedPath& path, std::span<const RootedPath> covered) const {
  const auto is_covered = [&](const RootedPath& place) {
    return std::any_of(covered.begin(), covered.end(), [&](const RootedPath& directory) {
      return place != directory && place.is_within(directory);
    });
  };
  std::deque<std::string> rest;
  put_in_front(rest, path.relative());
  RootedPath done;
  for (int links = 0; !rest.empty();) {
    const std::string part = std::move(rest.front());
    rest.pop_front();
    if (part == "..") {
      done = done.parent();
      continue;
    }
    const RootedPath next = done / part;
    const auto target = is_covered(next) ? std::nullopt : link_target(next);
    if (!target) {
      done = next;
      continue;
    }
    if (++links > k_max_links)
      throw base::Error(base::ErrorCode::invalid_input,
                        path.absolute() + " goes through more than 40 links of the image");
    if (target->starts_with('/')) done = {};
    put_in_front(rest, *target);
  }
  return done;
}

files::UniqueFd OpenRoot::open(const RootedPath& path, int flags) const {
  const Place place = present_place(path, "open");
  const int waits = (flags & O_PATH) != 0 ? 0 : O_NONBLOCK | O_NOCTTY;
  files::UniqueFd fd(
      ::openat(place.directory->get(), place.name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC | waits));
  if (!fd) base::throw_errno(errno, "open " + path.absolute());
  return fd;
}

std::optional<std::string> OpenRoot::read_file(const RootedPath& path, std::size_t limit) const {
  // First, as opening a device may do something.
  const auto found = status(path);
  if (!found) return std::nullopt;
  if (!S_ISREG(found->st_mode))
    throw base::Error(base::ErrorCode::invalid_input,
                      path.absolute() + " of the image is no regular file, which it must be");
  return files::read_file(open(path, O_RDONLY), path.absolute(), limit);
}

std::vector<std::string> OpenRoot::names(const RootedPath& directory) const {
  const auto fd = find_directory(directory);
  if (fd == nullptr)
    base::throw_errno(is_absent(errno) ? ENOENT : errno, "open directory " + directory.absolute());
  return files::names_in(fd->get(), directory.absolute());
}

std::optional<std::string> OpenRoot::attribute(const RootedPath& path,
                                               const std::string& name) const {
  const files::UniqueFd fd = open(path, O_RDONLY);
  std::string value(k_max_attribute, '\0');
  const ssize_t size = ::fgetxattr(fd.get(), name.c_str(), value.data(), value.size());
  if (size < 0 && (errno == ENODATA || errno == ENOTSUP)) return std::nullopt;
  if (size < 0) base::throw_errno(errno, "read attribute " + name + " of " + path.absolute());
  value.resize(static_cast<std::size_t>(size));
  return value;
}

}  // namespace pinnace::tree
