#include "difference/records.hpp"

#include <algorithm>
#include <array>

namespace pinnace::difference {

namespace {

using inventory::ImageFile;

constexpr std::array<std::string_view, 14> k_directories = {
    "lib/apk/db/",    "usr/lib/apk/db/",    "usr/share/rpm/", "usr/lib/sysimage/rpm/",
    "var/cache/apt/", "var/cache/debconf/", "var/cache/dnf/", "var/cache/ldconfig/",
    "var/lib/apt/",   "var/lib/dnf/",       "var/lib/dpkg/",  "var/lib/rpm/",
    "var/log/apt/",   "var/cache/yum/"};
constexpr std::array<std::string_view, 5> k_files = {"etc/apk/world", "etc/ld.so.cache",
                                                     "etc/ld.so.cache~", "var/log/alternatives.log",
                                                     "var/log/dpkg.log"};
constexpr std::string_view k_dnf_logs = "var/log/dnf";
constexpr std::string_view k_dpkg_info = "var/lib/dpkg/info/";

bool is_program(const ImageFile* file) {
  constexpr std::uint32_t k_execute = 0111;
  return file != nullptr && file->entry.type == archive::EntryType::file &&
         (file->entry.mode & k_execute) != 0;
}

bool is_named_as_record(std::string_view path) {
  if (std::find(k_files.begin(), k_files.end(), path) != k_files.end()) return true;
  const bool is_log =
      path.starts_with(k_dnf_logs) && path.find('/', k_dnf_logs.size()) == std::string_view::npos;
  return is_log || std::any_of(k_directories.begin(), k_directories.end(),
                               [&](std::string_view one) { return path.starts_with(one); });
}

}  // namespace

bool is_record(std::string_view path, const ComparedFile& file, const Owners& owners) {
  if (!is_named_as_record(path)) return false;
  if (!path.starts_with(k_dpkg_info)) return !is_program(file.to);
  // info/NAME.postinst and such: dpkg runs these of what it upgrades, as root.
  const std::string_view name = path.substr(k_dpkg_info.size());
  return !owners.has_unchanged(name.substr(0, name.rfind('.')));
}

}  // namespace pinnace::difference
