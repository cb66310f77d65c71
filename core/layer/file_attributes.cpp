#include "layer/file_attributes.hpp"

#include <sys/xattr.h>

#include <array>
#include <cerrno>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace pinnace::layer {

namespace {

constexpr std::size_t k_max_names = 64 * 1024;  // XATTR_LIST_MAX of Linux
constexpr std::size_t k_max_value = 64 * 1024;  // XATTR_SIZE_MAX

std::string read_value(int fd, const std::string& name, const std::string& shown) {
  std::string value(k_max_value, '\0');
  const ssize_t size = ::fgetxattr(fd, name.c_str(), value.data(), value.size());
  if (size < 0) base::throw_errno(errno, "read attribute " + name + " of " + shown);
  value.resize(static_cast<std::size_t>(size));
  return value;
}

}  // namespace

bool keeps_attribute(std::string_view name) noexcept {
  if (name == "security.capability") return true;
  return name.starts_with("user.") && !name.starts_with("user.xdg.") &&
         !name.starts_with("user.overlay.");
}

std::map<std::string, std::string> read_xattrs(int fd, const std::string& shown) {
  std::map<std::string, std::string> found;
  std::array<char, 1024> small{};
  std::vector<char> large;
  std::span<char> names(small);
  ssize_t size = ::flistxattr(fd, names.data(), names.size());
  if (size < 0 && errno == ERANGE) {
    large.resize(k_max_names);
    names = large;
    size = ::flistxattr(fd, names.data(), names.size());
  }
  if (size < 0) {
    if (errno == ENOTSUP) return found;
    base::throw_errno(errno, "list attributes of " + shown);
  }
  std::string_view rest(names.data(), static_cast<std::size_t>(size));
  while (!rest.empty()) {
    const std::string name(rest.substr(0, rest.find('\0')));
    rest.remove_prefix(name.size() + 1);
    if (keeps_attribute(name)) found.emplace(name, read_value(fd, name, shown));
  }
  return found;
}

}  // namespace pinnace::layer
