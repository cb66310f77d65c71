#include "transfer/copy.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "base/error.hpp"
#include "disk/gc.hpp"
#include "disk/oci_layout.hpp"
#include "oci/config.hpp"
#include "store/memory_store.hpp"
#include "store/missing_blobs.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::transfer {
namespace {

using oci::Descriptor;
using oci::RawManifest;
using store::MemoryStore;

RawManifest put_image(MemoryStore& store, const std::string& content, std::string_view tag = {}) {
  oci::Manifest manifest{
      std::string(oci::media_type::k_manifest),
      store::put_bytes(store, {}, "{\"architecture\":\"amd64\",\"os\":\"linux\"}",
                       oci::media_type::k_config),
      {store::put_bytes(store, {}, "shared layer", oci::media_type::k_layer),
       store::put_bytes(store, {}, content, oci::media_type::k_layer)},
      {},
      {},
      {}};
  RawManifest raw = manifest.to_raw();
  store.put_manifest({}, raw, tag);
  return raw;
}

RawManifest put_index(MemoryStore& store, const std::vector<RawManifest>& images,
                      std::string_view tag) {
  oci::Index index{std::string(oci::media_type::k_index), {}, {}, {}, {}};
  for (const RawManifest& image : images) index.manifests.push_back(image.descriptor());
  RawManifest raw = index.to_raw();
  store.put_manifest({}, raw, tag);
  return raw;
}

TEST(Copy, AnIndexArrivesWithEverythingByteForByte) {
  MemoryStore source;
  MemoryStore target;
  const RawManifest a = put_image(source, "a");
  const RawManifest b = put_image(source, "b");
  const RawManifest index = put_index(source, {a, b}, "1");
  const CopyResult result = copy_image({}, source, "1", target, "2");
  EXPECT_EQ(result.root.digest, index.digest);
  EXPECT_EQ(result.blobs.uploaded, 4U);  // two layers of their own, one shared, one config
  EXPECT_EQ(result.manifests_put, 3U);
  EXPECT_EQ(store::get_manifest(target, {}, "2").bytes, index.bytes);
  EXPECT_EQ(store::get_manifest(target, {}, a.digest.str()).bytes, a.bytes);
  EXPECT_EQ(store::get_manifest(target, {}, b.digest.str()).bytes, b.bytes);
}

/// A registry's behaviour, without one: each look counts.
class RemoteStore : public store::BlobStore {
 public:
  std::string where() const override { return "remote"; }
  bool is_remote() const override { return true; }
  bool has_blob(const base::Context& context, const Descriptor& blob) override {
    return held.has_blob(context, blob);
  }
  std::unique_ptr<base::Source> open_blob(const base::Context& context,
                                          const Descriptor& blob) override {
    return held.open_blob(context, blob);
  }
  store::PutOutcome put_blob(const base::Context& context, const Descriptor& blob,
                             const base::OpenSource& open, const BlobStore* from) override {
    ++blobs_asked;
    return held.put_blob(context, blob, open, from);
  }
  std::unique_ptr<store::BlobWriter> create_blob(const base::Context& context) override {
    return held.create_blob(context);
  }
  std::optional<RawManifest> find_manifest(const base::Context& context,
                                           std::string_view name) override {
    ++manifests_read;
    return held.find_manifest(context, name);
  }
  std::optional<Descriptor> resolve(const base::Context& context, std::string_view name) override {
    ++manifests_asked;
    return held.resolve(context, name);
  }
  void put_manifest(const base::Context& context, const RawManifest& manifest,
                    std::string_view tag) override {
    held.put_manifest(context, manifest, tag);
  }
  std::vector<std::string> tags(const base::Context& context) override {
    return held.tags(context);
  }
  std::vector<Descriptor> referrers(const base::Context& context,
                                    const hash::Digest& subject) override {
    return held.referrers(context, subject);
  }

