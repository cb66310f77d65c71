#include "attestation/attestation.hpp"

#include <gtest/gtest.h>

#include <map>

#include "attach/attach.hpp"
#include "base/error.hpp"
#include "json/json.hpp"
#include "oci/config.hpp"
#include "sbom/spdx.hpp"
#include "store/memory_store.hpp"
#include "support/image_samples.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::attestation {
namespace {

using nlohmann::json;

class Attest : public testing::Test {
 protected:
  /// An image without files, in a store.
  output::BuiltImage put_image(store::BlobStore& store) {
    const std::string tar(1024, '\0');
    const oci::Descriptor layer = store::put_bytes(store, {}, tar, oci::media_type::k_layer);
    oci::Config config(oci::Platform{"linux", "amd64", "", ""});
    config.set_created(1795429230);
    config.add_layer(layer.digest, {{"created_by", "test"}});
    const oci::Descriptor blob =
        store::put_bytes(store, {}, config.to_bytes(), oci::media_type::k_config);
    const oci::RawManifest manifest =
        oci::Manifest{std::string(oci::media_type::k_manifest), blob, {layer}, {}, {}, {}}.to_raw();
    store.put_manifest({}, manifest, "1");
    return {oci::Platform{"linux", "amd64", "", ""},
            manifest.descriptor(),
            blob,
            {{layer, layer.digest, false}},
            {}};
  }
  void attest_in(const std::vector<Place>& places, const output::BuiltImage& image,
                 const Wishes& wishes = {}) {
    attest({}, places, {image}, wishes, m_build, m_directory.path() / "inventories");
  }
  /// By predicate type.
  static std::map<std::string, json> statements(store::BlobStore& store,
                                                const output::BuiltImage& image) {
    std::map<std::string, json> found;
    const hash::Digest& digest = image.manifest.digest;
    for (const auto& one :
         attach::find_attached({}, store, digest, provenance::k_statement_media_type)) {
      const auto attachment = attach::read_attached({}, store, digest, one, 1 << 20);
      const json read = pinnace::json::parse(attachment.parts.at(0).bytes, "statement");
      EXPECT_EQ(attachment.annotations.at(k_predicate_annotation), read["predicateType"]);
      EXPECT_TRUE(found.emplace(read["predicateType"], read).second) << "attached twice";
    }
    return found;
  }

  test_support::TemporaryDirectory m_directory;
  provenance::Build m_build;
  std::shared_ptr<store::MemoryStore> m_store = std::make_shared<store::MemoryStore>();
};

TEST_F(Attest, BothAreThereOnce) {
  const output::BuiltImage image = put_image(*m_store);
  for (int i = 0; i < 2; ++i) attest_in({{m_store, "registry.test/web"}}, image);
  const auto found = statements(*m_store, image);
  ASSERT_EQ(found.size(), 2U);
  const json& spdx = found.at(sbom::k_spdx_predicate);
  EXPECT_EQ(spdx["subject"][0]["digest"]["sha256"], image.manifest.digest.hex());
  EXPECT_EQ(spdx["predicate"]["creationInfo"]["created"], "2026-11-23T10:20:30Z");
  EXPECT_EQ(spdx["predicate"]["packages"][0]["name"], "registry.test/web");
  EXPECT_TRUE(found.contains(provenance::k_predicate));
}

TEST_F(Attest, OnlyWhatIsWished) {
  const output::BuiltImage image = put_image(*m_store);
  attest_in({{m_store, ""}}, image, {.sbom = false, .provenance = false});
  EXPECT_TRUE(statements(*m_store, image).empty());
  attest_in({{m_store, ""}}, image, {.sbom = false, .provenance = true});
  EXPECT_EQ(statements(*m_store, image).count(provenance::k_predicate), 1U);
  EXPECT_EQ(statements(*m_store, image).size(), 1U);
}

TEST_F(Attest, EachPlaceHasItsName) {
  const auto other = std::make_shared<store::MemoryStore>();
  const output::BuiltImage image = put_image(*m_store);
  put_image(*other);
  attest_in({{m_store, "a.test/web"}, {other, "b.test/web"}}, image);
  const auto name = [&](store::BlobStore& store) {
    return statements(store, image).at(sbom::k_spdx_predicate)["predicate"]["packages"][0]["name"];
  };
  EXPECT_EQ(name(*m_store), "a.test/web");
  EXPECT_EQ(name(*other), "b.test/web");
}

}  // namespace
}  // namespace pinnace::attestation
