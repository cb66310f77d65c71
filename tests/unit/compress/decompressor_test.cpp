#include <bzlib.h>
#include <gtest/gtest.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "compress/compression.hpp"
#include "test_data.hpp"

namespace pinnace::compress {
namespace {

/// Gives at most `step` bytes a call.
class SlowSource final : public base::Source {
 public:
  SlowSource(std::string text, std::size_t step) : m_source(std::move(text)), m_step(step) {}
  std::size_t read(std::span<std::byte> buffer) override {
    return m_source.read(buffer.first(std::min(buffer.size(), m_step)));
  }

 private:
  base::StringSource m_source;
  std::size_t m_step;
};

std::string decompress(const std::string& stream, std::size_t in_step = 1 << 20,
                       std::size_t out_step = 100000) {
  const auto source =
      make_decompressor({}, std::make_unique<SlowSource>(stream, in_step), "layer x");
  std::string data;
  std::vector<std::byte> buffer(out_step);
  while (const std::size_t size = source->read(buffer)) {
    data.append(base::as_text(base::Bytes(buffer).first(size)));
  }
  EXPECT_EQ(source->read(buffer), 0U);
  return data;
}

base::ErrorCode error_of(const std::string& stream, std::size_t in_step = 1 << 20) {
  try {
    decompress(stream, in_step);
  } catch (const base::Error& error) {
    EXPECT_EQ(std::string(error.what()).rfind("layer x: ", 0), 0U) << error.what();
    return error.code();
  }
  return base::ErrorCode::internal;
}

/// A gzip member made by zlib, with what a header may hold.
std::string zlib_member(const std::string& data, bool fields = false) {
  z_stream z{};
  deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  gz_header header{};
  std::string name = "a-name";
  std::string comment = "a comment";
  std::string extra = "extra";
  if (fields) {
    header.time = 12345;
    header.name = reinterpret_cast<Bytef*>(name.data());
    header.comment = reinterpret_cast<Bytef*>(comment.data());
    header.extra = reinterpret_cast<Bytef*>(extra.data());
    header.extra_len = 5;
    header.hcrc = 1;
    deflateSetHeader(&z, &header);
  }
  std::string copy = data;
  std::string out(deflateBound(&z, static_cast<uLong>(data.size())) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(copy.data());
  z.avail_in = static_cast<uInt>(copy.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

std::string zstd_frame(const std::string& data, int window_log = 0) {
  const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> stream(ZSTD_createCCtx(),
                                                                       ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(stream.get(), ZSTD_c_checksumFlag, 1);
  if (window_log != 0) {
    ZSTD_CCtx_setParameter(stream.get(), ZSTD_c_windowLog, window_log);
    ZSTD_CCtx_setParameter(stream.get(), ZSTD_c_contentSizeFlag, 0);
  }
  std::string out(ZSTD_compressBound(data.size()), '\0');
  ZSTD_inBuffer in{data.data(), data.size(), 0};
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  if (window_log != 0) ZSTD_compressStream2(stream.get(), &to, &in, ZSTD_e_flush);
  EXPECT_EQ(ZSTD_compressStream2(stream.get(), &to, &in, ZSTD_e_end), 0U);
  out.resize(to.pos);
  return out;
}

std::string bzip2_stream(std::string data) {
  auto size = static_cast<unsigned>(data.size() + data.size() / 100 + 600);
  std::string out(size, '\0');
  EXPECT_EQ(BZ2_bzBuffToBuffCompress(out.data(), &size, data.data(),
                                     static_cast<unsigned>(data.size()), 1, 0, 0),
            BZ_OK);
  out.resize(size);
  return out;
}

std::string xz_stream(const std::string& data) {
  std::string out(lzma_stream_buffer_bound(data.size()), '\0');
  std::size_t size = 0;
  EXPECT_EQ(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC64, nullptr,
                                    reinterpret_cast<const std::uint8_t*>(data.data()), data.size(),
                                    reinterpret_cast<std::uint8_t*>(out.data()), &size, out.size()),
            LZMA_OK);
  out.resize(size);
  return out;
}

/// A stream that says that it needs a dictionary of that code: 30 is 128 MiB, 31 192 MiB.
std::string xz_with_dictionary(char code) {
  constexpr std::size_t k_block = 12;  // behind the stream's header
  std::string stream = xz_stream("small");
  stream[stream.find("\x21\x01", k_block) + 2] = code;
  const std::size_t size = std::size_t{static_cast<unsigned char>(stream[k_block])} * 4;
  const std::uint32_t sum =
      lzma_crc32(reinterpret_cast<const std::uint8_t*>(stream.data()) + k_block, size, 0);
  for (std::size_t i = 0; i < 4; ++i)
    stream[k_block + size + i] = static_cast<char>(sum >> (8 * i));
  return stream;
}

std::string our_stream(const char* compression, const std::string& data) {
  base::StringSink out;
  const auto compressor = make_compressor(Compression::parse(compression), 2, out);
  compressor->write(base::as_bytes(data));
  compressor->finish();
  return out.take();
}

TEST(Decompressor, ReadsWhatWeWrite) {
  for (const char* compression : {"gzip", "gzip:balanced", "zstd", "zstd:balanced", "none"}) {
    for (const std::size_t size : {0U, 1U, 100000U, 3000000U}) {
      const std::string data = make_data(size, size);
      EXPECT_TRUE(decompress(our_stream(compression, data)) == data) << compression << " " << size;
    }
  }
}

TEST(Decompressor, ReadsInPiecesOfAnySize) {
  const std::string data = make_data(200000, 1);
  for (const std::string& stream :
       {zlib_member(data, true), zstd_frame(data), bzip2_stream(data), xz_stream(data), data}) {
    for (const std::size_t in : {1U, 7U, 4096U}) {
      for (const std::size_t out : {1U, 511U, 70000U}) {
        EXPECT_TRUE(decompress(stream, in, out) == data) << in << " " << out;
      }
    }
  }
}

TEST(Decompressor, ReadsSeveralMembersAndFrames) {
  const std::string a = make_data(70000, 2);
  const std::string b = "b";
  const std::string c = make_data(300, 3);
  const std::string gzip =
      zlib_member(a, true) + zlib_member("") + zlib_member(b) + zlib_member(c, true);
  const std::string skippable("\x50\x2a\x4d\x18\x03\0\0\0abc", 11);
  const std::string zstd =
      skippable + zstd_frame(a) + zstd_frame("") + skippable + zstd_frame(b) + zstd_frame(c);
  const std::string bzip2 = bzip2_stream(a) + bzip2_stream("") + bzip2_stream(b) + bzip2_stream(c);
  const std::string xz =
      xz_stream(a) + xz_stream("") + std::string(8, '\0') + xz_stream(b) + xz_stream(c);
  for (const std::size_t in : {1U, 3U, 1000U, 1U << 20}) {
    EXPECT_TRUE(decompress(gzip, in) == a + b + c) << in;
    EXPECT_TRUE(decompress(zstd, in) == a + b + c) << in;
    EXPECT_TRUE(decompress(bzip2, in) == a + b + c) << in;
    EXPECT_TRUE(decompress(xz, in) == a + b + c) << in;
  }
}

TEST(Decompressor, OtherBytesPassThrough) {
  for (const std::string& text : {std::string(), std::string("\x1f"), std::string("\x28\xb5\x2f"),
                                  std::string("plain text"), std::string("BZhang"),
                                  std::string("\xFD"
                                              "7zXZ"),
                                  std::string(2000, '\0')}) {
    EXPECT_EQ(decompress(text, 1), text);
  }
}

TEST(Decompressor, TruncationAnywhereIsFound) {
  const std::string data = make_data(3000, 4);
  const std::string gzip = zlib_member(data, true);
  const std::string zstd = zstd_frame(data);
  const std::string bzip2 = bzip2_stream(data);
  const std::string xz = xz_stream(data);
  for (const std::string& stream :
       {gzip, zstd, bzip2, xz, gzip + gzip, zstd + zstd, bzip2 + bzip2, xz + xz}) {
    for (std::size_t size = 6; size < stream.size(); ++size) {
      if (stream == stream.substr(0, size) + stream.substr(0, size)) continue;  // one whole member
      EXPECT_EQ(error_of(stream.substr(0, size)), base::ErrorCode::integrity) << size;
    }
  }
}

/// Some bits mean nothing (those that fill the last byte): then the data must be right.
bool refuses_or_ignores(const std::string& stream, const std::string& data) {
  try {
    return decompress(stream) == data;
  } catch (const base::Error& error) {
    return error.code() == base::ErrorCode::integrity;
  }
}

TEST(Decompressor, DamageIsFound) {
  const std::string data = make_data(3000, 5);
  for (const std::string& stream : {zlib_member(data), zlib_member(data, true), zstd_frame(data),
                                    bzip2_stream(data), xz_stream(data)}) {
    // From behind the magic, the flags and the time: no checksum covers these.
    for (std::size_t at = 12; at < stream.size(); ++at) {
      std::string damaged = stream;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
      EXPECT_TRUE(refuses_or_ignores(damaged, data)) << at;
    }
  }
}

struct HeaderCase {
  const char* what;
  std::size_t at;
  char value;
};

TEST(Decompressor, BadGzipHeadersAreRefused) {
  const HeaderCase cases[] = {
      {"method", 2, 7}, {"reserved flag", 3, '\x80'}, {"no extra field", 3, 4}};
  for (const HeaderCase& c : cases) {
    std::string stream = zlib_member(make_data(100, 7));
    stream[c.at] = c.value;
    EXPECT_EQ(error_of(stream), base::ErrorCode::integrity) << c.what;
    EXPECT_EQ(error_of(stream, 1), base::ErrorCode::integrity) << c.what;
  }
}

TEST(Decompressor, BytesBehindTheStreamAreRefused) {
  const std::string data = make_data(3000, 6);
  for (const std::string& stream :
       {zlib_member(data), zstd_frame(data), bzip2_stream(data), xz_stream(data)}) {
    for (const std::string& garbage :
         {std::string("garbage behind the end"), std::string(512, '\0') + "garbage"}) {
      EXPECT_EQ(error_of(stream + garbage), base::ErrorCode::integrity);
      EXPECT_EQ(error_of(stream + garbage, 1), base::ErrorCode::integrity);
    }
  }
  EXPECT_EQ(error_of(xz_stream(data) + std::string(1, '\0')), base::ErrorCode::integrity)
      << "padding comes by fours, says the format";
}

/// What comes from a tape or a disk is padded to its blocks.
TEST(Decompressor, ZerosBehindTheStreamArePadding) {
  const std::string data = make_data(3000, 6);
  for (const std::string& stream :
       {zlib_member(data), zstd_frame(data), bzip2_stream(data), xz_stream(data)}) {
    for (const std::size_t size : {4U, 512U, 300'000U}) {
      EXPECT_EQ(decompress(stream + std::string(size, '\0')), data) << size;
    }
    EXPECT_EQ(decompress(stream + std::string(512, '\0') + stream), data + data);
  }
}

TEST(Decompressor, LargeZstdWindowsAreRefused) {
  EXPECT_EQ(decompress(zstd_frame("fits", 27)), "fits");
  EXPECT_EQ(error_of(zstd_frame("does not", 28)), base::ErrorCode::unsupported);
}

TEST(Decompressor, LargeXzDictionariesAreRefused) {
  EXPECT_EQ(decompress(xz_with_dictionary(30)), "small");
  EXPECT_EQ(error_of(xz_with_dictionary(31)), base::ErrorCode::unsupported);
}

/// 20 MB of zeros in a few hundred bytes: made in the pieces that are asked for.
TEST(Decompressor, BombsAreReadInPieces) {
  const std::string zeros(20'000'000, '\0');
  for (const std::string& stream : {bzip2_stream(zeros), xz_stream(zeros)}) {
    const auto source =
        make_decompressor({}, std::make_unique<SlowSource>(stream, 1 << 20), "bomb");
    std::vector<std::byte> buffer(512);
    EXPECT_EQ(source->read(buffer), 512U);
  }
}

}  // namespace
}  // namespace pinnace::compress
