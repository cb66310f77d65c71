#include "release/promote.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "base/error.hpp"
#include "disk/oci_layout.hpp"
#include "store/memory_store.hpp"
#include "support/image_samples.hpp"
#include "support/registry_fixture.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::release {
namespace {

/// Does something once, while a blob is under way.
class Meanwhile final : public base::EventSink {
 public:
  explicit Meanwhile(std::function<void()> action) : m_action(std::move(action)) {}
  void on_event(const base::Event&) noexcept override { std::call_once(m_once, m_action); }

 private:
  std::function<void()> m_action;
  std::once_flag m_once;
};

/// Says that a manifest is there, and does not give it.
class Forgetful final : public store::MemoryStore {
 public:
  std::optional<oci::RawManifest> find_manifest(const base::Context&, std::string_view) override {
    return std::nullopt;
  }
  std::optional<oci::Descriptor> resolve(const base::Context& context,
                                         std::string_view tag_or_digest) override {
    const auto manifest = MemoryStore::find_manifest(context, tag_or_digest);
    return manifest ? std::optional(manifest->descriptor()) : std::nullopt;
  }
};

class PromoteTest : public testing::Test {
 protected:
  hash::Digest put_image(const std::string& content) {
    const auto manifest = test_support::put_image_blobs(m_source, {}, content);
    m_source.put_manifest({}, manifest, {});
    return manifest.digest;
  }
  void promote(const base::Context& context, const hash::Digest& image, store::BlobStore& target) {
    release::promote(context, m_prod, {&m_source, image, &target, "1", {}, {}, {}});
  }
  /// The text of the conflict that a promotion ends with if another one overtakes it; empty if it
  /// ends well.
  std::string overtaken(store::BlobStore& target, const hash::Digest& slow,
                        const hash::Digest& fast) {
    Meanwhile meanwhile([&] { promote({}, fast, target); });
    base::Context context;
    context.events = &meanwhile;
    try {
      promote(context, slow, target);
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::conflict) << error.what();
      return error.what();
    }
    return {};
  }

  static std::shared_ptr<store::BlobStore> borrowed(store::BlobStore& store) {
    return {&store, [](store::BlobStore*) {}};
  }
  /// Whether an environment that admits from `test` takes an image of the source.
  bool is_admitted(store::BlobStore& test, const hash::Digest& image, const std::string& tag = "") {
    store::MemoryStore target;
    try {
      release::promote({}, m_prod,
                       {.source = &m_source,
                        .digest = image,
                        .target = &target,
                        .tag = tag,
                        .admitted_from = {{"test", [&] { return borrowed(test); }}}});
      return true;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::conflict) << error.what();
      EXPECT_FALSE(target.resolve({}, image.str()));
      return false;
    }
  }

  store::MemoryStore m_source;
  config::Environment m_prod{"prod", oci::parse_image_name("registry.test/shop"), true, {}, {}};
};

TEST_F(PromoteTest, AnImmutableTagThatIsTakenDuringTheCopyStays) {
  const hash::Digest slow = put_image("slow");
  const hash::Digest fast = put_image("fast");
  const test_support::TemporaryDirectory directory;
  disk::OciLayout layout(directory.path() / "prod", disk::OciLayout::Missing::create);
  store::MemoryStore memory;
  for (store::BlobStore* target :
       {static_cast<store::BlobStore*>(&layout), static_cast<store::BlobStore*>(&memory)}) {
    const std::string text = overtaken(*target, slow, fast);
    EXPECT_NE(text.find(fast.str() + " already"), std::string::npos) << text;
    EXPECT_EQ(target->resolve({}, "1")->digest, fast);
    EXPECT_EQ(overtaken(*target, fast, fast), "") << "the same image again is no conflict";
  }
}

