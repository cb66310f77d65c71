#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "disk/archive_reader.hpp"
#include "disk/archive_writer.hpp"
#include "files/file.hpp"
#include "support/image_samples.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::store {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

class ArchiveTest : public testing::Test {
 protected:
  /// Two images under tags, put in the order of `contents`.
  void write(const fs::path& file, const std::vector<std::string>& contents) {
    disk::ArchiveWriter writer(file);
    std::vector<oci::RawManifest> manifests;
    for (const std::string& content : contents) {
      manifests.push_back(test_support::put_image_blobs(writer, {}, content));
    }
    std::sort(manifests.begin(), manifests.end(),
              [](const auto& a, const auto& b) { return a.digest < b.digest; });
    for (std::size_t i = 0; i < manifests.size(); ++i) {
      writer.put_manifest({}, manifests[i], "tag" + std::to_string(i));
    }
  }
  std::string text_of(const fs::path& file) { return files::read_file(file, 10 << 20U); }
  ErrorCode code_of(const fs::path& file) {
    try {
      disk::ArchiveReader({}, file);
    } catch (const base::Error& error) {
      EXPECT_NE(std::string(error.what()).find(file.string()), std::string::npos) << error.what();
      return error.code();
    }
    return ErrorCode::internal;
  }

  test_support::TemporaryDirectory m_directory;
  fs::path m_file = m_directory.path() / "image.tar";
};

TEST_F(ArchiveTest, WhatAKilledWriterLeftGoes) {
  const fs::path left = m_directory.path() / ".pinnace-tmp-abcdef";
  files::write_cache_file(left / "blobs/sha256/1", "half a layer");
  const disk::ArchiveWriter other(m_directory.path() / "other.tar");
  EXPECT_FALSE(fs::exists(left));
  write(m_file, {"one"});
  EXPECT_EQ(std::distance(fs::directory_iterator(m_directory.path()), {}), 2)
      << "the archive, and what the other writer uses";
}

TEST_F(ArchiveTest, WhatIsWrittenIsRead) {
  write(m_file, {"one", "two"});
  disk::ArchiveReader reader({}, m_file);
  EXPECT_EQ(reader.tags({}), (std::vector<std::string>{"tag0", "tag1"}));
  EXPECT_THROW(reader.default_image(), base::Error);
  EXPECT_FALSE(reader.find_manifest({}, "latest"));
  const auto manifest = oci::Manifest::parse(get_manifest(reader, {}, "tag0"));
  ASSERT_TRUE(reader.has_blob({}, manifest.layers.front()));
  const std::string layer = read_blob(reader, {}, manifest.layers.front(), 1 << 20U);
  EXPECT_EQ(hash::Digest::of(layer), manifest.layers.front().digest);
  oci::Descriptor missing = manifest.layers.front();
  missing.digest = hash::Digest::of("nothing");
  EXPECT_THROW(reader.open_blob({}, missing), base::Error);
  EXPECT_THROW(reader.create_blob({}), base::Error);
}

TEST_F(ArchiveTest, BytesDependOnTheContentOnlyAndNothingStaysBeside) {
  const fs::path other = m_directory.path() / "other.tar";
  write(m_file, {"one", "two"});
  write(other, {"two", "one"});
  EXPECT_EQ(text_of(m_file), text_of(other));
  EXPECT_EQ(std::distance(fs::directory_iterator(m_directory.path()), {}), 2);
}

TEST_F(ArchiveTest, AnArchiveThatIsNotFinishedLeavesTheOldOne) {
  write(m_file, {"one"});
  const std::string before = text_of(m_file);
  {
    disk::ArchiveWriter writer(m_file);
    test_support::put_image_blobs(writer, {}, "two");
  }
  EXPECT_EQ(text_of(m_file), before);
}

/// Puts one image; returns what its tag led to before.
std::string put(const fs::path& file, const std::string& content, const std::string& tag) {
  disk::ArchiveWriter writer(file);
  const auto before = writer.resolve({}, tag);
  writer.put_manifest({}, test_support::put_image_blobs(writer, {}, content), tag);
  return before ? before->digest.str() : "";
}