  MemoryStore held;
  std::atomic<int> blobs_asked = 0;
  std::atomic<int> manifests_read = 0;
  std::atomic<int> manifests_asked = 0;
};

TEST(Copy, ABlobThatIsListedAgainIsSentOnce) {
  MemoryStore source;
  RemoteStore target;
  const Descriptor layer = store::put_bytes(source, {}, "layer", oci::media_type::k_layer);
  EXPECT_EQ(copy_blobs({}, source, target, std::vector<Descriptor>(100, layer), 4).uploaded, 1U);
  EXPECT_EQ(target.blobs_asked, 1);
}

/// A registry that says to everything that it has it, and takes no manifest without its blobs.
class LyingStore final : public RemoteStore {
 public:
  store::PutOutcome put_blob(const base::Context&, const Descriptor&, const base::OpenSource&,
                             const BlobStore*) override {
    return store::PutOutcome::mounted;
  }
  store::PutOutcome repair_blob(const base::Context& context, const Descriptor& blob,
                                const base::OpenSource& open, const BlobStore* from) override {
    EXPECT_EQ(from, nullptr) << "nobody is asked to mount it again";
    sent.push_back(blob.digest);
    return keeps ? held.put_blob(context, blob, open, from) : store::PutOutcome::uploaded;
  }
  void put_manifest(const base::Context& context, const RawManifest& manifest,
                    std::string_view tag) override {
    ++puts;
    for (const Descriptor& layer : oci::Manifest::parse(manifest).layers) {
      if (!held.has_blob(context, layer))
        throw store::MissingBlobs({base::ErrorCode::invalid_input, "MANIFEST_BLOB_UNKNOWN"});
    }
    held.put_manifest(context, manifest, tag);
  }

  bool keeps = true;
  int puts = 0;
  std::vector<hash::Digest> sent;
};

TEST(Copy, BlobsThatTheTargetOnlySaidItHadAreSent) {
  MemoryStore source;
  LyingStore target;
  const RawManifest image = put_image(source, "a", "1");
  const Descriptor there = oci::Manifest::parse(image).layers[0];
  target.held.put_blob({}, there, [&] { return source.open_blob({}, there); });
  copy_image({}, source, "1", target, "1");
  EXPECT_EQ(store::get_manifest(target, {}, "1").bytes, image.bytes);
  EXPECT_EQ(target.sent.size(), 2U) << "what was there is not sent";
  EXPECT_EQ(target.puts, 2);
}

TEST(Copy, ATargetThatLosesWhatItIsSentIsNotAskedForEver) {
  MemoryStore source;
  LyingStore target;
  target.keeps = false;
  put_image(source, "a", "1");
  EXPECT_THROW(copy_image({}, source, "1", target, "1"), store::MissingBlobs);
  EXPECT_EQ(target.puts, 2);
  EXPECT_EQ(target.sent.size(), 3U);
}

TEST(Copy, AChildThatIsListedOftenIsAskedForOnce) {
  RemoteStore source;
  RemoteStore target;
  const RawManifest child = put_image(source.held, "a");
  put_index(source.held, std::vector<RawManifest>(1000, child), "1");
  copy_image({}, source, "1", target, "1");
  EXPECT_LE(source.manifests_read + source.manifests_asked + target.manifests_read +
                target.manifests_asked,
            10);
}

TEST(Copy, AChildOfAnotherSizeThanListedIsRefused) {
  MemoryStore source;
  MemoryStore target;
  const RawManifest child = put_image(source, "a");
  oci::Index index{std::string(oci::media_type::k_index), {}, {}, {}, {}};
  index.manifests.push_back(child.descriptor());
  ++index.manifests[0].size;
  source.put_manifest({}, index.to_raw(), "1");
  try {
    copy_image({}, source, "1", target, "1");
    ADD_FAILURE() << "nothing was thrown";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::integrity) << error.what();
  }
  EXPECT_FALSE(target.resolve({}, "1"));
}

TEST(Copy, LayersThatLiveElsewhereStayThere) {
  for (const char* type : {"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                           "application/vnd.oci.image.layer.nondistributable.v1.tar",
                           "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
                           "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd"}) {
    MemoryStore source;
    MemoryStore target;
    oci::Manifest manifest = oci::Manifest::parse(put_image(source, "a"));
    Descriptor layer{type, hash::Digest::of("elsewhere"), 9, {}, {}, {}, nlohmann::json::object()};
    layer.other["urls"] = {"https://elsewhere.example/layer"};
    manifest.layers.insert(manifest.layers.begin(), layer);
    source.put_manifest({}, manifest.to_raw(), "1");
    EXPECT_EQ(copy_image({}, source, "1", target, "1").blobs.uploaded, 3U) << type;
    EXPECT_TRUE(target.resolve({}, "1")) << type;
  }
}

