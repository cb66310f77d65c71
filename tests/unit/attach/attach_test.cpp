#include "attach/attach.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "base/error.hpp"
#include "disk/archive_reader.hpp"
#include "disk/archive_writer.hpp"
#include "disk/oci_layout.hpp"
#include "store/memory_store.hpp"
#include "support/registry_fixture.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::attach {
namespace {

using base::ErrorCode;
using test_support::DockerRegistry;
using test_support::MemoryRegistry;
using test_support::put_image_blobs;

constexpr const char* k_type = "application/vnd.example.note.v1+json";

Attachment note(const std::string& text) {
  return {k_type, {{"application/json", text, {{"title", "note"}}}}, {{"about", text}}};
}

std::shared_ptr<store::BlobStore> repository(const std::string& host) {
  return std::make_shared<registry::Repository>(test_support::client_for(host), "shop/web");
}

/// What can be attached to, and what it stands on.
struct Place {
  std::shared_ptr<void> below;
  std::shared_ptr<store::BlobStore> store;
};

struct Case {
  const char* name;
  std::function<Place()> make;
};

template <class Server>
Place place_on(std::shared_ptr<Server> server) {
  auto store = repository(server->host());
  return {std::move(server), std::move(store)};
}

std::vector<Case> cases() {
  std::vector<Case> all{
      {"Memory",
       [] {
         return Place{nullptr, std::make_shared<store::MemoryStore>()};
       }},
      {"Layout",
       [] {
         auto directory = std::make_shared<test_support::TemporaryDirectory>();
         return Place{directory, std::make_shared<disk::OciLayout>(directory->path() / "l",
                                                                   disk::Missing::create)};
       }},
      {"RegistryWithReferrers", [] { return place_on(std::make_shared<MemoryRegistry>()); }},
      {"RegistryWithoutReferrers", [] {
         test_support::RegistryBehaviour behaviour;
         behaviour.referrers_api = false;
         return place_on(std::make_shared<MemoryRegistry>(behaviour));
       }}};
  if (DockerRegistry::available())
    all.push_back({"DockerRegistry", [] { return place_on(std::make_shared<DockerRegistry>()); }});
  return all;
}

class AttachTest : public testing::TestWithParam<Case> {
 protected:
  oci::RawManifest put_image(const std::string& content) {
    oci::RawManifest image = put_image_blobs(*m_store, {}, content);
    m_store->put_manifest({}, image, "1");
    return image;
  }
  Attachment read(const oci::RawManifest& subject, const oci::Descriptor& listed) {
    return read_attached({}, *m_store, subject.digest, listed, 1000);
  }

  Place m_place = GetParam().make();
  std::shared_ptr<store::BlobStore> m_store = m_place.store;
};

TEST_P(AttachTest, WhatIsAttachedIsFound) {
  const oci::RawManifest image = put_image("layer");
  EXPECT_TRUE(find_attached({}, *m_store, image.digest).empty());
  const oci::Descriptor put = attach({}, *m_store, image.descriptor(), note("first"));
  attach({}, *m_store, image.descriptor(), {"text/other", {{"text/plain", "other"}}});
  const auto found = find_attached({}, *m_store, image.digest, k_type);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].digest, put.digest);
  EXPECT_EQ(found[0].artifact_type, k_type);
  EXPECT_EQ(found[0].annotations.at("about"), "first");
  const Attachment back = read(image, found[0]);
  ASSERT_EQ(back.parts.size(), 1U);
  EXPECT_EQ(back.artifact_type, k_type);
  EXPECT_EQ(back.annotations.at("about"), "first");
  EXPECT_EQ(back.parts[0].bytes, "first");
  EXPECT_EQ(back.parts[0].media_type, "application/json");
  EXPECT_EQ(back.parts[0].annotations.at("title"), "note");
  EXPECT_EQ(find_attached({}, *m_store, image.digest).size(), 2U);
  // The image is as it was.
  EXPECT_EQ(store::get_manifest(*m_store, {}, "1").bytes, image.bytes);
}

TEST_P(AttachTest, AttachedAgainItIsThereOnce) {
  const oci::RawManifest image = put_image("layer");
  const auto once = attach({}, *m_store, image.descriptor(), note("first"));
  const auto again = attach({}, *m_store, image.descriptor(), note("first"));
  EXPECT_EQ(once.digest, again.digest);
  EXPECT_EQ(find_attached({}, *m_store, image.digest).size(), 1U);
}