TEST_F(ArchiveTest, OtherImagesOfTheFileStay) {
  EXPECT_EQ(put(m_file, "one", "1"), "");
  const std::string alone = text_of(m_file);
  const auto first = [&] {
    disk::ArchiveReader reader({}, m_file);
    return get_manifest(reader, {}, "1");
  }();
  EXPECT_EQ(put(m_file, "two", "2"), "");
  EXPECT_EQ(put(m_file, "two and more", "2").substr(0, 7), "sha256:") << "it says what was there";
  disk::ArchiveReader reader({}, m_file);
  EXPECT_EQ(reader.tags({}), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(get_manifest(reader, {}, "1").bytes, first.bytes);
  for (const char* tag : {"1", "2"}) {
    const auto layer = oci::Manifest::parse(get_manifest(reader, {}, tag)).layers.front();
    EXPECT_EQ(hash::Digest::of(read_blob(reader, {}, layer, 1 << 20U)), layer.digest);
  }
  EXPECT_FALSE(text_of(m_file).find("two and more") == std::string::npos);
  EXPECT_EQ(put(m_file, "one", "1"), first.digest.str());
  const fs::path other = m_directory.path() / "other.tar";
  put(other, "two and more", "2");
  put(other, "one", "1");
  EXPECT_EQ(text_of(m_file), text_of(other)) << "nothing is left of what a tag led to";
  EXPECT_NE(text_of(m_file), alone);
}

class Warnings final : public base::EventSink {
 public:
  void on_event(const base::Event& event) noexcept override {
    if (event.kind == base::Event::Kind::warning) texts.push_back(event.text);
  }
  std::vector<std::string> texts;
};

TEST_F(ArchiveTest, WhatRefersToAnImageStaysWithIt) {
  Warnings events;
  base::Context context;
  context.events = &events;
  struct Put {
    oci::RawManifest image;
    oci::RawManifest note;
    oci::RawManifest alone;
  };
  const auto [image, note, alone] = [&]() -> Put {
    disk::ArchiveWriter writer(m_file);
    oci::RawManifest one = test_support::put_image_blobs(writer, {}, "one");
    oci::RawManifest of_one = test_support::put_referrer_blobs(writer, {}, one, "note");
    const auto of_note = test_support::put_referrer_blobs(writer, {}, of_one, "note of the note");
    oci::RawManifest other = test_support::put_image_blobs(writer, {}, "of no use");
    for (const auto& manifest : {of_note, of_one, other}) writer.put_manifest({}, manifest, {});
    writer.put_manifest({}, one, "1");
    return {one, of_one, other};
  }();
  const auto put_more = [&](const std::string& content, const std::string& tag) {
    disk::ArchiveWriter writer(m_file);
    writer.put_manifest(context, test_support::put_image_blobs(writer, {}, content), tag);
  };
  for (const auto& [content, tag] :
       std::vector<std::pair<std::string, std::string>>{{"two", "2"}, {"one", "1"}}) {
    put_more(content, tag);
    disk::ArchiveReader reader({}, m_file);
    EXPECT_EQ(reader.referrers({}, image.digest).size(), 1U) << content;
    EXPECT_EQ(reader.referrers({}, note.digest).size(), 1U) << content;
    EXPECT_EQ(get_manifest(reader, {}, note.digest.str()).bytes, note.bytes);
    EXPECT_TRUE(reader.has_blob({}, oci::Manifest::parse(note).layers.front()));
    EXPECT_FALSE(reader.resolve({}, alone.digest.str()));
  }
  ASSERT_EQ(events.texts.size(), 1U);
  EXPECT_NE(events.texts.front().find("had 1 images without a tag"), std::string::npos);
  put_more("three", "1");
  disk::ArchiveReader reader({}, m_file);
  EXPECT_FALSE(reader.resolve({}, note.digest.str())) << "its image is gone";
}

TEST_F(ArchiveTest, ImagesThatAnotherWriterPutMeanwhileStay) {
  put(m_file, "before", "0");
  disk::ArchiveWriter first(m_file);
  disk::ArchiveWriter second(m_file);
  for (disk::ArchiveWriter* writer : {&first, &second}) EXPECT_TRUE(writer->resolve({}, "0"));
  first.put_manifest({}, test_support::put_image_blobs(first, {}, "one"), "1");
  second.put_manifest({}, test_support::put_image_blobs(second, {}, "two"), "2");
  first.put_manifest({}, test_support::put_image_blobs(first, {}, "three"), "3");
  disk::ArchiveReader reader({}, m_file);
  EXPECT_EQ(reader.tags({}), (std::vector<std::string>{"0", "1", "2", "3"}));
}

TEST_F(ArchiveTest, WritersAtTheSameTimeLoseNothing) {
  const auto expected = [] {
    std::vector<std::string> tags;
    for (int i = 0; i < 8; ++i) tags.push_back(std::to_string(i));
    return tags;
  }();
  std::vector<std::thread> threads;
  for (const std::string& tag : expected)
    threads.emplace_back([&, tag] { put(m_file, "image " + tag, tag); });
  for (std::thread& thread : threads) thread.join();
  disk::ArchiveReader reader({}, m_file);
  EXPECT_EQ(reader.tags({}), expected);
}

TEST_F(ArchiveTest, AnIndexStaysWithItsImages) {
  oci::Index index{std::string(oci::media_type::k_index), {}, {}, {}, {}};
  {
    disk::ArchiveWriter writer(m_file);
    for (const char* content : {"amd64", "arm64"}) {
      const auto image = test_support::put_image_blobs(writer, {}, content);
      writer.put_manifest({}, image, {});
      index.manifests.push_back(image.descriptor());
    }
    index.manifests.push_back(test_support::descriptor_of("away", oci::media_type::k_manifest));
    writer.put_manifest({}, index.to_raw(), "all");
  }
  put(m_file, "other", "1");
  disk::ArchiveReader reader({}, m_file);
  EXPECT_EQ(get_manifest(reader, {}, "all").bytes, index.to_raw().bytes);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto image =
        oci::Manifest::parse(get_manifest(reader, {}, index.manifests[i].digest.str()));
    EXPECT_TRUE(reader.has_blob({}, image.config));
    EXPECT_TRUE(reader.has_blob({}, image.layers.front()));
  }
}

