#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/io.hpp"

namespace pinnace::compress {

/// Compressed bytes that a decoder takes at its own pace, and where in the stream they stand.
class InputBuffer {
 public:
  InputBuffer(std::unique_ptr<base::Source> source, std::string what)
      : m_source(std::move(source)), m_what(std::move(what)), m_memory(k_capacity) {}

  /// Bytes that were not taken yet, reading more when there are none; empty at the end of the
  /// stream.
  base::Bytes fill();
  void take(std::size_t size) noexcept { m_used += size; }
  /// Whether nothing follows but zeros, with which tapes and disks pad; takes the zeros.
  bool ends();
  /// Throws "<what>: <problem> before byte <n> of the compressed stream".
  [[noreturn]] void fail(base::ErrorCode code, const std::string& problem) const;

 private:
  static constexpr std::size_t k_capacity = 128 * 1024;

  std::unique_ptr<base::Source> m_source;
  std::string m_what;
  std::vector<std::byte> m_memory;
  std::size_t m_used = 0;
  std::size_t m_size = 0;
  std::uint64_t m_position = 0;  ///< bytes read from m_source
  bool m_ended = false;
};

/// Reads gzip members (RFC 1952) up to the end of `input`, and throws as make_decompressor() says.
std::unique_ptr<base::Source> make_gzip_source(InputBuffer input);

/// Reads bzip2 streams up to the end of `input`, and throws as make_decompressor() says.
std::unique_ptr<base::Source> make_bzip2_source(InputBuffer input);

/// Reads xz streams (tukaani.org/xz/xz-file-format.txt) and the padding between them up to the end
/// of `input`, and throws as make_decompressor() says.
std::unique_ptr<base::Source> make_xz_source(InputBuffer input);

/// Reads zstd frames (RFC 8878) up to the end of `input`, and throws as make_decompressor() says.
std::unique_ptr<base::Source> make_zstd_source(InputBuffer input);

}  // namespace pinnace::compress
