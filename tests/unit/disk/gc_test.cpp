#include "disk/gc.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error.hpp"
#include "disk/layout_index.hpp"
#include "files/file.hpp"
#include "support/image_samples.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::disk {
namespace {

using test_support::index_of;
using test_support::put_image_blobs;
using test_support::put_referrer_blobs;

class GcTest : public testing::Test {
 protected:
  oci::RawManifest put_image(const std::string& content, std::string_view tag) {
    auto manifest = put_image_blobs(*m_layout, m_context, content);
    m_layout->put_manifest(m_context, manifest, tag);
    return manifest;
  }
  std::filesystem::path blob_path(const hash::Digest& digest) const {
    return m_path / "blobs" / hash::to_string(digest.algorithm()) / digest.hex();
  }
  bool exists(const hash::Digest& digest) const {
    return std::filesystem::exists(blob_path(digest));
  }
  GcResult collect() {
    return collect_garbage(m_context, *m_layout, {std::chrono::milliseconds(0), {}});
  }
  void overwrite(const hash::Digest& digest, std::string_view text) {
    std::ofstream(blob_path(digest), std::ios::binary) << text;
  }

  base::Context m_context;
  test_support::TemporaryDirectory m_directory;
  std::filesystem::path m_path = m_directory.path() / "layout";
  std::unique_ptr<OciLayout> m_layout =
      std::make_unique<OciLayout>(m_path, OciLayout::Missing::create);
};

TEST_F(GcTest, RemovesWhatNothingNeeds) {
  const auto kept = put_image("kept", "latest");
  const auto orphan = store::put_bytes(*m_layout, m_context, "orphan bytes", "text/plain");
  const auto old = put_image("old", "moving");
  put_image("new", "moving");
  const GcResult result = collect();
  EXPECT_EQ(result.blobs_kept, 6U);
  EXPECT_EQ(result.blobs_removed, 4U) << "the orphan, the old manifest, its config and its layer";
  EXPECT_GE(result.bytes_removed, orphan.size + old.bytes.size());
  EXPECT_FALSE(exists(orphan.digest));
  EXPECT_FALSE(exists(old.digest));
  EXPECT_TRUE(exists(kept.digest));
  EXPECT_TRUE(result.problems.empty());
  EXPECT_TRUE(validate(m_context, *m_layout).empty());
  EXPECT_EQ(collect().blobs_removed, 0U);
}

TEST_F(GcTest, KeepsTheWholeGraph) {
  const auto a = put_image("a", "");
  const auto b = put_image("b", "");
  const auto inner = index_of({a});
  m_layout->put_manifest(m_context, inner, "");
  const auto outer = index_of({inner, b});
  m_layout->put_manifest(m_context, outer, "multi");
  const auto note = put_referrer_blobs(*m_layout, m_context, a, "a note");
  m_layout->put_manifest(m_context, note, "");
  EXPECT_EQ(collect().blobs_removed, 0U);
  for (const auto& manifest : {a, b, inner, outer, note}) EXPECT_TRUE(exists(manifest.digest));
  EXPECT_EQ(m_layout->referrers(m_context, a.digest).size(), 1U);
}

TEST_F(GcTest, KeepsWhatManifestsOfUnknownTypesMention) {
  const auto subject = put_image("subject", "");
  const auto content = store::put_bytes(*m_layout, m_context, "of an artifact", "text/plain");
  const std::string artifact = R"({"mediaType":"application/vnd.oci.artifact.manifest.v1+json",)"
                               R"("blobs":[{"digest":")" +
                               content.digest.str() + R"("}],"subject":{"digest":")" +
                               subject.digest.str() + "\"}}";
  oci::Index index{std::string(oci::media_type::k_index), {}, {}, {}, {}};
  index.manifests.push_back(store::put_bytes(*m_layout, m_context, artifact,
                                             "application/vnd.oci.artifact.manifest.v1+json"));
  const auto orphan = store::put_bytes(*m_layout, m_context, "orphan", "text/plain");
  m_layout->put_manifest(m_context, index.to_raw(), "latest");
  const GcResult result = collect();
  EXPECT_EQ(result.blobs_removed, 1U);
  EXPECT_FALSE(exists(orphan.digest));
  EXPECT_TRUE(exists(content.digest));
  EXPECT_TRUE(exists(oci::Manifest::parse(subject).layers[0].digest));
  EXPECT_TRUE(result.problems.empty());
  overwrite(index.manifests[0].digest, std::string(artifact.size(), ' '));
  const GcResult damaged = collect();
  EXPECT_EQ(damaged.blobs_removed, 0U);
  ASSERT_EQ(damaged.problems.size(), 1U);
  EXPECT_NE(damaged.problems[0].message.find("is corrupt"), std::string::npos);
}

