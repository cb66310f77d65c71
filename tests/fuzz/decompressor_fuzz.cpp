#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/io.hpp"
#include "compress/compression.hpp"

namespace {

using namespace pinnace;

constexpr std::size_t k_max_output = 4 * 1024 * 1024;

/// Gives bytes in uneven pieces, so that decoders stop and go on everywhere.
class UnevenSource final : public base::Source {
 public:
  UnevenSource(base::Bytes bytes, std::size_t step) : m_source(bytes), m_step(step) {}
  std::size_t read(std::span<std::byte> buffer) override {
    return m_source.read(buffer.first(std::min(buffer.size(), m_step)));
  }

 private:
  base::MemorySource m_source;
  std::size_t m_step;
};

struct Outcome {
  std::string data;
  bool good = false;
  bool operator==(const Outcome&) const = default;
};

Outcome decompress(base::Bytes bytes, std::size_t in_step, std::size_t out_step) {
  Outcome outcome;
  try {
    const auto source =
        compress::make_decompressor({}, std::make_unique<UnevenSource>(bytes, in_step), "fuzz");
    std::vector<std::byte> buffer(out_step);
    while (outcome.data.size() < k_max_output) {
      const std::size_t size = source->read(buffer);
      if (size == 0) break;
      outcome.data.append(base::as_text(base::Bytes(buffer).first(size)));
    }
    outcome.good = true;
  } catch (const base::Error&) {
  }
  return outcome;
}

void skip_zeros(z_stream& z) {
  for (; z.avail_in != 0 && *z.next_in == 0; --z.avail_in) ++z.next_in;
}

/// zlib's opinion about gzip members up to the end, with zeros behind each.
Outcome inflate_by_zlib(base::Bytes bytes) {
  Outcome outcome;
  z_stream z{};
  if (inflateInit2(&z, 15 + 16) != Z_OK) std::abort();
  std::vector<std::byte> copy(bytes.begin(), bytes.end());
  std::vector<std::byte> buffer(65536);
  z.next_in = reinterpret_cast<Bytef*>(copy.data());
  z.avail_in = static_cast<uInt>(copy.size());
  int result = Z_OK;
  while (outcome.data.size() < k_max_output) {
    z.next_out = reinterpret_cast<Bytef*>(buffer.data());
    z.avail_out = static_cast<uInt>(buffer.size());
    result = inflate(&z, Z_NO_FLUSH);
    outcome.data.append(base::as_text(base::Bytes(buffer).first(buffer.size() - z.avail_out)));
    if (result == Z_STREAM_END) skip_zeros(z);
    if (result == Z_STREAM_END && z.avail_in != 0) {
      inflateReset(&z);
      result = Z_OK;
    } else if (result != Z_OK) {
      break;
    }
  }
  outcome.good = result == Z_STREAM_END || outcome.data.size() >= k_max_output;
  inflateEnd(&z);
  return outcome;
}

}  // namespace

/// The first two bytes choose the sizes of pieces; the rest is the stream.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const base::Bytes bytes = std::as_bytes(std::span(data + 2, size - 2));
  const Outcome pieces = decompress(bytes, std::size_t{data[0]} + 1, std::size_t{data[1]} * 31 + 1);
  const Outcome whole = decompress(bytes, 1 << 20, 1 << 16);
  // Data before an error may reach the reader in one way of reading and not in the other.
  if (pieces.good != whole.good) std::abort();
  if (whole.good && whole.data.size() < k_max_output && pieces.data != whole.data) std::abort();
  const bool gzip = size > 4 && data[2] == 0x1f && data[3] == 0x8b;
  if (gzip && whole.data.size() < k_max_output) {
    const Outcome expected = inflate_by_zlib(bytes);
    if (expected.good != whole.good || (whole.good && expected.data != whole.data)) std::abort();
  }
  return 0;
}