TEST_F(PromoteTest, WhatOneOriginHasIsAdmittedThoughAnotherOneIsDown) {
  const hash::Digest image = put_image("one");
  store::MemoryStore has;
  store::MemoryStore lacks;
  promote({}, image, has);
  const auto down = []() -> std::shared_ptr<store::BlobStore> {
    throw base::Error(base::ErrorCode::unavailable, "no route to registry.old");
  };
  const auto admit = [&](std::function<std::shared_ptr<store::BlobStore>()> other) {
    test_support::RecordedEvents events;
    base::Context context;
    context.events = &events;
    store::MemoryStore target;
    release::promote(context, m_prod,
                     {.source = &m_source,
                      .digest = image,
                      .target = &target,
                      .tag = "1",
                      .admitted_from = {{"old", down}, {"new", std::move(other)}}});
    return events.all();
  };
  EXPECT_NE(admit([&] { return borrowed(has); }).find("old can't be asked: no route"),
            std::string::npos);
  try {
    admit([&] { return borrowed(lacks); });
    FAIL() << "nobody has it";
  } catch (const base::Error& error) {
    const std::string text = error.what();
    EXPECT_EQ(error.code(), base::ErrorCode::unavailable);
    EXPECT_NE(text.find("admits only what is in old or new"), std::string::npos) << text;
    EXPECT_NE(text.find("no route to registry.old"), std::string::npos) << text;
  }
}

TEST_F(PromoteTest, WhatAnEnvironmentRefusedIsNotAdmittedFromIt) {
  const hash::Digest slow = put_image("slow");
  const hash::Digest fast = put_image("fast");
  const test_support::TemporaryDirectory directory;
  disk::OciLayout test(directory.path() / "test", disk::OciLayout::Missing::create);
  EXPECT_NE(overtaken(test, slow, fast), "");
  EXPECT_TRUE(is_admitted(test, fast));
  EXPECT_FALSE(is_admitted(test, slow));
}

TEST_F(PromoteTest, AnImageWithoutATagAndAPartOfAnIndexAreAdmitted) {
  const test_support::TemporaryDirectory directory;
  disk::OciLayout test(directory.path() / "test", disk::OciLayout::Missing::create);
  const auto part = test_support::put_image_blobs(m_source, {}, "part");
  m_source.put_manifest({}, part, {});
  const auto index = test_support::index_of({part});
  m_source.put_manifest({}, index, {});
  const hash::Digest untagged = put_image("untagged");
  for (const auto& [image, tag] : {std::pair(index.digest, "1"), std::pair(untagged, "")})
    release::promote(
        {}, m_prod,
        {.source = &m_source, .digest = image, .target = &test, .tag = tag, .admitted_from = {}});
  for (const hash::Digest& image : {index.digest, part.digest, untagged})
    EXPECT_TRUE(is_admitted(test, image));
}

/// Attaches to `good` what leads to an image that nobody promotes; returns that image's digest.
using Attach = std::function<hash::Digest(store::BlobStore&, const oci::RawManifest& good)>;

hash::Digest attach_image(store::BlobStore& store, const oci::RawManifest& good) {
  auto evil = oci::Manifest::parse(test_support::put_image_blobs(store, {}, "evil"));
  evil.subject = good.descriptor();
  store.put_manifest({}, evil.to_raw(), "evil");
  return evil.to_raw().digest;
}

hash::Digest attach_index(store::BlobStore& store, const oci::RawManifest& good) {
  const auto evil = test_support::put_image_blobs(store, {}, "evil");
  store.put_manifest({}, evil, "evil");
  auto index = oci::Index::parse(test_support::index_of({evil}));
  index.subject = good.descriptor();
  store.put_manifest({}, index.to_raw(), "index");
  return evil.digest;
}

hash::Digest tag_as_signature(store::BlobStore& store, const oci::RawManifest& good) {
  const auto evil = test_support::put_image_blobs(store, {}, "evil");
  store.put_manifest({}, evil, "sha256-" + std::string(good.digest.hex()) + ".sig");
  return evil.digest;
}