TEST_F(GcTest, LooksThroughManifestsOfUnknownTypesWhateverTheirSizeAndSpelling) {
  const std::string escaped_colon = "\\u003a";
  const auto in_form = [&](const hash::Digest& digest, int form) {
    const std::string hex(digest.hex());
    switch (form) {
      case 0:
        return digest.str() + std::string(oci::k_max_manifest, ' ');
      case 1:
        return std::string(oci::k_max_manifest, ' ') + digest.str();
      case 2:
        return "sha256" + escaped_colon + hex;
      case 3:
        return "sha256:\\u00" + std::string(hex[0] <= '9' ? "3" : "6") +
               (hex[0] <= '9' ? hex[0] : static_cast<char>(hex[0] - 'a' + '1')) + hex.substr(1);
      default:
        return "blobs/sha256/" + hex;
    }
  };
  for (int form = 0; form < 5; ++form) {
    const auto image = put_image_blobs(*m_layout, m_context, "image " + std::to_string(form));
    store::put_bytes(*m_layout, m_context, image.bytes, image.media_type);
    const std::string text = "{\"x\": \"" + in_form(image.digest, form) + "\"}";
    oci::Index index{std::string(oci::media_type::k_index), {}, {}, {}, {}};
    index.manifests.push_back(
        store::put_bytes(*m_layout, m_context, text, "application/vnd.x+json"));
    const auto raw = index.to_raw();
    m_layout->put_manifest(m_context, raw, "form" + std::to_string(form));
    EXPECT_EQ(collect().blobs_removed, 0U) << form;
    EXPECT_TRUE(exists(image.digest)) << form;
    EXPECT_TRUE(exists(oci::Manifest::parse(image).layers[0].digest)) << form;
  }
}

TEST_F(GcTest, AMissingManifestOfAnUnknownTypeKeepsEverything) {
  oci::Index index{std::string(oci::media_type::k_index), {}, {}, {}, {}};
  index.manifests.push_back(store::put_bytes(*m_layout, m_context, "{}", "application/vnd.x+json"));
  m_layout->put_manifest(m_context, index.to_raw(), "latest");
  std::filesystem::remove(blob_path(index.manifests[0].digest));
  const auto orphan = store::put_bytes(*m_layout, m_context, "orphan", "text/plain");
  const GcResult result = collect();
  EXPECT_TRUE(exists(orphan.digest));
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0].digest, index.manifests[0].digest);
}

TEST_F(GcTest, AListThatStandsTwiceIsNotBelieved) {
  const auto image = put_image("image", "latest");
  std::string text = files::read_file(m_path / "index.json", 1 << 20);
  text.replace(text.rfind('}'), 1, R"(,"manifests":[]})");
  std::ofstream(m_path / "index.json") << text;
  try {
    collect();
    ADD_FAILURE() << "collected";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::invalid_input);
    EXPECT_NE(error.message().find("\"manifests\" twice"), std::string::npos) << error.what();
  }
  EXPECT_TRUE(exists(image.digest));
}

TEST_F(GcTest, KeepsReferrersThatTheIndexDoesNotList) {
  const auto subject = put_image("subject", "latest");
  const auto note = put_referrer_blobs(*m_layout, m_context, subject, "a note");
  const auto note_on_note = put_referrer_blobs(*m_layout, m_context, note, "a note on a note");
  const auto stray = put_referrer_blobs(
      *m_layout, m_context, oci::RawManifest::from_bytes(R"({"layers":[]})"), "a stray note");
  for (const auto& manifest : {note, note_on_note, stray}) {
    store::put_bytes(*m_layout, m_context, manifest.bytes, manifest.media_type);
  }
  const GcResult result = collect();
  EXPECT_TRUE(exists(note.digest));
  EXPECT_TRUE(exists(note_on_note.digest));
  EXPECT_FALSE(exists(stray.digest));
  EXPECT_EQ(result.blobs_removed, 2U) << "the stray note and its text";
}

