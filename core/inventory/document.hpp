#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "binaries/random_access.hpp"
#include "json/fields.hpp"
#include "packages/package.hpp"

namespace pinnace::inventory {

/// The files of an image that tell of packages.
enum class DocumentKind {
  apk_installed,
  debian_copyright,
  dpkg_list,
  dpkg_md5sums,
  dpkg_status,
  elf,
  gemspec,
  java_archive,
  os_release,
  package_json,
  python_files,
  python_metadata,
  python_record,
  rpm_berkeley,
  rpm_ndb,
  rpm_sqlite,
  rpm_sqlite_log,
};

/// What such a file says.
struct Document {
  std::uint64_t entry = 0;  ///< its place in the layer's entries, from 0 on
  DocumentKind kind = DocumentKind::dpkg_status;
  std::vector<packages::Package> packages;
  packages::FilePaths files;          ///< of lists of files, as they are written there
  std::vector<std::string> licences;  ///< of debian_copyright
  std::optional<packages::OsRelease> os;

  static json::Table<Document> table();
  bool operator==(const Document&) const = default;
};

/// What a document takes in memory, about.
std::size_t size_of(const Document& document);

/// dpkg's database of what is installed, and whether a file is one of those that it reads behind
/// it: they are numbered, and their paragraphs replace those of the same packages. It leaves them
/// where it did not come to its end.
inline constexpr std::string_view k_dpkg_status = "var/lib/dpkg/status";
bool is_dpkg_update(std::string_view path);

/// What kind of document a file is by its path; nullopt if by that it is none.
std::optional<DocumentKind> kind_by_path(std::string_view path);
/// The same by its first bytes, which is how programs are known.
std::optional<DocumentKind> kind_by_content(base::Bytes beginning);

/// A larger file of the kind is not read, for the reason that is given.
std::uint64_t most_of(DocumentKind kind) noexcept;
std::string why_not_read(DocumentKind kind);

/// What of its path a document's meaning depends on, beside its content: of a Java archive that
/// does not say what it is, its name; else nothing.
std::string_view meaning_of_path(DocumentKind kind, std::string_view path);

/// Reads a file; what is wrong with it is added to `problems`. nullopt: it says nothing. Throws
/// cancelled.
std::optional<Document> read_document(const base::Context& context, DocumentKind kind,
                                      std::string_view path, const binaries::RandomAccess& file,
                                      std::vector<std::string>& problems);

}  // namespace pinnace::inventory

template <>
struct pinnace::json::NamesOf<pinnace::inventory::DocumentKind> {
  using K = inventory::DocumentKind;
  static constexpr std::array<std::pair<K, const char*>, 17> k_names = {
      {{K::apk_installed, "apk-installed"},
       {K::debian_copyright, "debian-copyright"},
       {K::dpkg_list, "dpkg-list"},
       {K::dpkg_md5sums, "dpkg-md5sums"},
       {K::dpkg_status, "dpkg-status"},
       {K::elf, "elf"},
       {K::gemspec, "gemspec"},
       {K::java_archive, "java-archive"},
       {K::os_release, "os-release"},
       {K::package_json, "package-json"},
       {K::python_files, "python-files"},
       {K::python_metadata, "python-metadata"},
       {K::python_record, "python-record"},
       {K::rpm_berkeley, "rpm-berkeley"},
       {K::rpm_ndb, "rpm-ndb"},
       {K::rpm_sqlite, "rpm-sqlite"},
       {K::rpm_sqlite_log, "rpm-sqlite-log"}}};
};
