#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "archive/pax.hpp"

namespace pinnace::archive {

/// A sparse file: an archive has its parts only, one after the other; all else is zeros.
struct SparseMap {
  struct Part {
    std::uint64_t offset;
    std::uint64_t size;
  };
  std::vector<Part> parts;
  std::uint64_t size = 0;  ///< of the whole file
};

/// Files of more parts are refused: the map is in memory.
inline constexpr std::size_t k_max_sparse_parts = 262'144;

/// Gives the archive's next block, which a map goes on in; throws if there is none.
using NextBlock = std::function<std::string_view()>;

/// GNU tar's old format: four parts in the header of type 'S', more in blocks that follow it.
/// Throws invalid_input, and what `next` throws.
SparseMap read_gnu_sparse_map(std::string_view header, const NextBlock& next);

/// Whether PAX records speak of a sparse file at all.
bool is_sparse(const PaxRecords& records);

/// GNU tar's PAX formats: the map is in the records (0.0 and 0.1), or in the first blocks of the
/// content (1.0). Throws invalid_input, unsupported for another format, and what `next` throws.
SparseMap read_pax_sparse_map(const PaxRecords& records, const NextBlock& next);

/// Throws invalid_input unless the parts are in order, don't overlap, end within the file, and take
/// `stored` bytes of the archive together.
void check_sparse_map(const SparseMap& map, std::uint64_t stored);

/// Reads a sparse file: what is stored, and zeros between.
class SparseContent {
 public:
  /// The next bytes of what is stored.
  using ReadStored = std::function<std::size_t(std::span<std::byte>)>;

  /// `map` has passed check_sparse_map().
  explicit SparseContent(SparseMap map) : m_map(std::move(map)) {}
  std::size_t read(std::span<std::byte> to, const ReadStored& stored);

 private:
  SparseMap m_map;
  std::size_t m_part = 0;
  std::uint64_t m_position = 0;
};

}  // namespace pinnace::archive