/// A few kilobytes of an index can list manifests of gigabytes.
TEST(Copy, ManifestsOfOneImageAreBounded) {
  MemoryStore source;
  MemoryStore target;
  std::vector<RawManifest> images;
  for (int i = 0; i < 33; ++i) {
    RawManifest image = put_image(source, std::to_string(i));
    image = RawManifest::from_bytes(image.bytes + std::string(2 << 20, ' '), image.media_type);
    source.put_manifest({}, image, {});
    images.push_back(std::move(image));
  }
  put_index(source, images, "large");
  put_index(source, {images.begin(), images.begin() + 30}, "allowed");
  EXPECT_NO_THROW(copy_image({}, source, "allowed", target, "1"));
  try {
    copy_image({}, source, "large", target, "2");
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::invalid_input);
    EXPECT_NE(error.message().find("more than 64 MiB together"), std::string::npos);
  }
}

TEST(Copy, ASecondTimeNothingIsDone) {
  MemoryStore source;
  MemoryStore target;
  put_image(source, "a", "1");
  copy_image({}, source, "1", target, "1");
  const CopyResult again = copy_image({}, source, "1", target, "1");
  EXPECT_EQ(again.blobs.uploaded + again.manifests_put, 0U);
  const CopyResult other_tag = copy_image({}, source, "1", target, "other");
  EXPECT_EQ(other_tag.blobs.uploaded, 0U);
  EXPECT_EQ(store::get_manifest(target, {}, "other").digest, again.root.digest);
}

TEST(Copy, OnlyWhatIsMissingIsSent) {
  MemoryStore source;
  MemoryStore target;
  put_image(source, "a", "1");
  put_image(source, "b", "2");
  copy_image({}, source, "1", target, "1");
  const CopyResult result = copy_image({}, source, "2", target, "2");
  EXPECT_EQ(result.blobs.uploaded, 1U);
  EXPECT_EQ(result.blobs.existed, 2U);
  EXPECT_EQ(result.blobs.bytes_uploaded, 1U);
}

TEST(Copy, ReferrersGoAlongOnlyWhenAsked) {
  MemoryStore source;
  const RawManifest image = put_image(source, "a", "1");
  oci::Manifest signature{std::string(oci::media_type::k_manifest),
                          store::put_bytes(source, {}, "{}", oci::media_type::k_empty),
                          {store::put_bytes(source, {}, "signature", "application/x")},
                          image.descriptor(),
                          "application/x-signature",
                          {}};
  const RawManifest raw = signature.to_raw();
  source.put_manifest({}, raw, {});
  MemoryStore without;
  copy_image({}, source, "1", without, "1");
  EXPECT_FALSE(without.find_manifest({}, raw.digest.str()).has_value());
  MemoryStore with;
  copy_image({}, source, "1", with, "1", {.referrers = Referrers::copy});
  EXPECT_EQ(store::get_manifest(with, {}, raw.digest.str()).bytes, raw.bytes);
}

std::string cosign_tag(const RawManifest& subject, const std::string& suffix) {
  return "sha256-" + std::string(subject.digest.hex()) + suffix;
}

TEST(Copy, WhatCosignKeepsUnderTagsGoesAlongWhenAsked) {
  MemoryStore source;
  const RawManifest image = put_image(source, "a", "1");
  const RawManifest signature = put_image(source, "signature", cosign_tag(image, ".sig"));
  const RawManifest sbom = put_image(source, "sbom", cosign_tag(image, ".sbom"));
  const RawManifest proof = put_image(source, "proof", cosign_tag(sbom, ".att"));
  MemoryStore without;
  copy_image({}, source, "1", without, "1");
  EXPECT_EQ(without.tags({}), std::vector<std::string>{"1"});
  MemoryStore with;
  copy_image({}, source, "1", with, "1");
  copy_image({}, source, "1", with, "1", {.referrers = Referrers::copy});
  EXPECT_EQ(with.tags({}).size(), 4U);
  for (const auto& [tag, expected] : {std::pair(cosign_tag(image, ".sig"), signature),
                                      {cosign_tag(image, ".sbom"), sbom},
                                      {cosign_tag(sbom, ".att"), proof}}) {
    EXPECT_EQ(store::get_manifest(with, {}, tag).bytes, expected.bytes) << tag;
  }
}

