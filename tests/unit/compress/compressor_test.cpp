#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "compress/compression.hpp"
#include "test_data.hpp"

namespace pinnace::compress {
namespace {

constexpr std::size_t k_mib = 1024 * 1024;

/// The stream of `data`, written in pieces of `piece` bytes (0: at once), with boundaries where
/// `boundaries` says.
std::string compress_data(const Compression& compression, unsigned threads, std::string_view data,
                          std::size_t piece = 0, const std::vector<std::size_t>& boundaries = {}) {
  base::StringSink out;
  base::StringSink tap;
  const auto compressor = make_compressor(compression, threads, out, &tap);
  std::size_t done = 0;
  auto boundary = boundaries.begin();
  while (done < data.size()) {
    std::size_t end = piece == 0 ? data.size() : std::min(data.size(), done + piece);
    if (boundary != boundaries.end()) end = std::min(end, *boundary);
    compressor->write(base::as_bytes(data.substr(done, end - done)));
    done = end;
    if (boundary != boundaries.end() && done == *boundary) {
      compressor->boundary();
      ++boundary;
    }
  }
  compressor->finish();
  EXPECT_EQ(tap.text(), data);
  return out.take();
}

/// Decodes one gzip member with zlib, which must use all of `stream`.
std::string inflate_one_member(const std::string& stream) {
  z_stream z{};
  EXPECT_EQ(inflateInit2(&z, 15 + 16), Z_OK);
  std::string copy = stream;
  z.next_in = reinterpret_cast<Bytef*>(copy.data());
  z.avail_in = static_cast<uInt>(copy.size());
  std::string data;
  std::vector<char> buffer(256 * 1024);
  int result = Z_OK;
  while (result == Z_OK) {
    z.next_out = reinterpret_cast<Bytef*>(buffer.data());
    z.avail_out = static_cast<uInt>(buffer.size());
    result = inflate(&z, Z_NO_FLUSH);
    data.append(buffer.data(), buffer.size() - z.avail_out);
  }
  EXPECT_EQ(result, Z_STREAM_END);
  EXPECT_EQ(z.avail_in, 0U);
  inflateEnd(&z);
  return data;
}

std::string decode_zstd(const std::string& stream) {
  std::string data(64 * k_mib, '\0');
  EXPECT_EQ(ZSTD_findFrameCompressedSize(stream.data(), stream.size()), stream.size());
  const std::size_t size = ZSTD_decompress(data.data(), data.size(), stream.data(), stream.size());
  EXPECT_EQ(ZSTD_isError(size), 0U) << ZSTD_getErrorName(size);
  data.resize(ZSTD_isError(size) != 0 ? 0 : size);
  return data;
}

std::string decode(const Compression& compression, const std::string& stream) {
  switch (compression.format) {
    case Format::gzip:
      return inflate_one_member(stream);
    case Format::zstd:
      return decode_zstd(stream);
    case Format::none:
      break;
  }
  return stream;
}

class EveryCompression : public testing::TestWithParam<const char*> {
 protected:
  Compression compression() const { return Compression::parse(GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(All, EveryCompression,
                         testing::Values("gzip", "gzip:balanced", "zstd", "zstd:balanced", "none"),
                         [](const auto& parameter) {
                           std::string name = parameter.param;
                           std::replace(name.begin(), name.end(), ':', '_');
                           return name;
                         });

TEST_P(EveryCompression, StandardDecodersReadAnySize) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{511}, k_mib - 1, k_mib,
                                 k_mib + 1, 5 * k_mib + 12345}) {
    const std::string data = make_data(size, size);
    EXPECT_TRUE(decode(compression(), compress_data(compression(), 2, data)) == data) << size;
  }
}

TEST_P(EveryCompression, BytesDoNotDependOnThreads) {
  const std::string data = make_data(9 * k_mib + 77, 3);
  const std::string expected = compress_data(compression(), 1, data);
  for (const unsigned threads : {2U, 3U, 4U}) {
    EXPECT_TRUE(compress_data(compression(), threads, data) == expected) << threads;
  }
}

TEST_P(EveryCompression, BytesDoNotDependOnTheSplitOfWrites) {
  const std::string data = make_data(5 * k_mib + 1, 4);
  const std::string expected = compress_data(compression(), 2, data);
  for (const std::size_t piece : {std::size_t{1000}, std::size_t{65536}, k_mib - 1, 3 * k_mib}) {
    EXPECT_TRUE(compress_data(compression(), 2, data, piece) == expected) << piece;
  }
}

TEST_P(EveryCompression, FillingItsMemoryIsTheSameAsWriting) {
  const std::string data = make_data(3 * k_mib + 99, 5);
  base::StringSink out;
  const auto compressor = make_compressor(compression(), 2, out);
  for (std::size_t done = 0; done < data.size();) {
    const std::span<std::byte> room = compressor->prepare();
    ASSERT_FALSE(room.empty());
    ASSERT_LE(room.size(), k_mib);
    const std::size_t size = std::min({room.size(), data.size() - done, std::size_t{300000}});
    std::memcpy(room.data(), data.data() + done, size);
    compressor->commit(size);
    compressor->commit(0);
    done += size;
  }
  compressor->finish();
  EXPECT_TRUE(out.text() == compress_data(compression(), 2, data));
}

TEST_P(EveryCompression, CommittingTooMuchIsADefect) {
  base::StringSink out;
  const auto compressor = make_compressor(compression(), 1, out);
  EXPECT_THROW(compressor->commit(1), base::Error);
  EXPECT_THROW(compressor->commit(compressor->prepare().size() + 1), base::Error);
}

TEST(GzipCompressor, AnEmptyStreamIsAnEmptyMember) {
  const std::string expected("\x1f\x8b\x08\0\0\0\0\0\0\xff\x03\0\0\0\0\0\0\0\0\0", 20);
  EXPECT_EQ(compress_data({}, 3, ""), expected);
}

TEST(GzipCompressor, HeaderHasNoTimeAndNoSystem) {
  const std::string expected("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
  for (const Level level : {Level::fast, Level::balanced}) {
    EXPECT_EQ(compress_data({Format::gzip, level}, 1, "x").substr(0, 10), expected);
  }
}

TEST(GzipCompressor, BoundariesEndChunksOfAtLeast640KiB) {
  const std::string data = make_data(2 * k_mib, 6);
  const std::string plain = compress_data({}, 2, data);
  const std::size_t least = 640 * 1024;
  // Too early: no effect. At the end of a full chunk: it has ended already.
  EXPECT_TRUE(compress_data({}, 2, data, 0, {1, least - 1}) == plain);
  EXPECT_TRUE(compress_data({}, 2, data, 0, {k_mib}) == plain);
  const std::string cut = compress_data({}, 2, data, 0, {least});
  EXPECT_FALSE(cut == plain);
  EXPECT_TRUE(inflate_one_member(cut) == data);
  EXPECT_TRUE(compress_data({}, 4, data, 777, {least}) == cut);
}

TEST(GzipCompressor, SameContentAfterABoundaryGivesTheSameBytes) {
  const std::string tail = make_data(k_mib, 7);
  const std::string a = compress_data({}, 2, make_data(700 * 1024, 8) + tail, 0, {700 * 1024});
  const std::string b = compress_data({}, 2, make_data(800 * 1024, 9) + tail, 0, {800 * 1024});
  // All but the checksum and size at the end, and what stands before the tail.
  const std::size_t compare = 200 * 1024;
  const auto end = [&](const std::string& s) { return s.substr(s.size() - 8 - compare, compare); };
  EXPECT_TRUE(end(a) == end(b));
}

TEST(ZstdCompressor, LongRepetitionsAreFoundForAnyNumberOfThreads) {
  // Several times the encoder's window: its buffer of input comes round, too.
  const Compression zstd = Compression::parse("zstd");
  const std::string once = make_data(5 * k_mib + 333, 12);
  std::string data;
  for (std::size_t i = 0; i < 8; ++i) data += make_data(k_mib / 2 + i, 100 + i) + once;
  const std::string expected = compress_data(zstd, 1, data);
  EXPECT_LT(expected.size(), 4 * compress_data(zstd, 1, once).size()) << "of 9 times as much";
  for (const unsigned threads : {2U, 5U, 8U, 64U}) {
    EXPECT_TRUE(compress_data(zstd, threads, data) == expected) << threads;
  }
}

TEST(ZstdCompressor, BoundariesChangeNothing) {
  const Compression zstd = Compression::parse("zstd");
  const std::string data = make_data(3 * k_mib, 10);
  EXPECT_TRUE(compress_data(zstd, 2, data, 0, {700 * 1024}) == compress_data(zstd, 2, data));
}

TEST(ZstdCompressor, FrameHasAChecksumAndAStatedWindow) {
  const std::string frame = compress_data(Compression::parse("zstd"), 1, make_data(1000, 11));
  ASSERT_GT(frame.size(), 6U);
  // RFC 8878, 3.1.1.1: descriptor 0x04: checksum, no size, no single segment; window 2^23: (23 -
  // 10) << 3.
  EXPECT_EQ(frame[4], '\x04');
  EXPECT_EQ(frame[5], '\x68');
}

/// Fails at the given write, and counts them.
class FailingSink final : public base::Sink {
 public:
  explicit FailingSink(int good_writes) : m_left(good_writes) {}
  void write(base::Bytes /*bytes*/) override {
    if (m_left-- == 0) throw base::Error(base::ErrorCode::unavailable, "the registry is gone");
  }

 private:
  int m_left;
};

/// Writes until it throws; true if that was the sink's error.
bool surfaces(Compressor& compressor, std::size_t megabytes) {
  const std::string data = make_data(k_mib, 12);
  try {
    for (std::size_t i = 0; i < megabytes; ++i) compressor.write(base::as_bytes(data));
    compressor.finish();
  } catch (const base::Error& error) {
    return error.code() == base::ErrorCode::unavailable;
  }
  return false;
}

TEST_P(EveryCompression, AFailingDownstreamSurfaces) {
  for (const int good : {0, 1, 3}) {
    FailingSink sink(good);
    const auto compressor = make_compressor(compression(), 2, sink);
    EXPECT_TRUE(surfaces(*compressor, 40)) << good;
    // And stays: nobody can go on by accident.
    EXPECT_TRUE(surfaces(*compressor, 4)) << good;
  }
}

TEST_P(EveryCompression, AFailingTapSurfaces) {
  FailingSink tap(2);
  base::StringSink out;
  const auto compressor = make_compressor(compression(), 2, out, &tap);
  EXPECT_TRUE(surfaces(*compressor, 20));
}

TEST_P(EveryCompression, DroppedWithoutFinishItEnds) {
  const std::string data = make_data(k_mib, 13);
  for (const std::size_t size : {std::size_t{0}, std::size_t{100}, k_mib}) {
    base::StringSink out;
    base::StringSink tap;
    const auto compressor = make_compressor(compression(), 3, out, &tap);
    for (int i = 0; i < 3; ++i) compressor->write(base::as_bytes(data).first(size));
  }
}

/// Checks at each write how far the producer is ahead.
class LagSink final : public base::Sink {
 public:
  void write(base::Bytes bytes) override {
    m_taken += bytes.size();
    m_greatest_lag = std::max(m_greatest_lag, m_given.load() - m_taken);
  }
  void give(std::size_t size) { m_given += size; }
  std::size_t greatest_lag() const { return m_greatest_lag; }
  std::size_t taken() const { return m_taken; }

 private:
  std::atomic<std::size_t> m_given = 0;
  std::size_t m_taken = 0;
  std::size_t m_greatest_lag = 0;
};

TEST_P(EveryCompression, WhatIsUnderWayIsBounded) {
  constexpr unsigned k_threads = 2;
  base::StringSink out;
  LagSink tap;
  const auto compressor = make_compressor(compression(), k_threads, out, &tap);
  for (int i = 0; i < 64; ++i) {
    const std::span<std::byte> room = compressor->prepare();
    ASSERT_EQ(room.size(), k_mib);
    std::fill(room.begin(), room.end(), std::byte(i));
    tap.give(k_mib);
    compressor->commit(k_mib);
  }
  compressor->finish();
  EXPECT_EQ(tap.taken(), 64 * k_mib);
  EXPECT_LE(tap.greatest_lag(), (2 * k_threads + 4) * k_mib);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool k_sanitized = true;
#elif defined(__has_feature)
constexpr bool k_sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool k_sanitized = false;
#endif

/// Counts, and keeps nothing.
class CountingSink final : public base::Sink {
 public:
  void write(base::Bytes bytes) override { m_size += bytes.size(); }
  std::size_t size() const { return m_size; }

 private:
  std::size_t m_size = 0;
};

/// The most memory that this process had resident, in MiB. (getrusage() would count what was there
/// before exec.)
std::size_t peak_memory() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    std::size_t kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes / 1024;
  }
  return SIZE_MAX;
}

std::size_t peak_memory_of(const Compression& compression, std::size_t megabytes) {
  const std::string data = make_data(k_mib, 14);
  CountingSink out;
  const auto compressor = make_compressor(compression, 2, out);
  for (std::size_t i = 0; i < megabytes; ++i) compressor->write(base::as_bytes(data));
  compressor->finish();
  return out.size() == 0 ? SIZE_MAX : peak_memory();
}

TEST_P(EveryCompression, MemoryDoesNotGrowWithTheStream) {
  if (k_sanitized) GTEST_SKIP() << "sanitizers keep what was freed";
  // This style runs the statement in a fresh process, which other tests have not used.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(std::_Exit(peak_memory_of(compression(), 100) <= 64 ? 0 : 1),
              testing::ExitedWithCode(0), "");
}

struct NameCase {
  const char* text;
  Compression value;
};

TEST(Compression, NamesAreReadAndWritten) {
  const NameCase cases[] = {{"gzip", {Format::gzip, Level::fast}},
                            {"gzip:balanced", {Format::gzip, Level::balanced}},
                            {"zstd", {Format::zstd, Level::fast}},
                            {"zstd:balanced", {Format::zstd, Level::balanced}},
                            {"none", {Format::none, Level::fast}}};
  for (const NameCase& c : cases) {
    EXPECT_EQ(Compression::parse(c.text), c.value) << c.text;
    EXPECT_EQ(c.value.str(), c.text);
  }
  EXPECT_EQ((Compression{Format::none, Level::balanced}).str(), "none");
}

TEST(Compression, OtherNamesAreRefused) {
  for (const char* text : {"", "gz", "GZIP", "gzip:", "gzip:9", "zstd:fast ", "none:balanced"}) {
    EXPECT_THROW(Compression::parse(text), base::Error) << text;
  }
}

TEST(Compression, EncoderNamesTellApartWhatMakesOtherBytes) {
  EXPECT_EQ(Compression::parse("gzip").encoder().rfind("pinnace-deflate/", 0), 0U);
  EXPECT_NE(Compression::parse("gzip").encoder(), Compression::parse("gzip:balanced").encoder());
  EXPECT_EQ(Compression::parse("zstd").encoder(),
            std::string("zstd/") + ZSTD_versionString() + ":3.2");
  EXPECT_EQ(Compression::parse("zstd:balanced").encoder(),
            std::string("zstd/") + ZSTD_versionString() + ":9");
  EXPECT_EQ(Compression::parse("none").encoder(), "none");
}

}  // namespace
}  // namespace pinnace::compress
