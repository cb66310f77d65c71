#include "attesting/images.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "store/memory_store.hpp"
#include "support/image_samples.hpp"

namespace pinnace::attesting {
namespace {

using Names = std::vector<std::string>;

const base::Context k_context;

class Images : public testing::Test {
 protected:
  oci::Descriptor put_image(const std::string& content, const std::string& platform,
                            std::string_view layer = oci::media_type::k_layer) {
    oci::Manifest image =
        oci::Manifest::parse(test_support::put_image_blobs(m_store, k_context, content));
    image.layers.front().media_type = layer;
    const oci::RawManifest raw = image.to_raw();
    m_store.put_manifest(k_context, raw, {});
    oci::Descriptor listed = raw.descriptor();
    const std::size_t slash = platform.find('/');
    if (slash != std::string::npos) {
      listed.platform.emplace();
      listed.platform->os = platform.substr(0, slash);
      listed.platform->architecture = platform.substr(slash + 1);
    }
    return listed;
  }
  oci::RawManifest put_index(std::vector<oci::Descriptor> children,
                             std::map<std::string, std::string> annotations = {}) {
    oci::Index index;
    index.media_type = oci::media_type::k_index;
    index.manifests = std::move(children);
    index.annotations = std::move(annotations);
    oci::RawManifest raw = index.to_raw();
    m_store.put_manifest(k_context, raw, {});
    return raw;
  }
  /// Platforms of the images that are seen.
  Names seen(const oci::RawManifest& index) {
    Names platforms;
    m_unseen = for_each_image(k_context, m_store, index, [&](const ListedImage& one) {
      platforms.push_back(one.platform);
      m_annotations = one.annotations;
    });
    return platforms;
  }

  store::MemoryStore m_store;
  Names m_unseen;
  std::map<std::string, std::string> m_annotations;
};

TEST_F(Images, ThoseOfIndexesBelowAreSeen) {
  const auto inner = put_index({put_image("a", "linux/amd64")}, {{"a", "inner"}});
  const auto outer =
      put_index({inner.descriptor(), put_image("b", "linux/arm64")}, {{"a", "outer"}, {"b", "x"}});
  EXPECT_EQ(seen(put_index({inner.descriptor()}, {{"a", "outer"}, {"b", "x"}})),
            Names{"linux/amd64"});
  EXPECT_EQ(m_annotations, (std::map<std::string, std::string>{{"a", "inner"}, {"b", "x"}}));
  EXPECT_EQ(seen(outer), (Names{"linux/amd64", "linux/arm64"}));
  EXPECT_EQ(m_unseen, Names());
}

TEST_F(Images, WhoCallsAnImageUnknownHidesNothing) {
  EXPECT_EQ(seen(put_index({put_image("a", "unknown/unknown")})), Names{"unknown/unknown"});
  EXPECT_EQ(seen(put_index({put_image("a", "")})), Names{""});
  EXPECT_EQ(seen(put_index({put_image("{}", "unknown/unknown", "application/vnd.in-toto+json")})),
            Names());
  EXPECT_EQ(m_unseen, Names());
}

TEST_F(Images, ThoseToSignAreTheSame) {
  const oci::Descriptor below = put_image("a", "linux/amd64");
  const oci::Descriptor beside = put_image("b", "linux/arm64");
  const auto index = put_index({put_index({below}).descriptor(), beside});
  const auto images = images_of(k_context, m_store, index);
  ASSERT_EQ(images.size(), 2U);
  EXPECT_EQ(images[0].digest, below.digest);
  EXPECT_EQ(images[1].digest, beside.digest);
}

TEST_F(Images, AnArtifactBesideThemIsNone) {
  oci::Manifest artifact =
      oci::Manifest::parse(test_support::put_image_blobs(m_store, k_context, "x"));
  artifact.config.media_type = oci::media_type::k_empty;
  const oci::RawManifest raw = artifact.to_raw();
  m_store.put_manifest(k_context, raw, {});
  EXPECT_EQ(seen(put_index({raw.descriptor()})), Names());
  oci::Descriptor listed = raw.descriptor();
  listed.platform = put_image("a", "linux/amd64").platform;
  EXPECT_EQ(seen(put_index({listed})), Names{"linux/amd64"}) << "which is what would be run";
}

TEST_F(Images, WhatCanNotBeLookedIntoIsTold) {
  oci::Descriptor other = put_image("a", "linux/amd64");
  other.media_type = "application/vnd.oci.image.manifest.v1+json; x";
  EXPECT_EQ(seen(put_index({other})), Names());
  EXPECT_EQ(m_unseen.size(), 1U);
  oci::RawManifest deep = put_index({put_image("a", "linux/amd64")});
  for (int depth = 0; depth < 20; ++depth) deep = put_index({deep.descriptor()});
  EXPECT_EQ(seen(deep), Names());
  EXPECT_EQ(m_unseen.size(), 1U);
}

TEST_F(Images, HaveABound) {
  const oci::Descriptor image = put_image("a", "linux/amd64");
  EXPECT_EQ(seen(put_index(std::vector(k_max_images, image))).size(), k_max_images);
  EXPECT_THROW((void)seen(put_index(std::vector(k_max_images + 1, image))), base::Error);
  const oci::Descriptor statement =
      put_image("{}", "unknown/unknown", "application/vnd.in-toto+json");
  EXPECT_THROW((void)seen(put_index(std::vector(2000, statement))), base::Error);
}

}  // namespace
}  // namespace pinnace::attesting