/// Has no place for signatures, as archives of docker's.
class ImagesOnly final : public MemoryStore {
 public:
  void put_manifest(const base::Context& context, const RawManifest& manifest,
                    std::string_view tag) override {
    if (tag.ends_with(".sig")) throw base::Error(base::ErrorCode::unsupported, "no image");
    MemoryStore::put_manifest(context, manifest, tag);
  }
};

TEST(Copy, WhereTagsOfCosignCanNotBeNothingIsPut) {
  MemoryStore source;
  const RawManifest image = put_image(source, "a", "1");
  put_image(source, "signature", cosign_tag(image, ".sig"));
  ImagesOnly target;
  EXPECT_THROW(copy_image({}, source, "1", target, "1", {.referrers = Referrers::copy}),
               base::Error);
  EXPECT_TRUE(target.tags({}).empty());
}

class WarningEvents final : public base::EventSink {
 public:
  void on_event(const base::Event& event) noexcept override {
    if (event.kind == base::Event::Kind::warning) warnings.push_back(event.text);
  }
  std::vector<std::string> warnings;
};

/// Lists whatever it has as attached to whatever it is asked about.
class Lying final : public MemoryStore {
 public:
  std::vector<Descriptor> referrers(const base::Context& context, const hash::Digest&) override {
    return {*resolve(context, "other")};
  }
};

TEST(Copy, WhatIsListedAsAReferrerButIsNoneStays) {
  Lying source;
  const RawManifest image = put_image(source, "a", "1");
  const RawManifest other = put_image(source, "other", "other");
  MemoryStore target;
  WarningEvents events;
  base::Context context;
  context.events = &events;
  copy_image(context, source, "1", target, "1", {.referrers = Referrers::copy});
  EXPECT_TRUE(target.resolve({}, image.digest.str()));
  EXPECT_FALSE(target.resolve({}, other.digest.str()));
  ASSERT_EQ(events.warnings.size(), 1U);
  EXPECT_NE(events.warnings[0].find(other.digest.str()), std::string::npos);
}

TEST(Copy, ASignatureOfTheTargetIsNotLost) {
  MemoryStore source;
  MemoryStore target;
  const RawManifest image = put_image(source, "a", "1");
  const std::string tag = cosign_tag(image, ".sig");
  put_image(source, "signature of test", tag);
  const RawManifest theirs = put_image(target, "signature of production", tag);
  WarningEvents events;
  base::Context context;
  context.events = &events;
  copy_image(context, source, "1", target, "1", {.referrers = Referrers::copy});
  EXPECT_EQ(target.resolve({}, tag)->digest, theirs.digest);
  ASSERT_EQ(events.warnings.size(), 1U);
  EXPECT_NE(events.warnings[0].find(tag), std::string::npos) << events.warnings[0];
}

TEST(Copy, ASignatureThatOnlyGrewIsReplaced) {
  MemoryStore source;
  MemoryStore target;
  const RawManifest image = put_image(source, "a", "1");
  const std::string tag = cosign_tag(image, ".sig");
  put_image(source, "one", tag);
  copy_image({}, source, "1", target, "1", {.referrers = Referrers::copy});
  oci::Manifest both = oci::Manifest::parse(store::get_manifest(source, {}, tag));
  both.layers.push_back(store::put_bytes(source, {}, "two", oci::media_type::k_layer));
  source.put_manifest({}, both.to_raw(), tag);
  copy_image({}, source, "1", target, "1", {.referrers = Referrers::copy});
  EXPECT_EQ(target.resolve({}, tag)->digest, both.to_raw().digest);
}

