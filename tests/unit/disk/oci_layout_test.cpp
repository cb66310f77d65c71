#include "disk/oci_layout.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "base/error.hpp"
#include "disk/gc.hpp"
#include "disk/layout_index.hpp"
#include "files/file.hpp"
#include "support/image_samples.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::disk {
namespace {

using test_support::descriptor_of;
using test_support::index_of;
using test_support::opener;
using test_support::put_image_blobs;

void write(const std::filesystem::path& path, std::string_view text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

/// "code: message" of the Error that `action` throws.
template <class Action>
std::string failure_of(Action&& action) {
  try {
    action();
  } catch (const base::Error& error) {
    return std::string(base::to_string(error.code())) + ": " + error.what();
  }
  return "none";
}

class OciLayoutTest : public testing::Test {
 protected:
  oci::RawManifest put_image(const std::string& content, std::string_view tag) {
    auto manifest = put_image_blobs(m_layout, m_context, content);
    m_layout.put_manifest(m_context, manifest, tag);
    return manifest;
  }
  std::filesystem::path blob_path(const hash::Digest& digest) const {
    return m_path / "blobs" / hash::to_string(digest.algorithm()) / digest.hex();
  }
  std::string index_text() const { return files::read_file(m_path / "index.json", 1U << 20U); }
  nlohmann::json index() const { return nlohmann::json::parse(index_text()); }
  void write_index(const nlohmann::json& json) { write(m_path / "index.json", json.dump()); }

  base::Context m_context;
  test_support::TemporaryDirectory m_directory;
  std::filesystem::path m_path = m_directory.path() / "deep" / "layout";
  OciLayout m_layout{m_path, OciLayout::Missing::create};
};

TEST_F(OciLayoutTest, ATagThatIsNotThereIsToldWithThoseThatAre) {
  const auto missing = [&](const std::string& what) {
    return failure_of([&] { (void)store::get_manifest(m_layout, m_context, what); });
  };
  const std::string where = " in " + m_layout.where();
  EXPECT_EQ(missing("y"), "not_found: no manifest \"y\"" + where + "; it has no tags");
  put_image("a", "1");
  put_image("b", "latest");
  EXPECT_EQ(missing("y"), "not_found: no manifest \"y\"" + where + "; it has the tags 1, latest");
  const std::string digest = hash::Digest::of("x").str();
  EXPECT_EQ(missing(digest), "not_found: no manifest \"" + digest + '"' + where);
  for (int tag = 10; tag < 20; ++tag) put_image("a", std::to_string(tag));
  EXPECT_TRUE(missing("y").ends_with(" and 2 more")) << missing("y");
}

TEST_F(OciLayoutTest, NothingIsMadeBeforeTheFirstWrite) {
  EXPECT_TRUE(m_layout.tags(m_context).empty());
  EXPECT_FALSE(m_layout.has_blob(m_context, descriptor_of("x", "text/plain")));
  EXPECT_FALSE(m_layout.find_manifest(m_context, "latest"));
  EXPECT_FALSE(std::filesystem::exists(m_path));
}

TEST_F(OciLayoutTest, FilesAreWhereTheSpecificationSays) {
  const auto manifest = put_image("layer", "latest");
  EXPECT_EQ(files::read_file(m_path / "oci-layout", 100), R"({"imageLayoutVersion":"1.0.0"})");
  EXPECT_EQ(files::read_file(blob_path(manifest.digest), 10000), manifest.bytes);
  struct stat status {};
  ASSERT_EQ(::stat(blob_path(manifest.digest).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0644U);
  const auto json = index();
  EXPECT_EQ(json["schemaVersion"], 2);
  ASSERT_EQ(json["manifests"].size(), 1U);
  EXPECT_EQ(json["manifests"][0]["annotations"][k_ref_name], "latest");
  EXPECT_EQ(json["manifests"][0]["digest"], manifest.digest.str());
}

struct NoLayout {
  const char* name;
  const char* file;  ///< made below the directory; empty: the directory itself is a file
  const char* text;
  const char* expected;
};

TEST(OciLayoutOpen, WhatIsNoLayoutIsRefusedByName) {
  static const NoLayout k_cases[] = {
      {"other files", "readme", "x", "is no OCI image layout, expected the file oci-layout in it"},
      {"a file", "", "x", "is not a directory"},
      {"no JSON", "oci-layout", "{", "oci-layout: line 1, column 1"},
      {"no object", "oci-layout", "[]", "expected an object"},
      {"no version", "oci-layout", "{}", "expected the field \"imageLayoutVersion\""},
      {"type", "oci-layout", R"({"imageLayoutVersion":1})",
       "imageLayoutVersion: expected a string"},
      {"newer", "oci-layout", R"({"imageLayoutVersion":"2.0.0"})", "expected 1.x"},
      {"directory", "oci-layout/x", "", "is not a regular file"},
  };
  for (const NoLayout& bad : k_cases) {
    const test_support::TemporaryDirectory directory;
    const auto path = directory.path() / "here";
    write(*bad.file == '\0' ? path : path / bad.file, bad.text);
    for (const auto missing : {OciLayout::Missing::refuse, OciLayout::Missing::create}) {
      const std::string failure = failure_of([&] { OciLayout(path, missing); });
      EXPECT_NE(failure.find(bad.expected), std::string::npos) << bad.name << ": " << failure;
      EXPECT_NE(failure.find(path.string()), std::string::npos) << bad.name << ": " << failure;
    }
  }
}

TEST(OciLayoutOpen, ADirectoryOfLayoutsMayBecomeOne) {
  const base::Context context;
  const test_support::TemporaryDirectory directory;
  const auto put = [&](const std::string& name) {
    OciLayout layout(directory.path() / name, OciLayout::Missing::create);
    layout.put_manifest(context, put_image_blobs(layout, context, name), "1");
  };
  put("shop/team/web");
  put("shop/web");
  EXPECT_FALSE(
      OciLayout(directory.path() / "shop", OciLayout::Missing::refuse).resolve(context, "1"));
  put("shop");
  for (const char* name : {"shop", "shop/web", "shop/team/web"}) {
    OciLayout layout(directory.path() / name, OciLayout::Missing::refuse);
    EXPECT_TRUE(layout.resolve(context, "1")) << name;
    EXPECT_TRUE(validate(context, layout).empty()) << name;
  }
  write(directory.path() / "mine/sub/letter", "x");
  put("mine/web");
  EXPECT_THROW(put("mine"), base::Error) << "other files are somebody's directory";
}

TEST(OciLayoutOpen, AnAbsentOrEmptyDirectoryMayBecomeOne) {
  const test_support::TemporaryDirectory directory;
  const auto absent = directory.path() / "absent";
  EXPECT_EQ(failure_of([&] { OciLayout(absent, OciLayout::Missing::refuse); }).substr(0, 10),
            "not_found:");
  // What a killed first writer may leave.
  EXPECT_TRUE(OciLayout(directory.path(), OciLayout::Missing::refuse)
                  .directory()
                  .read_index()
                  .entries()
                  .empty());
  write(directory.path() / ".pinnace-tmp-abc", "{");
  OciLayout layout(directory.path(), OciLayout::Missing::create);
  store::put_bytes(layout, {}, "x", "text/plain");
  EXPECT_EQ(OciLayout(directory.path(), OciLayout::Missing::refuse).where(),
            "oci:" + directory.path().string());
}

TEST_F(OciLayoutTest, WhatOthersWroteInTheIndexStays) {
  const auto image = put_image("layer", "");
  const nlohmann::json foreign = {{"mediaType", "application/xml"},
                                  {"digest", hash::Digest::of("xml").str()},
                                  {"size", 3},
                                  {"urls", {"https://example.org"}},
                                  {"x-field", {{"deep", nullptr}}},
                                  {"annotations", {{k_ref_name, "sheet"}, {"other", "note"}}}};
  write_index({{"schemaVersion", 2},
               {"x-root", {1, 2, 3}},
               {"annotations", {{"a", "b"}}},
               {"manifests", {foreign}}});
  m_layout.put_manifest(m_context, image, "latest");
  const auto json = index();
  EXPECT_EQ(json["x-root"], nlohmann::json({1, 2, 3}));
  EXPECT_EQ(json["annotations"]["a"], "b");
  ASSERT_EQ(json["manifests"].size(), 2U);
  EXPECT_EQ(json["manifests"][0], foreign);
  EXPECT_EQ(m_layout.tags(m_context), (std::vector<std::string>{"latest", "sheet"}));
}

TEST_F(OciLayoutTest, TagsOfOtherToolsAreFound) {
  const auto first = put_image("first", "registry.example:5000/shop/web:1.0");
  const auto second = put_image("second", "docker.io/library/nginx:latest");
  const auto third = put_image("third", "other.example/nginx:latest");
  const auto resolve = [&](std::string_view tag) {
    const auto found = m_layout.resolve(m_context, tag);
    return found ? found->digest.str() : "none";
  };
  EXPECT_EQ(resolve("registry.example:5000/shop/web:1.0"), first.digest.str());
  EXPECT_EQ(resolve("1.0"), first.digest.str());
  EXPECT_EQ(resolve("docker.io/library/nginx:latest"), second.digest.str());
  EXPECT_EQ(resolve("latest"), "none") << "two full references end with it";
  EXPECT_EQ(resolve("web"), "none");
  EXPECT_EQ(resolve("0"), "none");
  m_layout.put_manifest(m_context, third, "latest");
  EXPECT_EQ(resolve("latest"), third.digest.str()) << "an exact tag goes first";
}

TEST_F(OciLayoutTest, OneTagAtTwoManifestsIsRefused) {
  auto json = nlohmann::json{{"schemaVersion", 2}, {"manifests", nlohmann::json::array()}};
  for (const char* content : {"a", "b"}) {
    auto entry = put_image(content, "").descriptor().to_json();
    entry["annotations"][k_ref_name] = "twice";
    json["manifests"].push_back(entry);
  }
  write_index(json);
  const std::string failure = failure_of([&] { m_layout.find_manifest(m_context, "twice"); });
  EXPECT_NE(failure.find("stands at several manifests"), std::string::npos) << failure;
}

TEST_F(OciLayoutTest, MovingATagDropsItsOldEntryOnly) {
  const auto first = put_image("first", "a");
  m_layout.put_manifest(m_context, first, "b");
  const auto second = put_image("second", "a");
  ASSERT_EQ(index()["manifests"].size(), 2U);
  EXPECT_EQ(m_layout.resolve(m_context, "b")->digest, first.digest);
  EXPECT_EQ(m_layout.resolve(m_context, "a")->digest, second.digest);
}

TEST_F(OciLayoutTest, PuttingAgainWritesNothing) {
  const auto image = put_image("image", "latest");
  const auto child = put_image("child", "");
  struct stat before {};
  ASSERT_EQ(::stat((m_path / "index.json").c_str(), &before), 0);
  m_layout.put_manifest(m_context, image, "latest");
  m_layout.put_manifest(m_context, image, "");
  m_layout.put_manifest(m_context, child, "");
  struct stat after {};
  ASSERT_EQ(::stat((m_path / "index.json").c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
  EXPECT_EQ(index()["manifests"].size(), 2U);
}

TEST_F(OciLayoutTest, WhatCantBeLookedAtIsNotAbsent) {
  const auto image = put_image("image", "latest");
  const auto other = oci::RawManifest::from_bytes(R"({"layers":[]})");
  const auto deep = m_path.parent_path();
  const auto away = m_directory.path() / "away";
  std::filesystem::rename(deep, away);
  std::filesystem::create_symlink("deep", deep);  // a link to itself
  const auto fails = [&](const std::function<void()>& action) {
    EXPECT_EQ(failure_of(action).substr(0, 3), "io:");
  };
  fails([&] { m_layout.tags(m_context); });
  fails([&] { m_layout.directory().read_index(); });
  fails([&] { m_layout.has_blob(m_context, image.descriptor()); });
  fails([&] { m_layout.open_blob(m_context, image.descriptor()); });
  fails([&] { m_layout.resolve(m_context, "latest"); });
  fails([&] { m_layout.put_manifest(m_context, other, "other"); });
  fails([&] { OciLayout(m_path, OciLayout::Missing::create); });
  std::filesystem::remove(deep);
  std::filesystem::rename(away, deep);
  EXPECT_EQ(m_layout.tags(m_context), std::vector<std::string>{"latest"});
}

TEST_F(OciLayoutTest, ALayoutThatWentAwayIsNotEmpty) {
  const auto image = put_image("image", "latest");
  const auto other = oci::RawManifest::from_bytes(R"({"layers":[]})");
  const auto away = m_directory.path() / "away";
  for (const auto& gone : {m_path / "oci-layout", m_path}) {
    std::filesystem::rename(gone, away);
    const auto fails = [&](const std::function<void()>& action) {
      EXPECT_NE(failure_of(action).find("went away"), std::string::npos) << failure_of(action);
    };
    fails([&] { m_layout.tags(m_context); });
    fails([&] { m_layout.has_blob(m_context, image.descriptor()); });
    fails([&] { m_layout.open_blob(m_context, image.descriptor()); });
    fails([&] { m_layout.put_manifest(m_context, other, "other"); });
    EXPECT_FALSE(std::filesystem::exists(gone));
    std::filesystem::rename(away, gone);
  }
  EXPECT_EQ(m_layout.tags(m_context), std::vector<std::string>{"latest"});
}

TEST_F(OciLayoutTest, AnIndexThatIsLostIsNotWrittenAnew) {
  const auto image = put_image("image", "latest");
  const auto other = oci::RawManifest::from_bytes(R"({"layers":[]})");
  std::filesystem::remove(m_path / "index.json");
  OciLayout fresh(m_path, OciLayout::Missing::create);
  for (OciLayout* layout : {&m_layout, &fresh}) {
    for (const std::string& failure :
         {failure_of([&] { layout->put_manifest(m_context, other, "other"); }),
          failure_of([&] { layout->tags(m_context); })}) {
      EXPECT_NE(failure.find("has blobs but no index.json"), std::string::npos) << failure;
    }
  }
  EXPECT_FALSE(std::filesystem::exists(m_path / "index.json"));
}

TEST_F(OciLayoutTest, WhatWasPutByDigestStaysWhateverBecomesOfWhatNamesIt) {
  const auto child = put_image("child", "");
  const auto tagged = put_image("tagged", "");
  m_layout.put_manifest(m_context, index_of({child}), "multi");
  m_layout.put_manifest(m_context, tagged, "multi");
  m_layout.put_manifest(m_context, put_image("other", "multi"), "multi");
  collect_garbage(m_context, m_layout, {});
  EXPECT_EQ(store::get_manifest(m_layout, m_context, child.digest.str()).bytes, child.bytes);
  EXPECT_EQ(store::get_manifest(m_layout, m_context, tagged.digest.str()).bytes, tagged.bytes);
}

TEST_F(OciLayoutTest, ListsWhatItsIndexLeadsToAndNothingElse) {
  const auto child = put_image("child", "");
  const auto alone = put_image("alone", "");
  const auto index = index_of({child});
  m_layout.put_manifest(m_context, index, "multi");
  const auto before = put_image("before", "moved");
  const auto after = put_image("after", "moved");
  for (const auto& manifest : {index, child, alone, after})
    EXPECT_TRUE(m_layout.lists(m_context, manifest.digest)) << manifest.bytes;
  // Its blob is still there.
  EXPECT_TRUE(m_layout.resolve(m_context, before.digest.str()));
  EXPECT_FALSE(m_layout.lists(m_context, before.digest));
  std::filesystem::remove(blob_path(after.digest));
  EXPECT_FALSE(m_layout.lists(m_context, after.digest));
}

TEST_F(OciLayoutTest, ATagThatIsKeptLeavesNothingOfAnotherImage) {
  put_image("first", "v1");
  const auto other = put_image_blobs(m_layout, m_context, "other");
  EXPECT_THROW(m_layout.put_unmoved(m_context, other, "v1"), base::Error);
  EXPECT_FALSE(std::filesystem::exists(blob_path(other.digest)));
}

TEST_F(OciLayoutTest, AChildIsNotListedAndGoesWithWhatNamesIt) {
  const auto sibling = put_image("sibling", "kept");
  const std::string before = index_text();
  const auto child = oci::RawManifest::from_bytes(
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]})",
      {});
  m_layout.put_child(m_context, child);
  EXPECT_EQ(index_text(), before);
  m_layout.put_manifest(m_context, index_of({child}), "multi");
  collect_garbage(m_context, m_layout, {});
  EXPECT_TRUE(m_layout.resolve(m_context, child.digest.str()));
  m_layout.put_manifest(m_context, sibling, "multi");
  collect_garbage(m_context, m_layout, {});
  EXPECT_FALSE(m_layout.resolve(m_context, child.digest.str()));
}

/// Reading all manifests anew for each of them would take hours in a large layout.
TEST_F(OciLayoutTest, ReferrersAreGatheredOnceWhileTheIndexSaysTheSame) {
  const auto subject = put_image("subject", "1");
  const auto attach = [&](const std::string& type) {
    oci::Manifest one = oci::Manifest::parse(subject);
    one.subject = subject.descriptor();
    one.artifact_type = type;
    return one.to_raw();
  };
  const std::vector<oci::RawManifest> attached = {attach("a/a"), attach("b/b")};
  m_layout.put_manifests(m_context, attached);
  EXPECT_EQ(m_layout.referrers(m_context, subject.digest).size(), 2U);
  std::filesystem::remove(m_path / "blobs/sha256" / attached.front().digest.hex());
  EXPECT_EQ(m_layout.referrers(m_context, subject.digest).size(), 2U);
  m_layout.put_manifest(m_context, attach("c/c"), {});
  EXPECT_EQ(m_layout.referrers(m_context, subject.digest).size(), 2U) << "one is lost, one is new";
}

TEST_F(OciLayoutTest, BadTagsAreRefusedBeforeAnythingIsWritten) {
  const auto image = put_image_blobs(m_layout, m_context, "image");
  for (const std::string& tag : {std::string("a b"), std::string("a\nb"), std::string(513, 'a'),
                                 std::string("sha256:abc"), std::string("t\xc3\xa4g")}) {
    EXPECT_NE(failure_of([&] { m_layout.put_manifest(m_context, image, tag); }).find("invalid tag"),
              std::string::npos)
        << tag;
  }
  EXPECT_FALSE(std::filesystem::exists(blob_path(image.digest)));
}

TEST_F(OciLayoutTest, AManifestWithAnotherDigestIsRefused) {
  auto image = put_image_blobs(m_layout, m_context, "image");
  image.digest = hash::Digest::of("other");
  EXPECT_EQ(failure_of([&] { m_layout.put_manifest(m_context, image, "a"); }).substr(0, 10),
            "integrity:");
  EXPECT_FALSE(m_layout.find_manifest(m_context, "a"));
}

TEST_F(OciLayoutTest, ALayerIsNoManifest) {
  const auto layer = store::put_bytes(m_layout, m_context, "no json", "text/plain");
  const auto config = store::put_bytes(m_layout, m_context, R"({"os":"linux"})", "text/plain");
  const auto big = store::put_bytes(m_layout, m_context, std::string(5U << 20U, '{'), "text/plain");
  for (const auto& blob : {layer, config, big}) {
    EXPECT_FALSE(m_layout.find_manifest(m_context, blob.digest.str()));
  }
}

TEST_F(OciLayoutTest, ALostManifestIsToldByTagAndAbsentByDigest) {
  const auto image = put_image("image", "latest");
  std::filesystem::remove(blob_path(image.digest));
  EXPECT_FALSE(m_layout.resolve(m_context, image.digest.str()));
  EXPECT_FALSE(m_layout.find_manifest(m_context, image.digest.str()));
  for (const bool whole : {false, true}) {
    const std::string failure = failure_of([&] {
      if (whole) m_layout.find_manifest(m_context, "latest");
      if (!whole) m_layout.resolve(m_context, "latest");
    });
    EXPECT_NE(failure.find("integrity: oci:" + m_path.string()), std::string::npos) << failure;
  }
  m_layout.put_manifest(m_context, image, "latest");
  EXPECT_EQ(store::get_manifest(m_layout, m_context, "latest").bytes, image.bytes);
}

TEST_F(OciLayoutTest, DamagedBlobsAreNotBelieved) {
  const auto image = put_image("image", "latest");
  std::string bytes = image.bytes;
  bytes.back() = ' ';
  write(blob_path(image.digest), bytes);
  EXPECT_EQ(failure_of([&] { m_layout.find_manifest(m_context, "latest"); }).substr(0, 10),
            "integrity:");
  const auto blob = store::put_bytes(m_layout, m_context, "some content", "text/plain");
  write(blob_path(blob.digest), "some");
  EXPECT_FALSE(m_layout.has_blob(m_context, blob));
  store::put_bytes(m_layout, m_context, "some content", "text/plain");
  EXPECT_EQ(store::read_blob(m_layout, m_context, blob, 100), "some content")
      << "put again repairs it";
}

TEST_F(OciLayoutTest, Sha512BlobsAndManifests) {
  const auto image = put_image_blobs(m_layout, m_context, "image");
  auto strong = image;
  strong.digest = hash::Digest::of(base::as_bytes(image.bytes), hash::Algorithm::sha512);
  m_layout.put_manifest(m_context, strong, "strong");
  EXPECT_EQ(store::get_manifest(m_layout, m_context, "strong").digest, strong.digest);
  EXPECT_TRUE(std::filesystem::exists(blob_path(strong.digest)));
  auto blob = descriptor_of("streamed", "text/plain");
  blob.digest = hash::Digest::of(base::as_bytes("streamed"), hash::Algorithm::sha512);
  const auto writer = m_layout.create_blob(m_context);
  writer->write(base::as_bytes("streamed"));
  writer->commit(blob.digest, blob.size);
  EXPECT_EQ(store::read_blob(m_layout, m_context, blob, 100), "streamed");
}

TEST_F(OciLayoutTest, APlantedLinkToAFileIsNoBlob) {
  put_image("image", "latest");
  const auto blob = descriptor_of("secret", "text/plain");
  write(m_directory.path() / "outside", "secret");
  std::filesystem::create_symlink(m_directory.path() / "outside", blob_path(blob.digest));
  EXPECT_FALSE(m_layout.has_blob(m_context, blob));
  EXPECT_EQ(failure_of([&] { m_layout.open_blob(m_context, blob); }).substr(0, 10), "not_found:");
  EXPECT_FALSE(m_layout.find_manifest(m_context, blob.digest.str()));
  // Putting it replaces the link, not what it points to.
  m_layout.put_blob(m_context, blob, opener("secret"));
  EXPECT_FALSE(std::filesystem::is_symlink(blob_path(blob.digest)));
}

TEST(OciLayoutOpen, APlantedLinkToADirectoryIsRefused) {
  const base::Context context;
  for (const char* name : {"blobs", "blobs/sha256"}) {
    const test_support::TemporaryDirectory directory;
    const auto outside = directory.path() / "outside";
    const auto path = directory.path() / "layout";
    std::filesystem::create_directories(outside);
    store::put_bytes(*std::make_unique<OciLayout>(path, OciLayout::Missing::create), context, "x",
                     "a/b");
    std::filesystem::remove_all(path / name);
    std::filesystem::create_directory_symlink(outside, path / name);
    OciLayout layout(path, OciLayout::Missing::refuse);
    const auto blob = descriptor_of("content", "text/plain");
    for (const auto& failure :
         {failure_of([&] { layout.put_blob(context, blob, opener("content")); }),
          failure_of([&] { layout.create_blob(context); }),
          failure_of([&] { layout.has_blob(context, blob); })}) {
      EXPECT_NE(failure.find("symbolic link"), std::string::npos) << name << ": " << failure;
    }
    EXPECT_TRUE(std::filesystem::is_empty(outside)) << name;
  }
}

TEST_F(OciLayoutTest, BrokenIndexesAreRefusedWithTheirName) {
  put_image("image", "latest");
  for (const char* text :
       {"", "[]", "{}", R"({"schemaVersion":1,"manifests":[]})",
        R"({"schemaVersion":2,"manifests":{}})", R"({"schemaVersion":2,"manifests":[7]})"}) {
    write(m_path / "index.json", text);
    const std::string failure = failure_of([&] { m_layout.resolve(m_context, "latest"); });
    EXPECT_NE(failure.find("invalid_input: " + (m_path / "index.json").string()), std::string::npos)
        << text << " gave " << failure;
  }
  write(m_path / "index.json", R"({"schemaVersion":2,"manifests":null})");
  EXPECT_FALSE(m_layout.resolve(m_context, "latest"));
  put_image("image", "latest");
  EXPECT_TRUE(m_layout.resolve(m_context, "latest"));
}

TEST_F(OciLayoutTest, EntriesWithWrongTypesAreErrorsNotCrashes) {
  put_image("image", "latest");
  for (
      const char* entry :
      {R"({"annotations":{"org.opencontainers.image.ref.name":"x"}})",
       R"({"digest":5,"size":-1,"annotations":{"org.opencontainers.image.ref.name":"x"}})",
       R"({"mediaType":[],"digest":"sha256:1","size":1.5,"annotations":{"org.opencontainers.image.ref.name":"x"}})"}) {
    const std::string list = std::string(entry) + "," + entry;
    write(m_path / "index.json", R"({"schemaVersion":2,"manifests":[)" + list + "]}");
    EXPECT_EQ(failure_of([&] { m_layout.find_manifest(m_context, "x"); }).substr(0, 14),
              "invalid_input:")
        << entry;
  }
}

TEST_F(OciLayoutTest, OfManyWhoWantATagOneGetsIt) {
  std::vector<oci::RawManifest> images;
  for (int i = 0; i < 8; ++i)
    images.push_back(put_image_blobs(m_layout, m_context, "image " + std::to_string(i)));
  for (int round = 0; round < 20; ++round) {
    const std::string tag = "v" + std::to_string(round);
    std::atomic<int> got = 0;
    {
      std::vector<std::jthread> threads;
      for (const auto& image : images) {
        threads.emplace_back([&] {
          OciLayout layout(m_path, OciLayout::Missing::refuse);
          const std::string failure =
              failure_of([&] { layout.put_unmoved(m_context, image, tag); });
          if (failure == "none") ++got;
          EXPECT_TRUE(failure == "none" || failure.starts_with("conflict: ")) << failure;
        });
      }
    }
    EXPECT_EQ(got, 1);
    const auto holder = m_layout.find_manifest(m_context, tag);
    m_layout.put_unmoved(m_context, *holder, tag);
  }
}

}  // namespace
}  // namespace pinnace::disk