TEST_F(GcTest, WhatIsAttachedDoesNotKeepAnImageThatLostItsTag) {
  const auto old = put_image("old", "latest");
  const auto note = put_referrer_blobs(*m_layout, m_context, old, "a note");
  m_layout->put_manifest(m_context, note, "");
  EXPECT_EQ(collect().blobs_removed, 0U);
  const auto fresh = put_image("new", "latest");
  const auto kept = put_referrer_blobs(*m_layout, m_context, fresh, "another note");
  m_layout->put_manifest(m_context, kept, "");
  collect();
  EXPECT_FALSE(exists(old.digest));
  EXPECT_FALSE(exists(note.digest));
  EXPECT_TRUE(exists(fresh.digest));
  EXPECT_TRUE(exists(kept.digest));
  EXPECT_EQ(m_layout->directory().read_index().entries().size(), 2U)
      << "index.json lists nothing that is not there";
  EXPECT_TRUE(validate(m_context, *m_layout).empty());
}

TEST_F(GcTest, WhatIsAttachedToNothingHereStays) {
  const auto nowhere = oci::RawManifest::from_bytes(R"({"layers":[]})");
  const auto note = put_referrer_blobs(*m_layout, m_context, nowhere, "a note");
  m_layout->put_manifest(m_context, note, "");
  EXPECT_EQ(collect().blobs_removed, 0U);
  EXPECT_TRUE(exists(note.digest));
}

TEST_F(GcTest, RemovesTemporariesThatNobodyHolds) {
  put_image("image", "latest");
  const auto blobs = m_path / "blobs" / "sha256";
  for (const auto& directory : {m_path, blobs}) {
    std::ofstream(directory / ".pinnace-tmp-dead") << "12345";
  }
  std::ofstream(blobs / "foreign-file") << "x";
  files::AtomicFile held(blobs / "held");
  held.write(base::as_bytes("held"));
  const GcResult result = collect();
  EXPECT_EQ(result.temporaries_removed, 2U);
  EXPECT_EQ(result.temporary_bytes_removed, 10U);
  held.commit();
  EXPECT_TRUE(std::filesystem::exists(blobs / "held"));
  EXPECT_TRUE(std::filesystem::exists(blobs / "foreign-file"));
}

TEST_F(GcTest, WaitsForOthersThatWriteAndThenSaysSo) {
  put_image("image", "latest");
  auto other = std::make_unique<OciLayout>(m_path, OciLayout::Missing::refuse);
  const auto early = store::put_bytes(*other, m_context, "blob before its manifest", "text/plain");
  try {
    collect();
    FAIL() << "collected garbage while another one writes";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::unavailable);
    EXPECT_NE(error.message().find(m_path.string()), std::string::npos);
  }
  EXPECT_TRUE(exists(early.digest));
  other.reset();
  EXPECT_EQ(collect().blobs_removed, 1U);
}

TEST_F(GcTest, AnAnswerThatABlobIsThereHoldsItOff) {
  const auto orphan = store::put_bytes(*m_layout, m_context, "orphan", "text/plain");
  OciLayout other(m_path, OciLayout::Missing::refuse);
  EXPECT_TRUE(other.has_blob(m_context, orphan));
  EXPECT_THROW(collect(), base::Error);
  EXPECT_TRUE(exists(orphan.digest));
}

TEST_F(GcTest, AWriterHoldsItOffEvenInTheSameObject) {
  auto writer = m_layout->create_blob(m_context);
  EXPECT_THROW(collect(), base::Error);
  writer.reset();
  EXPECT_EQ(collect().temporaries_removed, 0U);
}

TEST_F(GcTest, AWriterThatWaitsForItCanBeStopped) {
  put_image("image", "latest");
  const files::FileLock lock =
      m_layout->directory().lock_out_writers(m_context, std::chrono::milliseconds(0));
  std::stop_source stop;
  base::Context context;
  context.stop = stop.get_token();
  stop.request_stop();
  try {
    store::put_bytes(*m_layout, context, "late", "text/plain");
    FAIL() << "wrote while garbage is collected";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::cancelled);
  }
}