TEST(CopyAgain, ChildrenThatTheTargetLacksAreSent) {
  MemoryStore source;
  const RawManifest a = put_image(source, "a");
  const RawManifest b = put_image(source, "b");
  const RawManifest index = put_index(source, {a, b, b, b}, "1");
  for (const char* there_as : {"1", "", "0"}) {
    RemoteStore target;
    put_image(target.held, "a");
    target.held.put_manifest({}, index, there_as);
    const CopyResult result = copy_image({}, source, "1", target, "1");
    EXPECT_TRUE(target.held.resolve({}, b.digest.str())) << there_as;
    EXPECT_EQ(target.held.resolve({}, "1")->digest, index.digest) << there_as;
    EXPECT_EQ(result.blobs.uploaded, 1U) << there_as;
    EXPECT_EQ(result.manifests_put, 2U) << there_as << ": the child, and the index after it";
  }
}

TEST(CopyAgain, WhatIsAllThereCostsALookForEachChild) {
  RemoteStore source;
  RemoteStore target;
  const RawManifest a = put_image(source.held, "a");
  const RawManifest b = put_image(source.held, "b");
  put_index(source.held, {a, b, a}, "1");
  copy_image({}, source, "1", target, "1");
  for (RemoteStore* store : {&source, &target})
    store->manifests_read = store->manifests_asked = store->blobs_asked = 0;
  copy_image({}, source, "1", target, "1");
  EXPECT_EQ(source.manifests_read, 1);
  EXPECT_EQ(target.manifests_asked, 3) << "the tag and two children";
  EXPECT_EQ(target.manifests_read + target.blobs_asked, 0);
}

TEST(CopyAgain, RepairAsksARegistryForEachBlob) {
  MemoryStore source;
  RemoteStore target;
  const RawManifest a = put_image(source, "a");
  const RawManifest index = put_index(source, {a}, "1");
  target.held.put_manifest({}, a, {});  // without any blob
  target.held.put_manifest({}, index, "1");
  EXPECT_EQ(copy_image({}, source, "1", target, "1").blobs.uploaded, 0U);
  const CopyResult result = copy_image({}, source, "1", target, "1", {.repair = Repair::yes});
  EXPECT_EQ(result.blobs.uploaded, 3U);
  EXPECT_EQ(result.manifests_put, 0U);
}

/// A registry whose HEAD promises more than its GET holds.
class PromisingStore final : public RemoteStore {
 public:
  std::optional<Descriptor> resolve(const base::Context& context, std::string_view name) override {
    return promised ? promised : RemoteStore::resolve(context, name);
  }
  std::optional<Descriptor> promised;
};

TEST(CopyAgain, RepairReadsTheManifestsOfARegistry) {
  MemoryStore source;
  PromisingStore target;
  const RawManifest a = put_image(source, "a");
  source.put_manifest({}, a, "1");
  target.promised = a.descriptor();
  EXPECT_EQ(copy_image({}, source, "1", target, "1").manifests_put, 0U);
  const CopyResult result = copy_image({}, source, "1", target, "1", {.repair = Repair::yes});
  EXPECT_EQ(result.manifests_put, 1U);
  EXPECT_EQ(target.held.find_manifest({}, "1")->digest, a.digest);
}

/// A registry that knows manifests, and answers 404 to HEAD of them.
class HeadlessStore final : public RemoteStore {
 public:
  std::optional<Descriptor> resolve(const base::Context&, std::string_view) override { return {}; }
};

TEST(CopyAgain, ATagThatIsToStayIsAskedForByItsBytes) {
  MemoryStore source;
  HeadlessStore target;
  const RawManifest first = put_image(source, "a", "1");
  put_image(source, "b", "2");
  copy_image({}, source, "1", target, "v", {.tags = Tags::keep});
  copy_image({}, source, "1", target, "v", {.tags = Tags::keep});
  EXPECT_THROW(copy_image({}, source, "2", target, "v", {.tags = Tags::keep}), base::Error);
  EXPECT_EQ(target.held.find_manifest({}, "v")->digest, first.digest);
}