TEST_F(PromoteTest, WhatIsAttachedToAnImageIsNotAdmittedWithIt) {
  for (const Attach& attach :
       {Attach(attach_image), Attach(attach_index), Attach(tag_as_signature)}) {
    const auto good = test_support::put_image_blobs(m_source, {}, "good");
    m_source.put_manifest({}, good, "1");
    const hash::Digest evil = attach(m_source, good);
    store::MemoryStore test;
    promote({}, good.digest, test);
    EXPECT_FALSE(test.find_manifest({}, evil.str()));
    EXPECT_TRUE(is_admitted(test, good.digest));
    EXPECT_FALSE(is_admitted(test, evil));
  }
}

TEST_F(PromoteTest, AnAttachmentThatAnotherToolBroughtIsNotAdmitted) {
  const auto good = test_support::put_image_blobs(m_source, {}, "good");
  m_source.put_manifest({}, good, "1");
  const hash::Digest evil = attach_image(m_source, good);
  store::MemoryStore test;
  transfer::copy_image({}, m_source, "1", test, "1", {.referrers = transfer::Referrers::copy});
  EXPECT_TRUE(test.resolve({}, evil.str()));
  for (const char* tag : {"", "1", "evil"}) EXPECT_FALSE(is_admitted(test, evil, tag));
}

TEST_F(PromoteTest, AnImageWithASubjectIsAdmittedByItsOwnTag) {
  const auto good = test_support::put_image_blobs(m_source, {}, "good");
  const hash::Digest image = attach_image(m_source, good);
  store::MemoryStore test;
  promote({}, image, test);
  EXPECT_TRUE(is_admitted(test, image, "1"));
}

TEST_F(PromoteTest, SignaturesAndNotesGoAlong) {
  const auto good = test_support::put_image_blobs(m_source, {}, "good");
  m_source.put_manifest({}, good, "1");
  const auto note = test_support::put_referrer_blobs(m_source, {}, good, "note");
  m_source.put_manifest({}, note, {});
  // As cosign has it: with the configuration of an image.
  auto signature = oci::Manifest::parse(test_support::put_image_blobs(m_source, {}, "signature"));
  signature.layers[0].media_type = "application/vnd.dev.cosign.simplesigning.v1+json";
  const std::string tag = "sha256-" + std::string(good.digest.hex()) + ".sig";
  m_source.put_manifest({}, signature.to_raw(), tag);
  // As oras has files.
  auto file = oci::Manifest::parse(test_support::put_referrer_blobs(m_source, {}, good, "file"));
  file.layers[0].media_type = oci::media_type::k_layer;
  m_source.put_manifest({}, file.to_raw(), {});
  store::MemoryStore test;
  promote({}, good.digest, test);
  EXPECT_EQ(test.referrers({}, good.digest).size(), 2U);
  EXPECT_EQ(test.resolve({}, tag)->digest, signature.to_raw().digest);
}

TEST_F(PromoteTest, AnImmutableTagWhoseManifestIsLostIsMendedBySameImageOnly) {
  const hash::Digest image = put_image("image");
  const test_support::TemporaryDirectory directory;
  disk::OciLayout target(directory.path() / "prod", disk::OciLayout::Missing::create);
  promote({}, image, target);
  std::filesystem::remove(directory.path() / "prod/blobs/sha256" / image.hex());
  EXPECT_THROW(promote({}, put_image("other"), target), base::Error);
  EXPECT_THROW(target.resolve({}, "1"), base::Error);
  promote({}, image, target);
  EXPECT_EQ(target.resolve({}, "1")->digest, image);
}

TEST_F(PromoteTest, WhatCannotBeReadAgainIsNotPromoted) {
  Forgetful target;
  const hash::Digest image = put_image("image");
  EXPECT_THROW(promote({}, image, target), base::Error);
  EXPECT_TRUE(target.resolve({}, "1"));
}

TEST_F(PromoteTest, ATagThatMayMoveMoves) {
  m_prod.immutable = false;
  const hash::Digest slow = put_image("slow");
  store::MemoryStore target;
  EXPECT_EQ(overtaken(target, slow, put_image("fast")), "");
  EXPECT_EQ(target.resolve({}, "1")->digest, slow);
}

}  // namespace
}  // namespace pinnace::release
