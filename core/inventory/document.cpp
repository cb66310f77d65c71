#include "inventory/document.hpp"

#include <iterator>

#include "base/error.hpp"
#include "binaries/elf.hpp"
#include "binaries/go_build_info.hpp"
#include "binaries/java_archive.hpp"
#include "binaries/rust_audit.hpp"
#include "packages/apk.hpp"
#include "packages/dpkg.hpp"
#include "packages/gem.hpp"
#include "packages/npm.hpp"
#include "packages/python.hpp"
#include "packages/rpm_database.hpp"

namespace pinnace::inventory {

json::Table<Document> Document::table() {
  return {"Document",
          "What a file of a layer says of packages.",
          {{"entry", &Document::entry, "Its place in the layer's entries, from 0 on."},
           {"kind", &Document::kind, "What it is."},
           {"packages", &Document::packages, "That it tells of."},
           {"files", &Document::files, "Of lists of files, as they are written there."},
           {"licences", &Document::licences, "Of Debian's copyright files."},
           {"os", &Document::os, "Of os-release."}}};
}

namespace {

using binaries::RandomAccess;
using packages::Found;

std::string text_of(const RandomAccess& file) {
  return binaries::read_range(file, 0, file.size());
}

/// What is damaged of the one does not hide the other.
Found read_elf(const base::Context& context, const RandomAccess& file) {
  const binaries::Elf elf(file);
  Found all;
  for (const auto read : {binaries::read_go_build_info, binaries::read_rust_audit}) {
    try {
      Found found = read(elf);
      std::move(found.packages.begin(), found.packages.end(), std::back_inserter(all.packages));
    } catch (const base::Error& error) {
      context.check();
      all.problem(error.what());
    }
  }
  return all;
}

/// Of documents that tell of packages.
Found read_packages(const base::Context& context, DocumentKind kind, std::string_view path,
                    const RandomAccess& file) {
  switch (kind) {
    case DocumentKind::apk_installed:
      return packages::read_apk_installed(text_of(file));
    case DocumentKind::dpkg_status:
      return packages::read_dpkg_status(text_of(file));
    case DocumentKind::elf:
      return read_elf(context, file);
    case DocumentKind::gemspec:
      return packages::read_gemspec(text_of(file));
    case DocumentKind::java_archive:
      return binaries::read_java_archive(context, file, path);
    case DocumentKind::package_json:
      return packages::read_package_json(text_of(file));
    case DocumentKind::python_metadata:
      return packages::read_python_metadata(text_of(file));
    case DocumentKind::rpm_ndb:
      return packages::read_rpm_ndb(base::as_bytes(text_of(file)), context);
    case DocumentKind::rpm_sqlite:
      return packages::read_rpm_sqlite(text_of(file), context);
    default:
      return {};
  }
}

}  // namespace

std::size_t size_of(const Document& document) {
  constexpr std::size_t k_of_each = 200;
  std::size_t size = k_of_each + packages::size_of(document.files);
  for (const packages::Package& package : document.packages) size += packages::size_of(package);
  for (const std::string& licence : document.licences) size += k_of_each + licence.size();
  return size;
}

std::optional<Document> read_document(const base::Context& context, DocumentKind kind,
                                      std::string_view path, const RandomAccess& whole,
                                      std::vector<std::string>& problems) {
  const binaries::StoppableAccess file(context, whole);
  Document document{.kind = kind};
  switch (kind) {
    case DocumentKind::dpkg_list:
      document.files = packages::read_dpkg_list(text_of(file));
      break;
    case DocumentKind::dpkg_md5sums:
      document.files = packages::read_dpkg_md5sums(text_of(file));
      break;
    case DocumentKind::python_files:
      document.files = packages::read_installed_files(text_of(file));
      break;
    case DocumentKind::python_record:
      document.files = packages::read_python_record(text_of(file));
      break;
    case DocumentKind::debian_copyright:
      document.licences = packages::read_debian_copyright(text_of(file));
      break;
    case DocumentKind::os_release:
      document.os = packages::read_os_release(text_of(file));
      break;
    default: {
      Found found = read_packages(context, kind, path, file);
      document.packages = std::move(found.packages);
      problems = std::move(found.problems);
    }
  }
  const bool says_something = !document.packages.empty() || !document.files.empty() ||
                              !document.licences.empty() || document.os;
  if (!says_something) return std::nullopt;
  return document;
}

}  // namespace pinnace::inventory