TEST_F(GcTest, ProblemsAreReportedAndTheRestIsDone) {
  const auto image = put_image("image layer", "latest");
  const auto parsed = oci::Manifest::parse(image);
  std::filesystem::remove(blob_path(parsed.config.digest));
  overwrite(parsed.layers[0].digest, "short");
  const auto lost = put_image("lost", "lost");
  std::filesystem::remove(blob_path(lost.digest));
  const GcResult result = collect();
  ASSERT_EQ(result.problems.size(), 3U);
  EXPECT_NE(result.problems[0].message.find("named by index.json: missing"), std::string::npos)
      << result.problems[0].message;
  EXPECT_EQ(result.blobs_removed, 0U) << "what the lost manifest named is not known";
  EXPECT_TRUE(exists(oci::Manifest::parse(lost).layers[0].digest));
  EXPECT_EQ(validate(m_context, *m_layout).size(), 3U);
}

TEST_F(GcTest, RemovesNothingWhereItIsNotSureWhatIsNeeded) {
  const auto image = put_image("image", "latest");
  const auto orphan = store::put_bytes(*m_layout, m_context, "orphan", "text/plain");
  const auto refused = [&](base::ErrorCode code) {
    try {
      collect();
      ADD_FAILURE() << "collected";
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      EXPECT_NE(error.message().find(m_path.string()), std::string::npos) << error.what();
    }
  };
  const auto away = m_directory.path() / "away";
  std::filesystem::rename(m_path / "oci-layout", away);
  refused(base::ErrorCode::io);
  std::filesystem::rename(away, m_path / "oci-layout");
  std::filesystem::rename(m_path / "index.json", away);
  refused(base::ErrorCode::integrity);
  std::filesystem::rename(away, m_path / "index.json");
  std::filesystem::rename(m_path, away);
  std::filesystem::create_symlink("layout", m_path);  // a look at it fails
  refused(base::ErrorCode::io);
  std::filesystem::remove(m_path);
  std::filesystem::rename(away, m_path);
  EXPECT_TRUE(exists(image.digest));
  EXPECT_TRUE(exists(orphan.digest));
  EXPECT_EQ(collect().blobs_removed, 1U);
}

TEST_F(GcTest, ACorruptManifestKeepsEverything) {
  const auto image = put_image("image", "latest");
  const auto orphan = store::put_bytes(*m_layout, m_context, "orphan", "text/plain");
  overwrite(image.digest, std::string(image.bytes.size(), ' '));
  const GcResult result = collect();
  EXPECT_EQ(result.blobs_removed, 0U);
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0].digest, image.digest);
  EXPECT_TRUE(exists(orphan.digest));
}

TEST_F(GcTest, ContentsAreRead) {
  const auto image = put_image("image", "latest");
  const auto layer = oci::Manifest::parse(image).layers[0];
  overwrite(layer.digest, "imagE");
  const GcOptions sizes{std::chrono::milliseconds(0), {}, GcOptions::Check::sizes};
  EXPECT_TRUE(collect_garbage(m_context, *m_layout, sizes).problems.empty());
  for (const auto& problems : {collect().problems, validate(m_context, *m_layout)}) {
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(problems[0].digest, layer.digest);
    EXPECT_TRUE(problems[0].message.ends_with(" is corrupt")) << problems[0].message;
  }
}

TEST_F(GcTest, LayersThatLiveElsewhereMayBeMissing) {
  auto image = oci::Manifest::parse(put_image_blobs(*m_layout, m_context, "image"));
  oci::Descriptor foreign = test_support::descriptor_of("windows base", oci::media_type::k_layer);
  foreign.other["urls"] = {"https://example.org/base"};
  image.layers.push_back(foreign);
  m_layout->put_manifest(m_context, image.to_raw(), "latest");
  EXPECT_TRUE(collect().problems.empty());
  EXPECT_TRUE(validate(m_context, *m_layout).empty());
}

TEST_F(GcTest, AMissingSubjectIsNoProblem) {
  const auto nowhere = oci::RawManifest::from_bytes(R"({"layers":[]})");
  m_layout->put_manifest(m_context, put_referrer_blobs(*m_layout, m_context, nowhere, "x"), "note");
  EXPECT_TRUE(collect().problems.empty());
}

}  // namespace
}  // namespace pinnace::disk
