#include "inventory/owned_files.hpp"

#include "packages/python.hpp"

namespace pinnace::inventory {

namespace {

using packages::FilePath;
using packages::Package;

std::string directory_of(const std::string& path) {
  return path.substr(0, path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
}

std::size_t size_of(const std::vector<std::string>& texts) {
  std::size_t size = 0;
  for (const std::string& text : texts) size += sizeof(std::string) + text.size();
  return size;
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

/// A package of several architectures has its own in the name of its list.
void OwnedFiles::add_debian(Package& package, const std::string& path) {
  const std::string info = "var/lib/dpkg/info/" + package.name;
  const Document* list = document_at(info + ".list", DocumentKind::dpkg_list);
  if (list == nullptr)
    list = document_at(info + ":" + package.architecture + ".list", DocumentKind::dpkg_list);
  if (list == nullptr) list = document_at(path + ".md5sums", DocumentKind::dpkg_md5sums);
  if (list != nullptr && take(size_of(list->files))) package.files = list->files;
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
    if (!path.empty()) package.files.push_back({std::move(path)});
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
