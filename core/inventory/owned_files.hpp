#pragma once

#include <map>
#include <memory>
#include <string>

#include "inventory/image_tree.hpp"
#include "packages/package.hpp"

namespace pinnace::inventory {

/// Adds to packages what other files of an image say of them: to dpkg's and Python's their lists of
/// files, to Debian's also the licences in its documentation. Several packages may share such a
/// file; what all are given is bounded.
class OwnedFiles {
 public:
  static constexpr std::uint64_t k_bytes = std::uint64_t{512} << 20;

  /// Documents that are there by a path which leads to them through links.
  using Aliases = std::map<std::string, std::shared_ptr<const Document>>;

  OwnedFiles(const ImageTree& tree, const Aliases& aliases, std::uint64_t bytes = k_bytes)
      : m_tree(tree), m_aliases(aliases), m_left(bytes) {}

  /// `path` and `kind`: of the document that tells of the package.
  void add_to(packages::Package& package, const std::string& path, DocumentKind kind);
  /// Whether there was more than is given.
  bool is_spent() const noexcept { return m_spent; }

 private:
  const Document* debian_document(const packages::Package& package, const char* end,
                                  DocumentKind kind) const;
  void add_debian(packages::Package& package, const std::string& path);
  void add_python(packages::Package& package, const Document* list, const std::string& base);
  bool take(std::size_t bytes);
  const Document* document_at(const std::string& path, DocumentKind kind) const;

  const ImageTree& m_tree;
  const Aliases& m_aliases;
  std::uint64_t m_left;
  bool m_spent = false;
};

}  // namespace pinnace::inventory
