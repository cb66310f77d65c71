#include <bzlib.h>

#include <algorithm>
#include <limits>
#include <new>

#include "compress/decompressor.hpp"

namespace pinnace::compress {

namespace {

using base::ErrorCode;

class Bzip2Source final : public base::Source {
 public:
  explicit Bzip2Source(InputBuffer input) : m_input(std::move(input)) {}

  std::size_t read(std::span<std::byte> buffer) override {
    if (buffer.empty()) return 0;
    while (m_stream || start_stream()) {
      const std::size_t size = step(buffer);
      if (size != 0) return size;
    }
    return 0;
  }

 private:
  /// libbz2's state points to the stream, which therefore stays where it is.
  struct Stream {
    Stream() {
      if (BZ2_bzDecompressInit(&bz, 0, 0) != BZ_OK) throw std::bad_alloc();
    }
    ~Stream() { BZ2_bzDecompressEnd(&bz); }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    bz_stream bz{};
  };

  /// False at the end of the input, which has one stream at least.
  bool start_stream() {
    if (m_begun && m_input.ends()) return false;
    m_begun = true;
    m_stream = std::make_unique<Stream>();
    return true;
  }

  /// One call of the decoder; returns the bytes that it made.
  std::size_t step(std::span<std::byte> buffer) {
    constexpr std::size_t k_most = std::numeric_limits<unsigned>::max();
    const base::Bytes input = m_input.fill();
    const std::size_t room = std::min(buffer.size(), k_most);
    bz_stream& bz = m_stream->bz;
    // libbz2 does not write to its input; its interface lacks the const.
    bz.next_in = const_cast<char*>(reinterpret_cast<const char*>(input.data()));
    bz.avail_in = static_cast<unsigned>(input.size());
    bz.next_out = reinterpret_cast<char*>(buffer.data());
    bz.avail_out = static_cast<unsigned>(room);
    const int result = BZ2_bzDecompress(&bz);
    m_input.take(input.size() - bz.avail_in);
    const std::size_t made = room - bz.avail_out;
    if (result == BZ_STREAM_END) {
      m_stream.reset();
    } else if (result == BZ_MEM_ERROR) {
      throw std::bad_alloc();
    } else if (result != BZ_OK) {
      m_input.fail(ErrorCode::integrity, "damaged bzip2 data");
    } else if (input.empty() && made == 0) {
      m_input.fail(ErrorCode::integrity, "bzip2 stream ends too early,");
    }
    return made;
  }

  InputBuffer m_input;
  std::unique_ptr<Stream> m_stream;
  bool m_begun = false;
};

}  // namespace

std::unique_ptr<base::Source> make_bzip2_source(InputBuffer input) {
  return std::make_unique<Bzip2Source>(std::move(input));
}

}  // namespace pinnace::compress
