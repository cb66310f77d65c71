#include "binaries/inflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <vector>

#include "base/error.hpp"

namespace pinnace::binaries {

namespace {

constexpr std::size_t k_input = 64 * 1024;
constexpr std::size_t k_output = 256 * 1024;

[[noreturn]] void fail(const char* problem) {
  throw base::Error(base::ErrorCode::invalid_input, problem);
}

class Stream {
 public:
  explicit Stream(Wrapping wrapping) {
    const int bits = wrapping == Wrapping::zlib ? MAX_WBITS : -MAX_WBITS;
    if (inflateInit2(&m_stream, bits) != Z_OK) throw std::bad_alloc();
  }
  ~Stream() { inflateEnd(&m_stream); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  z_stream* get() noexcept { return &m_stream; }

 private:
  z_stream m_stream{};
};

}  // namespace

std::string inflate(const RandomAccess& compressed, Wrapping wrapping, std::size_t limit) {
  Stream stream(wrapping);
  z_stream& z = *stream.get();
  std::vector<std::byte> input(k_input);
  std::string output;
  std::uint64_t offset = 0;
  int code = Z_OK;
  while (code != Z_STREAM_END) {
    if (z.avail_in == 0) {
      const std::size_t size = compressed.read_at(offset, input);
      if (size == 0) fail("compressed bytes are cut off");
      offset += size;
      z.next_in = reinterpret_cast<Bytef*>(input.data());
      z.avail_in = static_cast<uInt>(size);
    }
    const std::size_t before = output.size();
    output.resize(before + k_output);
    z.next_out = reinterpret_cast<Bytef*>(output.data() + before);
    z.avail_out = static_cast<uInt>(k_output);
    code = ::inflate(&z, Z_NO_FLUSH);
    output.resize(output.size() - z.avail_out);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
      fail("compressed bytes are damaged");
    if (output.size() > limit) fail("compressed bytes hold more than they should");
  }
  return output;
}

}  // namespace pinnace::binaries
