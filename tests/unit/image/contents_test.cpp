#include "image/contents.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "oci/manifest.hpp"
#include "store/memory_store.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::image {
namespace {

class ImageContentsTest : public testing::Test {
 protected:
  /// An image with one layer of that type, which is not in the store.
  oci::RawManifest put_image(const char* layer_type) {
    const std::string config =
        R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[")" +
        hash::Digest::of("plain").str() + R"("]}})";
    oci::Descriptor layer{layer_type, hash::Digest::of("away"), 4, {}, {},
                          {},         nlohmann::json::object()};
    layer.other["urls"] = {"https://elsewhere.example/layer?sig=geheim"};
    const oci::Manifest manifest{std::string(oci::media_type::k_manifest),
                                 store::put_bytes(m_store, {}, config, oci::media_type::k_config),
                                 {layer},
                                 {},
                                 {},
                                 {}};
    oci::RawManifest raw = manifest.to_raw();
    m_store.put_manifest({}, raw, {});
    return raw;
  }
  base::Error error_of(const oci::Descriptor& image) {
    try {
      read_image({}, m_store, image, ImageCache::at(local::LocalStore(m_directory.path())));
    } catch (const base::Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return {base::ErrorCode::internal, ""};
  }

  test_support::TemporaryDirectory m_directory;
  store::MemoryStore m_store;
};

TEST_F(ImageContentsTest, AForeignLayerThatIsMissingIsNamed) {
  const auto image = put_image("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip");
  const base::Error error = error_of(image.descriptor());
  EXPECT_EQ(error.code(), base::ErrorCode::unsupported);
  EXPECT_NE(error.message().find(hash::Digest::of("away").str()), std::string::npos);
  EXPECT_NE(error.message().find("https://elsewhere.example/layer?sig=REDACTED"), std::string::npos)
      << error.message();
  store::put_bytes(m_store, {}, "away", "x");
  EXPECT_EQ(read_image({}, m_store, image.descriptor(),
                       ImageCache::at(local::LocalStore(m_directory.path())))
                .layers.size(),
            1U);
}

TEST_F(ImageContentsTest, AnotherPlatformThanListedIsRefused) {
  oci::Descriptor image = put_image("application/vnd.oci.image.layer.v1.tar+gzip").descriptor();
  image.platform = oci::Platform::parse("linux/arm64");
  const base::Error error = error_of(image);
  EXPECT_EQ(error.code(), base::ErrorCode::integrity);
  for (const std::string& part : {image.digest.str(), std::string("listed for linux/arm64"),
                                  std::string("configuration says linux/amd64")})
    EXPECT_NE(error.message().find(part), std::string::npos) << error.message();
  image.platform = oci::Platform::parse("linux/amd64");
  read_image({}, m_store, image, ImageCache::at(local::LocalStore(m_directory.path())));
}

TEST_F(ImageContentsTest, AnotherSizeThanListedIsRefused) {
  oci::Descriptor image = put_image("application/vnd.oci.image.layer.v1.tar+gzip").descriptor();
  for (int remembered = 0; remembered < 2; ++remembered) {
    ++image.size;
    EXPECT_EQ(error_of(image).code(), base::ErrorCode::integrity);
    --image.size;
    read_image({}, m_store, image, ImageCache::at(local::LocalStore(m_directory.path())));
  }
}

}  // namespace
}  // namespace pinnace::image
