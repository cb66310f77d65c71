#include "evidence/evidence.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "attach/attach.hpp"
#include "base/error.hpp"
#include "disk/oci_layout.hpp"
#include "evidence/cosign_tag.hpp"
#include "evidence/sign.hpp"
#include "store/memory_store.hpp"
#include "support/counting_store.hpp"
#include "support/image_samples.hpp"
#include "support/signing_samples.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::evidence {
namespace {

using base::Secret;
using test_support::signing_sample;

const base::Context k_context;

std::unique_ptr<signing::Signer> signer(const std::string& name = "p256") {
  return signing::signer_of(
      signing::PrivateKey::parse(Secret(signing_sample(name + ".key")), {}, name));
}

oci::Descriptor put_image(store::BlobStore& store, const std::string& tag = {}) {
  const auto manifest = test_support::put_image_blobs(store, k_context, "content");
  store.put_manifest(k_context, manifest, tag);
  return manifest.descriptor();
}

Wish wish(Place place, std::string type = std::string(signing::k_sign_type)) {
  return {std::move(type), nlohmann::json::object(), place, "registry.test/web"};
}

/// How many of what is found are signed by a key, of a type.
std::size_t count(const Found& found, const oci::Descriptor& image, const signing::PublicKey& key,
                  std::string_view type = signing::k_sign_type) {
  std::size_t number = 0;
  for (const Evidence& one : found.all) {
    if (!signing::is_signed_by(one.content, key)) continue;
    const signing::Statement statement = signing::statement_in(one.content, one.where);
    if (statement.is_about(image.digest) && statement.predicate_type == type) ++number;
  }
  return number;
}

class EvidenceTest : public testing::TestWithParam<Place> {};

TEST_P(EvidenceTest, WhatIsSignedIsFoundOnce) {
  store::MemoryStore store;
  const oci::Descriptor image = put_image(store, "1");
  for (const char* name : {"p256", "ed25519"}) {
    const auto key = signer(name);
    const Placed first = sign(k_context, store, store, image, wish(GetParam()), *key);
    EXPECT_FALSE(first.existed);
    const Placed again = sign(k_context, store, store, image, wish(GetParam()), *key);
    EXPECT_TRUE(again.existed);
    const Placed other =
        sign(k_context, store, store, image, wish(GetParam(), "https://a.test/b"), *key);
    EXPECT_FALSE(other.existed);
  }
  const Found found = find_evidence(k_context, store, image.digest);
  EXPECT_EQ(found.problems, std::vector<std::string>());
  EXPECT_EQ(found.all.size(), 4U);
  for (const char* name : {"p256", "ed25519"}) {
    EXPECT_EQ(count(found, image, signer(name)->public_key()), 1U);
    EXPECT_EQ(count(found, image, signer(name)->public_key(), "https://a.test/b"), 1U);
  }
  EXPECT_EQ(find_evidence(k_context, store, hash::Digest::of("other")).all.size(), 0U);
}

TEST_P(EvidenceTest, InALayoutToo) {
  const test_support::TemporaryDirectory directory;
  disk::OciLayout store(directory.path() / "out", disk::OciLayout::Missing::create);
  const oci::Descriptor image = put_image(store, "1");
  (void)sign(k_context, store, store, image, wish(GetParam()), *signer());
  EXPECT_EQ(count(find_evidence(k_context, store, image.digest), image, signer()->public_key()),
            1U);
}

INSTANTIATE_TEST_SUITE_P(Places, EvidenceTest, testing::Values(Place::referrer, Place::tag),
                         [](const auto& info) {
                           return info.param == Place::tag ? "Tag" : "Referrer";
                         });

/// As cosign 3 writes it (pkg/oci/remote/write.go, WriteAttestationNewBundleFormat).
TEST(Evidence, ABundleIsAttachedAsCosignAttachesIt) {
  store::MemoryStore store;
  const oci::Descriptor image = put_image(store);
  const Placed placed = sign(k_context, store, store, image, wish(Place::referrer), *signer());
  const auto raw = store::get_manifest(store, k_context, placed.digest.str());
  const oci::Manifest manifest = oci::Manifest::parse(raw);
  EXPECT_EQ(manifest.artifact_type, signing::k_bundle_media_type);
  EXPECT_EQ(manifest.config.media_type, oci::media_type::k_empty);
  EXPECT_EQ(manifest.subject->digest, image.digest);
  ASSERT_EQ(manifest.layers.size(), 1U);
  EXPECT_EQ(manifest.layers[0].media_type, signing::k_bundle_media_type);
  EXPECT_EQ(manifest.annotations.at("dev.sigstore.bundle.content"), "dsse-envelope");
  EXPECT_EQ(manifest.annotations.at("dev.sigstore.bundle.predicateType"), signing::k_sign_type);
}

TEST(Evidence, WhatOthersHavePutIsAProblemAndNoError) {
  store::MemoryStore store;
  const oci::Descriptor image = put_image(store);
  const auto attach_bundle = [&](const std::string& text) {
    attach::Attachment attachment{std::string(signing::k_bundle_media_type),
                                  {{std::string(signing::k_bundle_media_type), text, {}}},
                                  {}};
    attach::attach(k_context, store, image, attachment);
  };
  attach_bundle("no JSON");
  attach_bundle(R"({"mediaType":"application/vnd.dev.sigstore.bundle.v9+json"})");
  attach_bundle(std::string(100, '['));
  // An SBOM is none of ours, and no problem.
  attach::attach(k_context, store, image,
                 {"application/spdx+json", {{"text/plain", "{}", {}}}, {}});
  add_layer(k_context, store, tag_of(image.digest, k_signatures), "x", "text/plain", {});
  add_layer(k_context, store, tag_of(image.digest, k_signatures), "y", signing::k_simple_media_type,
            {});
  store.put_manifest(k_context, test_support::put_image_blobs(store, k_context, "\x1b[31m"),
                     tag_of(image.digest, k_attestations));
  (void)sign(k_context, store, store, image, wish(Place::referrer), *signer());
  const Found found = find_evidence(k_context, store, image.digest);
  EXPECT_EQ(found.all.size(), 1U);
  EXPECT_EQ(found.problems.size(), 6U);
  for (const std::string& problem : found.problems)
    EXPECT_EQ(problem.find('\n'), std::string::npos) << problem;
}

TEST(Evidence, OthersSignaturesUnderATagStay) {
  store::MemoryStore store;
  const oci::Descriptor image = put_image(store);
  const std::string tag = tag_of(image.digest, k_signatures);
  add_layer(k_context, store, tag, "theirs", signing::k_simple_media_type, {{"a", "b"}});
  (void)sign(k_context, store, store, image, wish(Place::tag), *signer());
  const auto raw = store::get_manifest(store, k_context, tag);
  const oci::Manifest manifest = oci::Manifest::parse(raw);
  ASSERT_EQ(manifest.layers.size(), 2U);
  EXPECT_EQ(manifest.layers[0].annotations.at("a"), "b");
  EXPECT_EQ(manifest.layers[1].annotations.count(k_signature_annotation), 1U);
}

/// Each has read the tag before one of them has written it.
TEST(Evidence, SignaturesUnderATagOfALayoutAtOnceAreAllKept) {
  constexpr int k_writers = 8;
  const test_support::TemporaryDirectory directory;
  const auto path = directory.path() / "out";
  disk::OciLayout layout(path, disk::OciLayout::Missing::create);
  const oci::Descriptor image = put_image(layout, "1");
  const std::string tag = tag_of(image.digest, k_signatures);
  std::vector<std::thread> writers;
  for (int number = 0; number < k_writers; ++number)
    writers.emplace_back([&, number] {
      disk::OciLayout own(path, disk::OciLayout::Missing::refuse);
      add_layer(k_context, own, tag, std::to_string(number), signing::k_simple_media_type, {});
    });
  for (std::thread& writer : writers) writer.join();
  const auto raw = store::get_manifest(layout, k_context, tag);
  EXPECT_EQ(oci::Manifest::parse(raw).layers.size(), std::size_t{k_writers});
}

/// A registry where somebody else, who has read the tag before we wrote it, writes it after we have
/// looked once.
class SharedStore final : public store::MemoryStore {
 public:
  explicit SharedStore(std::string tag) : m_tag(std::move(tag)) {}