/// A layout that holds an index of two images, and what is in it.
class CopyOntoLayout : public testing::Test {
 protected:
  CopyOntoLayout() { copy(); }
  CopyResult copy(const CopyOptions& options = {}, std::string_view tag = "1") {
    disk::OciLayout layout(m_path, disk::OciLayout::Missing::create);
    return copy_image({}, m_source, "1", layout, tag, options);
  }
  std::filesystem::path file(const hash::Digest& digest) const {
    return m_path / "blobs/sha256" / digest.hex();
  }
  hash::Digest own_layer() const { return oci::Manifest::parse(m_b).layers[1].digest; }
  void damage(const hash::Digest& digest) const {
    std::fstream(file(digest), std::ios::in | std::ios::out | std::ios::binary) << '!';
  }
  void expect_sound() const {
    disk::OciLayout layout(m_path, disk::OciLayout::Missing::refuse);
    for (const auto& problem : disk::validate({}, layout)) ADD_FAILURE() << problem.message;
    EXPECT_EQ(layout.directory().read_index().entries().size(), layout.tags({}).size())
        << "no untagged entry is left";
  }

  MemoryStore m_source;
  RawManifest m_a = put_image(m_source, "a");
  RawManifest m_b = put_image(m_source, "layer of b");
  RawManifest m_index = put_index(m_source, {m_a, m_b}, "1");
  test_support::TemporaryDirectory m_directory;
  std::filesystem::path m_path = m_directory.path() / "layout";
};

TEST_F(CopyOntoLayout, WhatIsMissingComesBack) {
  for (const hash::Digest& lost : {own_layer(), m_b.digest, m_index.digest}) {
    for (const char* tag : {"1", "2"}) {
      std::filesystem::remove(file(lost));
      copy({}, tag);
      EXPECT_TRUE(std::filesystem::exists(file(lost))) << lost.str() << " " << tag;
      expect_sound();
    }
  }
  const CopyResult again = copy();
  EXPECT_EQ(again.blobs.uploaded + again.manifests_put, 0U);
}

TEST_F(CopyOntoLayout, WhatWasCopiedByDigestStaysWhenAnIndexThatNamesItIsGone) {
  put_image(m_source, "another", "other");
  for (const bool index_first : {false, true}) {
    disk::OciLayout layout(m_directory.path() / std::to_string(index_first),
                           disk::OciLayout::Missing::create);
    const auto by_digest = [&] { copy_image({}, m_source, m_b.digest.str(), layout, ""); };
    if (!index_first) by_digest();
    copy_image({}, m_source, "1", layout, "t");
    if (index_first) by_digest();
    copy_image({}, m_source, "other", layout, "t");
    disk::collect_garbage({}, layout, {});
    EXPECT_TRUE(layout.resolve({}, m_b.digest.str())) << index_first;
    EXPECT_FALSE(layout.resolve({}, m_a.digest.str())) << "only the index named it";
    EXPECT_EQ(copy_image({}, m_source, m_b.digest.str(), layout, "").manifests_put, 0U);
  }
}

TEST_F(CopyOntoLayout, DamagedManifestsAreReplaced) {
  for (const hash::Digest& damaged : {m_b.digest, m_index.digest}) {
    damage(damaged);
    copy();
    expect_sound();
  }
}

TEST_F(CopyOntoLayout, ADamagedSignatureIsReplaced) {
  const std::string tag = cosign_tag(m_index, ".sig");
  const RawManifest signature = put_image(m_source, "signature", tag);
  const CopyOptions options{.referrers = Referrers::copy};
  copy(options);
  damage(signature.digest);
  copy(options);
  disk::OciLayout layout(m_path, disk::OciLayout::Missing::refuse);
  EXPECT_EQ(store::get_manifest(layout, {}, tag).bytes, signature.bytes);
}

TEST_F(CopyOntoLayout, RepairReplacesDamagedBlobs) {
  damage(own_layer());
  EXPECT_EQ(copy().blobs.uploaded, 0U) << "its size is right";
  EXPECT_EQ(copy({.repair = Repair::yes}).blobs.uploaded, 1U);
  expect_sound();
}

TEST(Copy, ANameThatIsNotThereIsNamed) {
  MemoryStore source;
  MemoryStore target;
  try {
    copy_image({}, source, "missing", target, "1");
    FAIL() << "copied nothing";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::not_found);
    EXPECT_NE(std::string(error.what()).find("missing"), std::string::npos);
  }
  EXPECT_FALSE(target.find_manifest({}, "1").has_value());
}

}  // namespace
}  // namespace pinnace::transfer
