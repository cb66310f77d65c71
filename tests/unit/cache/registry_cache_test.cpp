#include "cache/registry_cache.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "oci/manifest.hpp"
#include "store/memory_store.hpp"

namespace pinnace::cache {
namespace {

using nlohmann::json;

CachedLayer layer_of(store::BlobStore& store, const std::string& bytes) {
  return {store::put_bytes(store, {}, bytes, oci::media_type::k_layer), hash::Digest::of(bytes)};
}

class RegistryCacheTest : public testing::Test {
 protected:
  /// An artifact whose records say `records`.
  void put(const json& records, const std::string& type = "application/vnd.pinnace.cache.v1",
           const std::vector<oci::Descriptor>& layers = {}) {
    oci::Manifest manifest{std::string(oci::media_type::k_manifest),
                           store::put_bytes(*m_store, {}, "{}", oci::media_type::k_empty),
                           {store::put_bytes(*m_store, {}, records.dump(),
                                             "application/vnd.pinnace.cache.records.v1+json")},
                           {},
                           type,
                           {}};
    for (const oci::Descriptor& layer : layers) manifest.layers.push_back(layer);
    m_store->put_manifest({}, manifest.to_raw(), "c");
  }

  std::string error() {
    try {
      (void)ImportedCache::read({}, m_store, "c");
    } catch (const base::Error& error) {
      return std::string(base::to_string(error.code())) + ": " + error.message();
    }
    return "no error";
  }

  std::shared_ptr<store::MemoryStore> m_store = std::make_shared<store::MemoryStore>();
  const hash::Digest m_key = hash::Digest::of("step");
};

TEST_F(RegistryCacheTest, WhatIsWrittenIsRead) {
  const CachedLayer layer = layer_of(*m_store, "layer");
  const hash::Digest empty = hash::Digest::of("changes nothing");
  export_cache({}, *m_store, "c", {{m_key, {layer}}, {empty, {}}});
  const auto cache = ImportedCache::read({}, m_store, "c");
  ASSERT_TRUE(cache);
  ASSERT_TRUE(cache->find(m_key));
  EXPECT_EQ(cache->find(m_key)->layer, layer);
  ASSERT_TRUE(cache->find(empty));
  EXPECT_FALSE(cache->find(empty)->layer);
  EXPECT_FALSE(cache->find(hash::Digest::of("other")));
  EXPECT_FALSE(ImportedCache::read({}, m_store, "none"));
}

TEST_F(RegistryCacheTest, HostileCachesAreRefused) {
  const CachedLayer layer = layer_of(*m_store, "layer");
  const json good = Record{layer}.to_json();
  const auto records = [&](const json& record) {
    return json{{"version", 1}, {"records", {{m_key.str(), record}}}};
  };
  put(records(good), "application/vnd.example");
  EXPECT_EQ(error(),
            "invalid_input: expected an artifact of type application/vnd.pinnace.cache.v1");
  put(records(good));
  EXPECT_EQ(error(), "invalid_input: the layer " + layer.descriptor.digest.str() +
                         " is not in the manifest");
  put({{"version", 2}, {"records", json::object()}});
  EXPECT_EQ(error(), "unsupported: version 2 of the build cache; this Pinnace knows 1");
  put(json::array());
  EXPECT_EQ(error(), "invalid_input: expected JSON with \"version\" and \"records\"");
  put({{"version", 1}, {"records", json::array()}});
  EXPECT_EQ(error(), "invalid_input: expected \"records\", at most 20,000");
  put({{"version", 1}, {"records", {{"no digest", {{"layer", nullptr}}}}}});
  EXPECT_TRUE(error().starts_with("invalid_input: ")) << error();

  for (const auto& [field, value] : std::map<std::string, json>{{"mediaType", "text/plain"},
                                                                {"size", -1},
                                                                {"size", "7"},
                                                                {"digest", "../../etc"},
                                                                {"diffId", nullptr}}) {
    json bad = good;
    bad["layer"][field] = value;
    put(records(bad), "application/vnd.pinnace.cache.v1", {layer.descriptor});
    EXPECT_TRUE(error().starts_with("invalid_input: ")) << field << ": " << error();
  }
  put(records(good), "application/vnd.pinnace.cache.v1", {layer.descriptor});
  EXPECT_EQ(error(), "no error") << "the sample itself is sound";
}

TEST_F(RegistryCacheTest, AnImageIsNoCache) {
  m_store->put_manifest(
      {}, oci::Index{std::string(oci::media_type::k_index), {}, {}, {}, {}}.to_raw(), "c");
  EXPECT_EQ(error(), "invalid_input: expected a build cache, found an index of images");
}

}  // namespace
}  // namespace pinnace::cache
