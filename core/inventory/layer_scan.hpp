#pragma once

#include <string>

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

  /// `content`: of a file. A sparse one, of a few bytes with the size of a disk, is read while all
  /// of them together are not too large. Throws what `content` throws, cancelled, and io for the
  /// scratch.
  void add(const archive::TarEntry& entry, base::Source& content, Content kind);
  /// What could not be read; `path` is empty for the layer.
  void add_finding(std::string_view path, std::string_view problem);
  LayerInventory take(const hash::Digest& diff_id);

 private:
  static constexpr std::size_t k_buffer = 256 * 1024;

  bool has_room(std::size_t bytes);
  void read_content(Entry& entry, base::Source& content);
  void add_document(DocumentKind kind, const Entry& entry);

  const base::Context& m_context;
  LayerInventory m_inventory;
  SpooledFile m_file;
  std::vector<std::byte> m_buffer;
  std::uint64_t m_bytes = 0;   ///< what the inventory takes, about
  std::uint64_t m_sparse = 0;  ///< bytes of sparse files
  bool m_is_full = false;
};

/// Reads a layer in one pass. What the archive says wrongly is a finding; a layer that is not what
/// the image says, or can't be had, throws as tree::open_layer().
LayerInventory scan_layer(const base::Context& context, store::BlobStore& store,
                          const tree::StoredLayer& layer);

}  // namespace pinnace::inventory
