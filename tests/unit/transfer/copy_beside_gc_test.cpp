#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <utility>

#include "base/error.hpp"
#include "disk/gc.hpp"
#include "disk/oci_layout.hpp"
#include "store/memory_store.hpp"
#include "support/image_samples.hpp"
#include "support/temporary_directory.hpp"
#include "transfer/copy.hpp"

namespace pinnace::transfer {
namespace {

using disk::OciLayout;
using oci::RawManifest;

/// A source in which others have time to do something: before it gives a manifest for the first
/// time, and whenever it is asked what refers to one.
class FarStore final : public store::MemoryStore {
 public:
  std::optional<RawManifest> find_manifest(const base::Context& context,
                                           std::string_view name) override {
    if (on_first_answer) std::exchange(on_first_answer, nullptr)();
    return MemoryStore::find_manifest(context, name);
  }
  std::vector<oci::Descriptor> referrers(const base::Context& context,
                                         const hash::Digest& subject) override {
    if (on_referrers) on_referrers();
    return MemoryStore::referrers(context, subject);
  }

  std::function<void()> on_first_answer;
  std::function<void()> on_referrers;
};

class CopyBesideGc : public testing::Test {
 protected:
  /// The image was in the layout once: what it had is garbage now.
  CopyBesideGc() {
    copy("1");
    copy("other");
  }
  RawManifest put(const RawManifest& manifest, std::string_view tag) {
    m_source.put_manifest({}, manifest, tag);
    return manifest;
  }
  RawManifest put_image(const std::string& content, std::string_view tag) {
    return put(test_support::put_image_blobs(m_source, {}, content), tag);
  }
  void copy(std::string_view name) {
    OciLayout layout(m_path, OciLayout::Missing::create);
    copy_image({}, m_source, name, layout, "now", {.referrers = Referrers::copy});
  }
  /// As another process does it, which does not wait.
  void collect() {
    OciLayout layout(m_path, OciLayout::Missing::refuse);
    try {
      disk::collect_garbage({}, layout, {.wait = std::chrono::milliseconds(0)});
      ++m_collected;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::unavailable) << error.what();
      ++m_refused;
    }
  }
  void expect_all() {
    OciLayout layout(m_path, OciLayout::Missing::refuse);
    for (const auto& problem : disk::validate({}, layout)) ADD_FAILURE() << problem.message;
    EXPECT_EQ(layout.resolve({}, "now")->digest, m_index.digest);
    const auto signatures = layout.referrers({}, m_index.digest);
    ASSERT_EQ(signatures.size(), 1U);
    EXPECT_EQ(signatures[0].digest, m_signature.digest);
  }

  FarStore m_source;
  RawManifest m_index = put(test_support::index_of({put_image("a", {}), put_image("b", {})}), "1");
  RawManifest m_signature =
      put(test_support::put_referrer_blobs(m_source, {}, m_index, "signature"), {});
  RawManifest m_other = put_image("other", "other");
  test_support::TemporaryDirectory m_directory;
  std::filesystem::path m_path = m_directory.path() / "layout";
  int m_collected = 0;
  int m_refused = 0;
};

TEST_F(CopyBesideGc, WhatTheTargetHadStaysUntilTheEnd) {
  m_source.on_referrers = [&] { collect(); };
  copy("1");
  EXPECT_GT(m_refused, 0);
  EXPECT_EQ(m_collected, 0);
  expect_all();
  collect();
  EXPECT_EQ(m_collected, 1) << "who has copied holds nothing";
  expect_all();
}

TEST_F(CopyBesideGc, WhatALayoutHasThatAppearsMeanwhileStays) {
  const std::filesystem::path aside = m_directory.path() / "aside";
  std::filesystem::rename(m_path, aside);
  m_source.on_first_answer = [&] { std::filesystem::rename(aside, m_path); };
  m_source.on_referrers = [&] { collect(); };
  copy("1");
  EXPECT_GT(m_refused, 0);
  EXPECT_EQ(m_collected, 0);
  expect_all();
}

TEST_F(CopyBesideGc, ACopyWithinALayoutDoesNotWaitForItself) {
  OciLayout source(m_path, OciLayout::Missing::refuse);
  source.hold({});
  OciLayout target(m_path, OciLayout::Missing::create);
  copy_image({}, source, m_index.digest.str(), target, "now", {.referrers = Referrers::copy});
  expect_all();
}

}  // namespace
}  // namespace pinnace::transfer
