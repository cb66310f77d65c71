#include <algorithm>

#include "binaries/elf.hpp"
#include "binaries/java_archive.hpp"
#include "inventory/document.hpp"

namespace pinnace::inventory {

namespace {

constexpr std::string_view k_dpkg = "var/lib/dpkg/";
constexpr std::array<std::string_view, 3> k_rpm = {"var/lib/rpm/", "usr/lib/sysimage/rpm/",
                                                   "usr/share/rpm/"};
constexpr std::string_view k_node_modules = "node_modules";

std::string_view name_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

std::string_view directory_of(std::string_view path) {
  return path.substr(0, std::min(path.rfind('/'), path.size()));
}

bool is_in(std::string_view path, std::string_view directory, std::string_view end) {
  return path.starts_with(directory) && path.ends_with(end) &&
         path.size() > directory.size() + end.size() &&
         path.find('/', directory.size()) == std::string_view::npos;
}

std::optional<DocumentKind> dpkg_kind(std::string_view path) {
  if (path == k_dpkg_status || is_dpkg_update(path)) return DocumentKind::dpkg_status;
  if (is_in(path, "var/lib/dpkg/info/", ".list")) return DocumentKind::dpkg_list;
  if (is_in(path, "var/lib/dpkg/info/", ".md5sums")) return DocumentKind::dpkg_md5sums;
  if (is_in(path, "var/lib/dpkg/status.d/", ".md5sums")) return DocumentKind::dpkg_md5sums;
  if (is_in(path, "var/lib/dpkg/status.d/", "")) return DocumentKind::dpkg_status;
  return std::nullopt;
}

std::optional<DocumentKind> rpm_kind(std::string_view path) {
  for (const std::string_view directory : k_rpm) {
    if (!path.starts_with(directory)) continue;
    const std::string_view name = path.substr(directory.size());
    if (name == "rpmdb.sqlite") return DocumentKind::rpm_sqlite;
    if (name == "rpmdb.sqlite-wal") return DocumentKind::rpm_sqlite_log;
    if (name == "Packages.db") return DocumentKind::rpm_ndb;
    if (name == "Packages") return DocumentKind::rpm_berkeley;
  }
  return std::nullopt;
}

/// usr/share/doc/NAME/copyright
bool is_copyright(std::string_view path) {
  constexpr std::string_view k_doc = "usr/share/doc/";
  return path.starts_with(k_doc) && name_of(path) == "copyright" &&
         std::count(path.begin(), path.end(), '/') ==
             std::count(k_doc.begin(), k_doc.end(), '/') + 1;
}

/// "a" of "x/a" and "@s/a" of "x/@s/a": what a package in node_modules is called; x stays.
std::string_view without_package(std::string_view directory) {
  std::string_view rest = directory_of(directory);
  if (rest.size() == directory.size()) return {};
  if (name_of(rest).starts_with('@')) rest = directory_of(rest);
  return rest;
}

constexpr std::array<std::string_view, 12> k_test_names = {
    "__fixtures__", "__mocks__", "__tests__", "demo",      "example", "examples",
    "fixture",      "fixtures",  "spec",      "test-data", "test",    "tests"};

std::string_view take_part(std::string_view& path) {
  const std::string_view part = path.substr(0, path.find('/'));
  path.remove_prefix(std::min(part.size() + 1, path.size()));
  return part;
}

/// Whether a directory is in one of a package in node_modules that is there for its tests.
bool is_of_tests(std::string_view directory) {
  bool is_in_package = false;
  while (!directory.empty()) {
    const std::string_view part = take_part(directory);
    if (part == k_node_modules) {
      is_in_package = true;
      if (take_part(directory).starts_with('@')) take_part(directory);
    } else if (is_in_package &&
               std::find(k_test_names.begin(), k_test_names.end(), part) != k_test_names.end()) {
      return true;
    }
  }
  return false;
}

/// The package.json of what is installed: node_modules/NAME/package.json. A package has its own in
/// its node_modules, or in one below a directory of its own, as dist or vendor, whose modules find
/// it there; but one that is there for its tests is a part of it. Stores of package managers
/// (.pnpm, .store) have a directory a package between.
bool is_installed_package(std::string_view path) {
  std::string_view directory = directory_of(path);
  const std::string_view modules = without_package(directory);
  if (name_of(modules) != k_node_modules) return false;
  return !is_of_tests(directory_of(modules));
}

std::optional<DocumentKind> python_kind(std::string_view path) {
  const std::string_view name = name_of(path);
  const std::string_view directory = directory_of(path);
  const bool is_dist = directory.ends_with(".dist-info");
  const bool is_egg = directory.ends_with(".egg-info") || name_of(directory) == "EGG-INFO";
  if (is_dist && name == "METADATA") return DocumentKind::python_metadata;
  if (is_dist && name == "RECORD") return DocumentKind::python_record;
  if (is_egg && name == "PKG-INFO") return DocumentKind::python_metadata;
  if (is_egg && name == "installed-files.txt") return DocumentKind::python_files;
  if (name.ends_with(".egg-info")) return DocumentKind::python_metadata;
  return std::nullopt;
}

bool is_gemspec(std::string_view path) {
  std::string_view directory = directory_of(path);
  if (name_of(directory) == "default") directory = directory_of(directory);
  return path.ends_with(".gemspec") && name_of(directory) == "specifications";
}

}  // namespace

bool is_dpkg_update(std::string_view path) {
  constexpr std::string_view k_updates = "var/lib/dpkg/updates/";
  return is_in(path, k_updates, "") &&
         path.find_first_not_of("0123456789", k_updates.size()) == std::string_view::npos;
}

std::optional<DocumentKind> kind_by_path(std::string_view path) {
  if (path.starts_with(k_dpkg)) return dpkg_kind(path);
  if (path == "lib/apk/db/installed" || path == "usr/lib/apk/db/installed")
    return DocumentKind::apk_installed;
  if (path == "etc/os-release" || path == "usr/lib/os-release") return DocumentKind::os_release;
  if (const auto kind = rpm_kind(path)) return kind;
  if (is_copyright(path)) return DocumentKind::debian_copyright;
  if (path.ends_with("/package.json") && is_installed_package(path))
    return DocumentKind::package_json;
  if (is_gemspec(path)) return DocumentKind::gemspec;
  if (binaries::is_java_archive(path)) return DocumentKind::java_archive;
  return python_kind(path);
}

std::optional<DocumentKind> kind_by_content(base::Bytes beginning) {
  if (base::as_text(beginning).starts_with(binaries::Elf::k_magic)) return DocumentKind::elf;
  return std::nullopt;
}

std::string_view meaning_of_path(DocumentKind kind, std::string_view path) {
  return kind == DocumentKind::java_archive ? name_of(path) : std::string_view();
}

std::uint64_t most_of(DocumentKind kind) noexcept {
  constexpr std::uint64_t k_mib = 1 << 20;
  switch (kind) {
    case DocumentKind::os_release:
    case DocumentKind::gemspec:
    case DocumentKind::debian_copyright:
      return k_mib;
    case DocumentKind::package_json:
    case DocumentKind::python_metadata:
      return 4 * k_mib;
    case DocumentKind::dpkg_list:
    case DocumentKind::dpkg_md5sums:
    case DocumentKind::python_files:
    case DocumentKind::python_record:
      return 16 * k_mib;
    case DocumentKind::dpkg_status:
    case DocumentKind::apk_installed:
      return 32 * k_mib;
    case DocumentKind::rpm_ndb:
    case DocumentKind::rpm_sqlite:
      return 256 * k_mib;
    case DocumentKind::elf:
    case DocumentKind::java_archive:
      return 2048 * k_mib;
    case DocumentKind::rpm_berkeley:
    case DocumentKind::rpm_sqlite_log:
      return 0;
  }
  return 0;
}

std::string why_not_read(DocumentKind kind) {
  if (kind == DocumentKind::rpm_berkeley) return "RPM's old databases (Berkeley DB) can't be read";
  if (kind == DocumentKind::rpm_sqlite_log)
    return "it has changes that are not in rpmdb.sqlite yet";
  return "it is larger than " + std::to_string(most_of(kind)) + " bytes";
}

}  // namespace pinnace::inventory
