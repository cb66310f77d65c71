#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "inventory/image_inventory.hpp"
#include "inventory/image_tree.hpp"

namespace pinnace::inventory {

/// Holds an image's documents while its layers are put on top of each other. What they take
/// together is bounded; what is replaced or deleted makes room again.
class KeptDocuments {
 public:
  static constexpr std::size_t k_bytes = std::size_t{512} << 20;

  explicit KeptDocuments(std::size_t most = k_bytes) : m_most(most) {}

  /// nullptr: there is no room for it.
  std::shared_ptr<const Document> keep(Document document);

 private:
  std::size_t m_most;
  std::shared_ptr<std::size_t> m_bytes = std::make_shared<std::size_t>(0);
};

/// A file that an image shows as a document of this kind by this path, as which it was not read.
struct Wanted {
  ImageTree::Source source;
  DocumentKind kind = DocumentKind::dpkg_status;
  std::string path;
};

/// Has such files read, a layer at a time. How often a layer is read again, and by how many names
/// one file, is bounded: what is beyond is a finding.
class WantedDocuments {
 public:
  using Find = std::function<void(std::size_t layer, Finding finding)>;
  using Documents = std::vector<std::shared_ptr<const Document>>;

  WantedDocuments(LayerStack::ReadAgain read_again, KeptDocuments& kept, Find find)
      : m_read_again(std::move(read_again)), m_kept(kept), m_find(std::move(find)) {}

  /// One for each; nullptr: it says nothing. Throws what reading a layer throws.
  Documents read(const std::vector<Wanted>& wanted);

 private:
  /// Files that say the same: which of those that are wanted they are.
  using Same =
      std::map<std::tuple<ImageTree::Source, DocumentKind, std::string>, std::vector<std::size_t>>;

  Same group(const std::vector<Wanted>& wanted);
  bool may_read(std::size_t layer, const std::vector<Wish>& wishes);

  LayerStack::ReadAgain m_read_again;
  KeptDocuments& m_kept;
  Find m_find;
  std::map<std::size_t, unsigned> m_reads;        ///< of layers
  std::map<ImageTree::Source, unsigned> m_names;  ///< of files
};

}  // namespace pinnace::inventory
