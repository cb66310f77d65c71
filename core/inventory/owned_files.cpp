#include "inventory/owned_files.hpp"

#include <string_view>
#include <unordered_map>

#include "packages/python.hpp"

namespace pinnace::inventory {

namespace {

using packages::FilePath;
using packages::FilePaths;
using packages::Package;

std::string directory_of(const std::string& path) {
  return path.substr(0, path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
}

std::size_t size_of(const std::vector<std::string>& texts) {
  std::size_t size = 0;
  for (const std::string& text : texts) size += sizeof(std::string) + text.size();
  return size;
}

/// `list` with the digests that the others have.
FilePaths with_digests(FilePaths list, const FilePaths& configuration, const FilePaths& sums) {
  std::unordered_map<std::string_view, std::string_view> digests;
  for (const FilePaths* some : {&configuration, &sums}) {
    for (const FilePath& one : *some) digests.emplace(one.bytes, one.digest);
  }
  for (FilePath& one : list) {
    if (const auto found = digests.find(one.bytes); found != digests.end())
      one.digest = found->second;
  }
  return list;
}

}  // namespace

const Document* OwnedFiles::document_at(const std::string& path, DocumentKind kind) const {
  if (const auto alias = m_aliases.find(path); alias != m_aliases.end()) {
    const Document* document = alias->second.get();
    if (document != nullptr && document->kind == kind) return document;
  }
  const ImageTree::Node* node = m_tree.follow(path);
  const bool is_one = node != nullptr && node->document && node->document->kind == kind;
  return is_one ? node->document.get() : nullptr;
}

bool OwnedFiles::take(std::size_t bytes) {
  if (bytes > m_left) m_spent = true;
  if (!m_spent) m_left -= bytes;
  return !m_spent;
}

const Document* OwnedFiles::debian_document(const Package& package, const char* end,
                                            DocumentKind kind) const {
  const std::string info = "var/lib/dpkg/info/" + package.name;
  const Document* document = document_at(info + end, kind);
  if (document != nullptr) return document;
  return document_at(info + ":" + package.architecture + end, kind);
}

/// A package of several architectures has its own in the names of its lists. Before, it has its
/// files of configuration, with digests.
void OwnedFiles::add_debian(Package& package, const std::string& path) {
  const Document* list = debian_document(package, ".list", DocumentKind::dpkg_list);
  const Document* sums = debian_document(package, ".md5sums", DocumentKind::dpkg_md5sums);
  if (sums == nullptr) sums = document_at(path + ".md5sums", DocumentKind::dpkg_md5sums);
  if (list != nullptr &&
      take(size_of(list->files) + (sums == nullptr ? 0 : size_of(sums->files)))) {
    package.files =
        with_digests(list->files, package.files, sums == nullptr ? FilePaths() : sums->files);
  } else if (list == nullptr && sums != nullptr && take(size_of(sums->files))) {
    package.files.insert(package.files.end(), sums->files.begin(), sums->files.end());
  }
  const Document* copyright =
      document_at("usr/share/doc/" + package.name + "/copyright", DocumentKind::debian_copyright);
  if (copyright != nullptr && take(size_of(copyright->licences)))
    package.licences = copyright->licences;
}

/// `base`: what the paths of a list are relative to.
void OwnedFiles::add_python(Package& package, const Document* list, const std::string& base) {
  if (list == nullptr || !take(size_of(list->files) + list->files.size() * base.size())) return;
  for (const FilePath& file : list->files) {
    std::string path = packages::path_below(base, file.bytes);
    if (!path.empty()) package.files.push_back({std::move(path), file.digest});
  }
}

void OwnedFiles::add_to(Package& package, const std::string& path, DocumentKind kind) {
  if (kind == DocumentKind::dpkg_status) return add_debian(package, path);
  if (kind != DocumentKind::python_metadata) return;
  const std::string directory = directory_of(path);
  add_python(package, document_at(directory + "/RECORD", DocumentKind::python_record),
             directory_of(directory));
  add_python(package, document_at(directory + "/installed-files.txt", DocumentKind::python_files),
             directory);
}

}  // namespace pinnace::inventory