  bool is_remote() const override { return true; }
  void put_manifest(const base::Context& context, const oci::RawManifest& manifest,
                    std::string_view tag) override {
    if (tag == m_tag && !m_theirs) m_theirs = MemoryStore::find_manifest(context, tag);
    MemoryStore::put_manifest(context, manifest, tag);
  }
  std::optional<oci::RawManifest> find_manifest(const base::Context& context,
                                                std::string_view name) override {
    auto found = MemoryStore::find_manifest(context, name);
    if (name == m_tag && m_theirs && ++m_looks == 1)
      MemoryStore::put_manifest(context, *m_theirs, m_tag);
    return found;
  }
  int looks() const { return m_looks; }

 private:
  std::string m_tag;
  std::optional<oci::RawManifest> m_theirs;
  int m_looks = 0;
};

TEST(Evidence, ASignatureThatIsOverwrittenOnARegistryIsWrittenAgain) {
  const std::string tag = tag_of(hash::Digest::of("image"), k_signatures);
  SharedStore store(tag);
  store.MemoryStore::put_manifest(k_context, test_support::put_image_blobs(store, k_context, "x"),
                                  tag);
  const hash::Digest digest =
      add_layer(k_context, store, tag, "ours", signing::k_simple_media_type, {});
  EXPECT_GT(store.looks(), 1);
  const auto raw = store::get_manifest(store, k_context, tag);
  EXPECT_EQ(raw.digest, digest);
  EXPECT_EQ(oci::Manifest::parse(raw).layers.size(), 2U);
}

/// What is no bundle, or too much, is not fetched to find that out.
TEST(Evidence, NothingIsReadThatIsNotCounted) {
  test_support::CountingStore store;
  const oci::Descriptor image = put_image(store);
  const std::string type(signing::k_bundle_media_type);
  attach::attach(k_context, store, image, {type, {{type, "{}", {}}, {type, "{} ", {}}}, {}});
  attach::attach(k_context, store, image, {type, {{"text/plain", "{}", {}}}, {}});
  store.opened = 0;
  EXPECT_EQ(find_evidence(k_context, store, image.digest).problems.size(), 2U);
  EXPECT_EQ(store.opened, 0);
  attach::attach(k_context, store, image, {type, {{type, "{}", {}}}, {}});
  store.opened = 0;
  Budget budget;
  EXPECT_EQ(find_evidence(k_context, store, image.digest, budget).problems.size(), 3U);
  EXPECT_EQ(store.opened, 1);
  EXPECT_EQ(budget.items, k_max_items - 3);
  EXPECT_LT(budget.bytes, k_max_total - 1000) << "manifests count, and a bundle that is broken";
  Budget none{.items = k_max_items, .bytes = 10};
  EXPECT_EQ(find_evidence(k_context, store, image.digest, none).all.size(), 0U);
  EXPECT_EQ(store.opened, 1);
}

TEST(Evidence, WhatNobodyWouldReadIsNotSigned) {
  store::MemoryStore store;
  oci::Descriptor image = put_image(store);
  Wish large = wish(Place::referrer, "https://a.test/b");
  large.predicate["text"] = std::string(k_max_item, 'x');
  for (const Place place : {Place::referrer, Place::tag}) {
    large.place = place;
    EXPECT_THROW((void)sign(k_context, store, store, image, large, *signer()), base::Error);
  }
  image.digest = hash::Digest::parse("sha512:" + std::string(128, 'a'));
  EXPECT_THROW((void)sign(k_context, store, store, image, wish(Place::tag), *signer()),
               base::Error);
  EXPECT_EQ(store.tags(k_context), std::vector<std::string>());
}

/// One line says so, however many there are.
TEST(Evidence, MoreThanThereMayBe) {
  store::MemoryStore store;
  const oci::Descriptor image = put_image(store);
  for (const char* text : {"a", "b", "c", "d"})
    add_layer(k_context, store, tag_of(image.digest, k_signatures), text, "text/plain", {});
  Budget budget{.items = 1, .bytes = k_max_total};
  EXPECT_EQ(find_evidence(k_context, store, image.digest, budget).problems.size(), 2U);
}

}  // namespace
}  // namespace pinnace::evidence
