#include "release/promote.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "store/memory_store.hpp"
#include "store/oci_layout.hpp"
#include "support/image_samples.hpp"
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
    release::promote(context, m_prod, {&m_source, image, &target, "1", {}});
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

  store::MemoryStore m_source;
  config::Environment m_prod{"prod", "registry.test/shop", true, {}, {}};
};

TEST_F(PromoteTest, AnImmutableTagThatIsTakenDuringTheCopyStays) {
  const hash::Digest slow = put_image("slow");
  const hash::Digest fast = put_image("fast");
  const test_support::TemporaryDirectory directory;
  store::OciLayout layout(directory.path() / "prod", store::OciLayout::Missing::create);
  store::MemoryStore memory;
  for (store::BlobStore* target :
       {static_cast<store::BlobStore*>(&layout), static_cast<store::BlobStore*>(&memory)}) {
    const std::string text = overtaken(*target, slow, fast);
    EXPECT_NE(text.find(fast.str() + " already"), std::string::npos) << text;
    EXPECT_EQ(target->resolve({}, "1")->digest, fast);
    EXPECT_EQ(overtaken(*target, fast, fast), "") << "the same image again is no conflict";
  }
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
