#pragma once

#include <optional>
#include <string>
#include <vector>

#include "archive/tar_entry.hpp"
#include "base/context.hpp"
#include "base/io.hpp"
#include "inventory/layer_inventory.hpp"
#include "inventory/spooled_file.hpp"
#include "store/blob_store.hpp"
#include "tree/stored_layer.hpp"

namespace pinnace::inventory {

/// Makes the inventory of one layer of its entries in their order, reading each content once. What
/// is not as it should be becomes a finding, and memory is bounded: a layer of more entries or
/// texts than are kept has its first ones only.
class LayerScan {
 public:
  enum class Content { stored, sparse };

  explicit LayerScan(const base::Context& context)
      : m_context(context), m_file(context.scratch), m_buffer(k_buffer) {}
  /// Reads the layer again, and nothing but what is wished for: the inventory's entries are hard
  /// links with the paths of `wishes`, in the order of what these lead to, and its documents and
  /// findings are of those.
  LayerScan(const base::Context& context, std::vector<Wish> wishes);

  /// `content`: of a file. A sparse one, of a few bytes with the size of a disk, is read while all
  /// of them together are not too large. Throws what `content` throws, cancelled, and io for the
  /// scratch.
  void add(const archive::TarEntry& entry, base::Source& content, Content kind);
  /// What could not be read; `path` is empty for the layer.
  void add_finding(std::string_view path, std::string_view problem);
  LayerInventory take(const hash::Digest& diff_id);

 private:
  static constexpr std::size_t k_buffer = 256 * 1024;

  /// What a file is read as.
  struct Reading {
    DocumentKind kind;
    std::string path;
    std::uint64_t entry;  ///< of the inventory
  };

  bool has_room(std::size_t bytes);
  bool is_left_out(const Entry& entry, Content kind);
  std::vector<Reading> readings_of(const Entry& entry) const;
  void read_content(Entry& entry, base::Source& content);
  void add_document(const Reading& reading, std::uint64_t size);
  void find(std::string_view path, std::string_view problem);

  const base::Context& m_context;
  LayerInventory m_inventory;
  SpooledFile m_file;
  std::vector<std::byte> m_buffer;
  std::optional<std::vector<Wish>> m_wishes;  ///< sorted
  std::uint64_t m_count = 0;                  ///< of entries so far
  std::uint64_t m_bytes = 0;                  ///< what they take, about
  std::uint64_t m_document_bytes = 0;         ///< the same of documents
  std::uint64_t m_sparse = 0;                 ///< bytes of sparse files
  bool m_is_full = false;
};

/// Reads a layer in one pass. What the archive says wrongly is a finding; a layer that is not what
/// the image says, or can't be had, throws as tree::open_layer().
LayerInventory scan_layer(const base::Context& context, store::BlobStore& store,
                          const tree::StoredLayer& layer);
/// The same for what is wished for alone, as LayerScan has that.
LayerInventory scan_layer(const base::Context& context, store::BlobStore& store,
                          const tree::StoredLayer& layer, std::vector<Wish> wishes);

}  // namespace pinnace::inventory