TEST_F(ArchiveTest, AFileWhoseImagesCannotBeKeptStays) {
  std::ofstream(m_file) << "no tar at all, but somebody's work";
  const std::string before = text_of(m_file);
  try {
    put(m_file, "one", "1");
    FAIL() << "it was replaced";
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("remove that file, or name another one"),
              std::string::npos)
        << error.what();
  }
  disk::ArchiveWriter writer(m_file);
  const auto image = test_support::put_image_blobs(writer, {}, "one");
  for (int again = 0; again < 2; ++again)
    EXPECT_THROW(writer.put_manifest({}, image, "1"), base::Error);
  EXPECT_EQ(text_of(m_file), before);
  std::ofstream(m_file, std::ios::trunc).flush();
  EXPECT_EQ(put(m_file, "one", "1"), "") << "an empty file has nothing to keep";
}

TEST_F(ArchiveTest, ChangedBytesAreFound) {
  write(m_file, {"one"});
  const oci::RawManifest raw =
      get_manifest(*std::make_unique<disk::ArchiveReader>(base::Context{}, m_file), {}, "tag0");
  const auto layer = oci::Manifest::parse(raw).layers.front();
  std::string text = text_of(m_file);
  const std::size_t header = text.find("blobs/sha256/" + std::string(layer.digest.hex()));
  ASSERT_NE(header, std::string::npos);
  text[header + 512] ^= 1;
  std::ofstream(m_file, std::ios::binary) << text;
  disk::ArchiveReader reader({}, m_file);
  try {
    read_blob(reader, {}, layer, 1 << 20U);
    FAIL() << "nothing was thrown";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::integrity);
  }
}

TEST_F(ArchiveTest, WhatIsNoArchiveIsAClearError) {
  EXPECT_EQ(code_of(m_directory.path() / "missing.tar"), ErrorCode::not_found);
  EXPECT_EQ(code_of(m_directory.path()), ErrorCode::invalid_input);
  std::ofstream(m_file) << "no tar at all";
  EXPECT_EQ(code_of(m_file), ErrorCode::integrity);
  std::ofstream(m_file, std::ios::trunc) << std::string(1024, '\0');
  EXPECT_EQ(code_of(m_file), ErrorCode::invalid_input);
}

}  // namespace
}  // namespace pinnace::store
