#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "archive/tar_entry.hpp"
#include "base/io.hpp"

namespace pinnace::archive {

/// Reads a tar archive of a stranger, front to back, in bounded memory: v7, ustar, star, GNU (long
/// names, base-256 numbers, labels, directories of incremental archives) and PAX (POSIX.1-2017,
/// pax). Throws, naming the archive, the offset and what was expected there: integrity where the
/// stream ends too early or a checksum is wrong, invalid_input for a header that makes no sense or
/// exceeds a limit, unsupported for multi-volume archives and unknown types. Says nothing about
/// where a path leads: see text/path.hpp.
class TarReader {
 public:
  /// A sparse file of a few bytes can have the size of a disk, and is not where offset() says:
  /// whoever bounds what it takes may have it with its zeros; else it is unsupported.
  enum class Sparse { refuse, expand };

  /// PAX headers, together with the path and link limit below, bound the memory.
  static constexpr std::size_t k_max_pax_header = 1024 * 1024;
  static constexpr std::size_t k_max_path = 16 * 1024;

  /// `source` must outlive the reader; `what` names the archive in messages.
  TarReader(base::Source& source, std::string what, Sparse sparse = Sparse::refuse);
  ~TarReader();
  TarReader(const TarReader&) = delete;
  TarReader& operator=(const TarReader&) = delete;

  /// The next entry; what was not read of the former's content is skipped. nullopt at the end: two
  /// blocks of zeros, or where the stream ends between entries, as other readers take it. The
  /// source has then been read to its end, so that a verifying source has checked everything. What
  /// follows the blocks of zeros is ignored.
  std::optional<TarEntry> next();
  /// The content of the current entry, exactly its size. Lives as long as the reader.
  base::Source& content();
  /// Whether the current entry has the content of a sparse file.
  bool content_is_sparse() const noexcept;
  /// Bytes of the archive that were read so far.
  std::uint64_t offset() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace pinnace::archive