TEST_P(AttachTest, WhatIsAttachedHasAttachmentsToo) {
  const oci::RawManifest image = put_image("layer");
  const auto first = attach({}, *m_store, image.descriptor(), note("first"));
  const auto about = attach({}, *m_store, first, note("about it"));
  const auto found = find_attached({}, *m_store, first.digest, k_type);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].digest, about.digest);
  EXPECT_EQ(find_attached({}, *m_store, image.digest).size(), 1U);
}

TEST_P(AttachTest, WhatIsAttachedToSomethingElseIsRefused) {
  const oci::RawManifest image = put_image("layer");
  const oci::RawManifest other = put_image("another layer");
  const auto put = attach({}, *m_store, image.descriptor(), note("first"));
  try {
    read(other, put);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::integrity) << error.what();
  }
}

TEST_P(AttachTest, TooMuchIsNotRead) {
  const oci::RawManifest image = put_image("layer");
  Attachment two = note(std::string(600, 'a'));
  two.parts.push_back({"text/plain", std::string(600, 'b')});
  const auto put = attach({}, *m_store, image.descriptor(), two);
  EXPECT_EQ(read_attached({}, *m_store, image.digest, put, 1200).parts.size(), 2U);
  try {
    read_attached({}, *m_store, image.digest, put, 1199);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_input) << error.what();
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, AttachTest, testing::ValuesIn(cases()),
                         [](const auto& store) { return std::string(store.param.name); });

TEST(AttachManifest, NamesItsSubjectOnlyByWhatFindsIt) {
  store::MemoryStore store;
  oci::Descriptor subject = put_image_blobs(store, {}, "layer").descriptor();
  subject.platform = oci::Platform{"linux", "amd64", "", ""};
  subject.annotations = {{"org.opencontainers.image.ref.name", "1"}};
  const auto manifest = oci::Manifest::parse(manifest_of(subject, note("x")));
  EXPECT_EQ(manifest.config.media_type, oci::media_type::k_empty);
  EXPECT_EQ(manifest.artifact_type, k_type);
  ASSERT_TRUE(manifest.subject.has_value());
  EXPECT_FALSE(manifest.subject->platform.has_value());
  EXPECT_TRUE(manifest.subject->annotations.empty());
}

class AttachToArchive : public testing::Test {
 protected:
  /// Writes an archive with an image, and returns that.
  oci::RawManifest write(oci::ArchiveFormat format, std::string_view tag) {
    disk::ArchiveWriter writer(m_file, format);
    oci::RawManifest image = put_image_blobs(writer, {}, "layer");
    writer.put_manifest({}, image, tag);
    return image;
  }

  test_support::TemporaryDirectory m_directory;
  std::filesystem::path m_file = m_directory.path() / "image.tar";
};

TEST_F(AttachToArchive, TheImageStaysBesideIt) {
  const oci::RawManifest image = write(oci::ArchiveFormat::oci, "1");
  for (const char* text : {"first", "second"}) {
    disk::ArchiveWriter writer(m_file);
    attach({}, writer, image.descriptor(), note(text));
  }
  disk::ArchiveReader archive({}, m_file);
  EXPECT_EQ(archive.default_image(), image.digest);
  const auto layer = oci::Manifest::parse(store::get_manifest(archive, {}, "1")).layers[0];
  EXPECT_EQ(store::read_blob(archive, {}, layer, 100), "layer");
  const auto found = find_attached({}, archive, image.digest, k_type);
  ASSERT_EQ(found.size(), 2U);
  for (const auto& one : found)
    EXPECT_EQ(read_attached({}, archive, image.digest, one, 100).parts.size(), 1U);
}

TEST_F(AttachToArchive, DockersHasNoPlaceForIt) {
  const oci::RawManifest image = write(oci::ArchiveFormat::docker, "docker.io/shop/web:1");
  disk::ArchiveWriter writer(m_file, oci::ArchiveFormat::docker);
  try {
    attach({}, writer, image.descriptor(), note("x"));
    ADD_FAILURE() << "nothing was thrown";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported) << error.what();
  }
  EXPECT_NO_THROW(disk::ArchiveReader({}, m_file, oci::ArchiveFormat::docker));
}

}  // namespace
}  // namespace pinnace::attach
