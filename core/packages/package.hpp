#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/fields.hpp"
#include "packages/file_path.hpp"
#include "packages/os_release.hpp"

namespace pinnace::packages {

/// The kinds of packages, named as purls do (github.com/package-url/purl-spec).
enum class PackageType { apk, cargo, deb, gem, golang, maven, npm, pypi, rpm };

/// Something that was installed, as its database or metadata says: UTF-8 without NULs, each text of
/// at most k_max_text bytes, and else whatever a stranger wrote. What is shown on a terminal goes
/// through base::printable().
struct Package {
  PackageType type = PackageType::deb;
  std::string group;  ///< Maven's groupId, npm's scope with its "@"; others have none
  std::string name;
  std::string
      version;  ///< empty: nobody says; of an RPM "1:2.0-3", with its epoch unless that is 0
  std::string architecture;  ///< of a gem its platform
  std::string source;        ///< the package that it was built from, where its name is known
  std::string source_version;
  std::vector<std::string> licences;  ///< as they are written there, sorted
  std::string inside;  ///< of an archive's part, where in the archive: "BOOT-INF/lib/x.jar"
  FilePaths files;     ///< relative to the root, if the same text lists them

  static json::Table<Package> table();
  bool operator==(const Package&) const = default;
};

inline constexpr std::size_t k_max_text = 4096;

/// What a database, a file of metadata or a program says: the packages that could be read, and what
/// was wrong with the rest. Nothing that a stranger writes is fatal.
struct Found {
  std::vector<Package> packages;
  std::vector<std::string> problems;

  /// More than a few problems of one file say nothing new.
  void problem(std::string text);
  /// Adds a package; false, and a problem, if there are more than any system has, in number or in
  /// bytes.
  bool add(Package package);
  bool operator==(const Found& other) const {
    return packages == other.packages && problems == other.problems;
  }

  std::size_t bytes = 0;  ///< size_of() those that were added
};

/// What a package, or a list of files, takes in memory, about.
std::size_t size_of(const Package& package);
std::size_t size_of(const FilePaths& paths);

/// A text of a stranger as Package has it: bytes that are not UTF-8 and NULs become U+FFFD; of a
/// longer one the first k_max_text bytes.
std::string text_of(std::string_view bytes);

/// A path of a database, "/usr/bin/x", as the inventory's files have it: relative to the root.
/// Empty: the root itself, or more than a file system takes.
std::string_view relative_path(std::string_view path);

/// Sorts the texts, each once.
void sort_unique(std::vector<std::string>& texts);

/// Bounds what the paths of one document take: of a file's few bytes many can be, and a directory
/// is written once, and has many files.
class PathBudget {
 public:
  /// False if it is not to be kept.
  bool take(std::size_t size) {
    size += k_of_each;
    m_left -= m_left < size ? m_left : size;
    return m_left != 0;
  }
  /// Whether so many may be kept, if they are short.
  bool fits(std::size_t count) const { return count <= m_left / k_of_each; }

 private:
  static constexpr std::size_t k_of_each = 64;

  std::size_t m_left = std::size_t{128} << 20;
};

/// Adds a path of a list, with its digest. Throws invalid_input if there are more than are kept.
void add_path(FilePaths& paths, FilePath path, PathBudget& budget);

/// "pkg:deb/debian/libc6@2.36-9+deb12u10?arch=amd64&distro=debian-12", for packages of the system
/// with the distribution that `os` names.
std::string purl(const Package& package, const OsRelease& os);

}  // namespace pinnace::packages

template <>
struct pinnace::json::NamesOf<pinnace::packages::PackageType> {
  using Type = packages::PackageType;
  static constexpr std::array<std::pair<Type, const char*>, 9> k_names = {{{Type::apk, "apk"},
                                                                           {Type::cargo, "cargo"},
                                                                           {Type::deb, "deb"},
                                                                           {Type::gem, "gem"},
                                                                           {Type::golang, "golang"},
                                                                           {Type::maven, "maven"},
                                                                           {Type::npm, "npm"},
                                                                           {Type::pypi, "pypi"},
                                                                           {Type::rpm, "rpm"}}};
};
