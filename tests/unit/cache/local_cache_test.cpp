#include "cache/local_cache.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error.hpp"
#include "files/file.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::cache {
namespace {

namespace fs = std::filesystem;

class LocalCacheTest : public testing::Test {
 protected:
  LocalCache open() const { return LocalCache(m_directory.path() / "cache"); }

  static hash::Digest key(const std::string& name) { return hash::Digest::of(name); }

  /// A record with a layer of so many bytes, last used so many hours ago.
  Record put(const std::string& name, std::size_t bytes, int hours) {
    const LocalCache cache = open();
    const std::string content(bytes, name.front());
    const Record record{CachedLayer{
        store::put_bytes(*cache.layers(), {}, content, oci::media_type::k_layer), key(content)}};
    cache.put({}, key(name), record);
    const fs::path file =
        m_directory.path() / "cache/records" / (std::string(key(name).hex()) + ".json");
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(hours));
    return record;
  }

  bool has(const std::string& name) const { return open().find({}, key(name)).has_value(); }

  test_support::TemporaryDirectory m_directory;
};

TEST_F(LocalCacheTest, ARecordIsFoundAndADamagedOneIsNot) {
  const Record record = put("a", 10, 1);
  ASSERT_TRUE(open().find({}, key("a")));
  EXPECT_EQ(open().find({}, key("a"))->layer, record.layer);
  EXPECT_FALSE(open().find({}, key("b")));
  files::write_file_atomically(
      m_directory.path() / "cache/records" / (std::string(key("a").hex()) + ".json"),
      "{\"layer\":7}");
  EXPECT_FALSE(open().find({}, key("a")));
}

TEST_F(LocalCacheTest, ARecordWithAFlippedBitIsNone) {
  put("a", 10, 1);
  const fs::path file =
      m_directory.path() / "cache/records" / (std::string(key("a").hex()) + ".json");
  const std::string sound = files::read_file(file, 10'000);
  for (std::size_t i = 0; i < sound.size(); ++i) {
    std::string damaged = sound;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    std::ofstream(file) << damaged;
    EXPECT_FALSE(has("a")) << damaged;
  }
  const fs::path other =
      m_directory.path() / "cache/records" / (std::string(key("b").hex()) + ".json");
  std::ofstream(other) << sound;
  EXPECT_FALSE(has("b")) << "of another step";
  std::ofstream(file) << sound;
  EXPECT_TRUE(has("a"));
}

TEST_F(LocalCacheTest, WhatAKilledBuildLeftGoes) {
  put("a", 10, 1);
  for (const std::string name : {"records", "layers"}) {
    const fs::path left = m_directory.path() / "cache" / name / ".pinnace-tmp-abcdef";
    files::write_cache_file(left, "half");
    open().collect({}, {90'000, {}}, std::chrono::milliseconds(0));
    EXPECT_FALSE(fs::exists(left)) << name;
  }
  EXPECT_TRUE(has("a"));
}

TEST_F(LocalCacheTest, DamagedLayersGoWhenTheyAreVerified) {
  const Record sound = put("a", 10, 1);
  const Record damaged = put("b", 10, 1);
  const auto blobs = open().layers()->directory().blob_directory(hash::Algorithm::sha256);
  std::ofstream(blobs->path() / std::string(damaged.layer->descriptor.digest.hex()))
      << "bbbbbXbbbb";
  const auto collect = [&](LocalCache::Layers layers) {
    return open().collect({}, {}, std::chrono::milliseconds(0), layers);
  };
  EXPECT_EQ(collect(LocalCache::Layers::trusted).layers_removed, 0U);
  EXPECT_EQ(collect(LocalCache::Layers::verified).layers_removed, 1U);
  EXPECT_TRUE(has("a"));
  EXPECT_FALSE(has("b"));
  EXPECT_TRUE(open().layers()->has_blob({}, sound.layer->descriptor));
  EXPECT_FALSE(open().layers()->has_blob({}, damaged.layer->descriptor));
}

TEST_F(LocalCacheTest, DamagedFilesOfTheLayoutAreMadeAnew) {
  const Record record = put("a", 10, 1);
  for (const std::string name : {"oci-layout", "index.json"}) {
    for (const std::string text : {"", "{", R"({"imageLayoutVersion":"7.0.0"})"}) {
      std::ofstream(m_directory.path() / "cache/layers" / name) << text;
      EXPECT_TRUE(open().layers()->has_blob({}, record.layer->descriptor)) << name << text;
    }
    fs::remove(m_directory.path() / "cache/layers" / name);
    EXPECT_TRUE(open().layers()->has_blob({}, record.layer->descriptor)) << name;
    put("c", 10, 1);
  }
}

TEST_F(LocalCacheTest, WhereNoneCanBeTheErrorSaysSo) {
  files::write_cache_file(m_directory.path() / "cache/records", "no directory");
  try {
    open();
    ADD_FAILURE() << "a file was taken for a directory";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::io) << error.what();
  }
}

TEST_F(LocalCacheTest, WhatWasNotUsedForTheLongestTimeGoes) {
  put("old", 40'000, 30);
  put("middle", 40'000, 20);
  put("new", 40'000, 10);
  EXPECT_TRUE(has("old")) << "which marks it as used";
  const auto collected = open().collect({}, {90'000, {}}, std::chrono::milliseconds(0));
  EXPECT_EQ(collected.records_removed, 1U);
  EXPECT_EQ(collected.layers_removed, 1U);
  EXPECT_LE(collected.bytes_kept, 90'000U);
  EXPECT_TRUE(has("old"));
  EXPECT_FALSE(has("middle"));
  EXPECT_TRUE(has("new"));
}

TEST_F(LocalCacheTest, ALayerStaysAsLongAsARecordNamesIt) {
  const Record record = put("a", 50'000, 5);
  open().put({}, key("b"), record);
  fs::last_write_time(
      m_directory.path() / "cache/records" / (std::string(key("a").hex()) + ".json"),
      fs::file_time_type::clock::now() - std::chrono::hours(9));
  EXPECT_EQ(open().collect({}, {50'700, {}}, std::chrono::milliseconds(0)).layers_removed, 0U);
  EXPECT_EQ(open().collect({}, {0, {}}, std::chrono::milliseconds(0)).layers_removed, 1U);
  EXPECT_FALSE(has("a") || has("b"));
}

TEST_F(LocalCacheTest, ABuildThatUsesLayersHoldsTheCollectorOff) {
  const Record record = put("a", 50'000, 5);
  const LocalCache build = open();
  EXPECT_TRUE(build.layers()->has_blob({}, record.layer->descriptor));
  try {
    open().collect({}, {0, {}}, std::chrono::milliseconds(0));
    FAIL() << "the layer was taken from under a build";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::unavailable);
  }
  EXPECT_TRUE(has("a"));
}

}  // namespace
}  // namespace pinnace::cache
