#include "compress/chunk_cache.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include "compress/compression.hpp"
#include "files/file.hpp"
#include "files/scratch.hpp"
#include "test_data.hpp"

namespace pinnace::compress {
namespace {

namespace fs = std::filesystem;
using Reuse = ChunkCache::Reuse;

constexpr std::size_t k_mib = 1024 * 1024;

class ChunkCacheTest : public testing::Test {
 protected:
  std::string make(std::string_view data, ChunkCache* chunks, const char* compression = "gzip") {
    base::StringSink out;
    const auto compressor =
        make_compressor(Compression::parse(compression), 3, out, nullptr, chunks);
    compressor->write(base::as_bytes(data));
    compressor->finish();
    return out.take();
  }
  std::vector<fs::path> files() {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(directory)) {
      if (entry.path().filename() != "key") found.push_back(entry.path());
    }
    return found;
  }

  files::ScratchDirectory scratch{fs::temp_directory_path()};
  fs::path directory = scratch.path() / "chunks";
};

TEST_F(ChunkCacheTest, SameBytesWithAndWithout) {
  std::string data = make_data(8 * k_mib + 12345, 1);
  for (const char* compression : {"gzip", "gzip:balanced"}) {
    const std::string plain = make(data, nullptr, compression);
    ChunkCache first(directory, Reuse::yes);
    EXPECT_EQ(make(data, &first, compression), plain);
    EXPECT_EQ(first.reused(), 0U);
    EXPECT_EQ(first.kept(), 9U);
    ChunkCache second(directory, Reuse::yes);
    EXPECT_EQ(make(data, &second, compression), plain);
    EXPECT_EQ(second.reused(), 9U);
    EXPECT_EQ(second.kept(), 0U);
  }
}

TEST_F(ChunkCacheTest, OneByteChangesOneChunk) {
  std::string data = make_data(8 * k_mib, 1);
  ChunkCache first(directory, Reuse::yes);
  make(data, &first);
  data[3 * k_mib + 7] ^= 1;
  ChunkCache second(directory, Reuse::yes);
  EXPECT_EQ(make(data, &second), make(data, nullptr));
  EXPECT_EQ(second.reused(), 7U);
  EXPECT_EQ(second.kept(), 1U);
}

TEST_F(ChunkCacheTest, TakesNothingWhereReuseIsNotWanted) {
  const std::string data = make_data(2 * k_mib, 1);
  ChunkCache first(directory, Reuse::no);
  make(data, &first);
  ChunkCache second(directory, Reuse::no);
  EXPECT_EQ(make(data, &second), make(data, nullptr));
  EXPECT_EQ(second.reused(), 0U);
  EXPECT_EQ(second.kept(), 2U);
}

/// Each damage of a file must lead to compression as if it were not there.
TEST_F(ChunkCacheTest, DamagedFilesCountAsNone) {
  const std::string data = make_data(k_mib, 1);
  const std::string plain = make(data, nullptr);
  ChunkCache first(directory, Reuse::yes);
  make(data, &first);
  ASSERT_EQ(files().size(), 1U);
  const fs::path path = files().front();
  const std::string good = files::read_file(path, 2 * k_mib);
  std::vector<std::string> damaged = {"",
                                      good.substr(0, 19),
                                      good.substr(0, 20),
                                      good.substr(0, good.size() - 1),
                                      good + "x",
                                      good + std::string(4 * k_mib, 'x')};
  for (const std::size_t place : {std::size_t{0}, std::size_t{15}, std::size_t{16}, std::size_t{19},
                                  std::size_t{20}, good.size() / 2, good.size() - 1}) {
    damaged.push_back(good);
    damaged.back()[place] ^= 4;
  }
  for (const std::string& bytes : damaged) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    ChunkCache chunks(directory, Reuse::yes);
    EXPECT_EQ(make(data, &chunks), plain);
    EXPECT_EQ(chunks.reused(), 0U) << "of " << bytes.size() << " bytes";
    EXPECT_EQ(files::read_file(path, 2 * k_mib), good) << "not mended";
  }
}

TEST_F(ChunkCacheTest, AFileUnderAnotherNameCountsAsNone) {
  const std::string data = make_data(2 * k_mib, 1);
  ChunkCache first(directory, Reuse::yes);
  make(data, &first);
  ASSERT_EQ(files().size(), 2U);
  fs::copy_file(files().front(), files().back(), fs::copy_options::overwrite_existing);
  ChunkCache second(directory, Reuse::yes);
  EXPECT_EQ(make(data, &second), make(data, nullptr));
  EXPECT_EQ(second.reused(), 1U);
}

TEST_F(ChunkCacheTest, ADamagedKeyIsReplaced) {
  const std::string data = make_data(k_mib, 1);
  ChunkCache(directory, Reuse::yes).put("x", {}, 0);
  for (const std::string& damaged : {std::string(), std::string("short"), std::string(40, 'x')}) {
    std::ofstream(directory / "key", std::ios::trunc) << damaged;
    ChunkCache chunks(directory, Reuse::yes);
    EXPECT_EQ(make(data, &chunks), make(data, nullptr));
    EXPECT_EQ(files::read_file(directory / "key", 100).size(), 32U);
    ChunkCache again(directory, Reuse::yes);
    make(data, &again);
    EXPECT_EQ(again.reused(), 1U);
  }
}

TEST_F(ChunkCacheTest, OnlyTheOwnerMayRead) {
  ChunkCache chunks(directory, Reuse::yes);
  make(make_data(k_mib, 1), &chunks);
  for (const fs::path& path : {directory, directory / "key", files().front()}) {
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 077U, 0U) << path;
  }
}

TEST_F(ChunkCacheTest, WhatCanNotBeWrittenIsToldOnce) {
  ChunkCache chunks(directory, Reuse::yes);
  fs::remove_all(directory);
  const std::string data = make_data(3 * k_mib, 1);
  EXPECT_EQ(make(data, &chunks), make(data, nullptr));
  EXPECT_EQ(chunks.kept(), 0U);
  ASSERT_TRUE(chunks.problem().has_value());
  EXPECT_NE(chunks.problem()->find(directory.string()), std::string::npos) << *chunks.problem();
}

TEST_F(ChunkCacheTest, CollectDropsWhatWasNotUsedForTheLongestTime) {
  const std::string data = make_data(4 * k_mib, 1);
  ChunkCache first(directory, Reuse::yes);
  make(data, &first);
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours(48);
  for (const fs::path& path : files()) fs::last_write_time(path, old);
  ChunkCache second(directory, Reuse::yes);
  make(std::string_view(data).substr(0, k_mib), &second);  // uses the first chunk
  std::ofstream(directory / ".pinnace-tmp-old") << "left behind";
  fs::last_write_time(directory / ".pinnace-tmp-old", old);
  files::AtomicFile being_written(directory / "new");

  EXPECT_EQ(ChunkCache::collect(directory, {100 * k_mib, {}}).removed_bytes, 11U);
  EXPECT_EQ(files().size(), 5U);
  EXPECT_GT(ChunkCache::collect(directory, {k_mib, {}}).removed_bytes, 2 * k_mib / 10);
  ChunkCache third(directory, Reuse::yes);
  make(data, &third);
  EXPECT_GE(third.reused(), 1U);
  EXPECT_LT(third.reused(), 4U);
  EXPECT_EQ(ChunkCache::collect(scratch.path() / "missing", {1, {}}).removed_bytes, 0U);
}

}  // namespace
}  // namespace pinnace::compress
