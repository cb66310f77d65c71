#include <gtest/gtest.h>

#include "archive/tar_writer.hpp"
#include "disk/archive_reader.hpp"
#include "disk/archive_writer.hpp"
#include "disk/docker_archive.hpp"
#include "files/file.hpp"
#include "oci/config.hpp"
#include "support/image_samples.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::disk {
namespace {

using base::ErrorCode;
using nlohmann::json;
using oci::ArchiveFormat;

constexpr const char* k_name = "docker.io/shop/web:1";

class DockerArchive : public testing::Test {
 protected:
  DockerArchive() : m_tar(m_out) {}

  void add(const std::string& path, const std::string& content) {
    archive::TarEntry entry;
    entry.path = path;
    entry.size = content.size();
    m_tar.add(entry, base::as_bytes(content));
  }
  void add_link(const std::string& path, const std::string& target,
                archive::EntryType type = archive::EntryType::symlink) {
    archive::TarEntry entry;
    entry.type = type;
    entry.path = path;
    entry.link_target = target;
    m_tar.add(entry);
  }
  static std::string config_of(const std::vector<std::string>& layers) {
    json diff_ids = json::array();
    for (const std::string& layer : layers) diff_ids.push_back(hash::Digest::of(layer).str());
    return json{{"architecture", "amd64"},
                {"os", "linux"},
                {"rootfs", {{"type", "layers"}, {"diff_ids", diff_ids}}}}
        .dump();
  }
  /// As docker save of old wrote it: a directory a layer, links for a layer that is there already.
  void add_old_image(const std::string& third = "../b/layer.tar") {
    add("a/layer.tar", "layer one");
    add("b/layer.tar", "layer two");
    add_link("c/layer.tar", third);
    add("config.json", config_of({"layer one", "layer two", "layer two"}));
    add_manifest(json::array({"a/layer.tar", "b/layer.tar", "c/layer.tar"}));
  }
  void add_manifest(const json& layers, const json& tags = json::array({"shop/web:1"})) {
    add("manifest.json",
        json::array({{{"Config", "config.json"}, {"RepoTags", tags}, {"Layers", layers}}}).dump());
  }
  ArchiveReader reader() {
    m_tar.finish();
    files::write_file_atomically(m_file, m_out.text());
    return ArchiveReader({}, m_file, ArchiveFormat::docker);
  }
  std::string complaint(ErrorCode expected = ErrorCode::invalid_input) {
    try {
      reader();
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), expected) << error.what();
      EXPECT_NE(std::string(error.what()).find(m_file.string()), std::string::npos) << error.what();
      return error.what();
    }
    return "nothing was thrown";
  }

  test_support::TemporaryDirectory m_directory;
  std::filesystem::path m_file = m_directory.path() / "image.tar";

 private:
  base::StringSink m_out;
  archive::TarWriter m_tar;
};

TEST_F(DockerArchive, TheOldFormIsReadWithoutAManifestOfItsOwn) {
  add_old_image();
  ArchiveReader archive = reader();
  EXPECT_TRUE(archive.makes_manifests());
  EXPECT_EQ(archive.tags({}), std::vector<std::string>{k_name});
  const auto raw = store::get_manifest(archive, {}, k_name);
  EXPECT_EQ(raw.digest, archive.default_image());
  const auto manifest = oci::Manifest::parse(raw);
  ASSERT_EQ(manifest.layers.size(), 3U);
  // As they are in the archive: their digests are those of their tars.
  EXPECT_EQ(manifest.layers[0].media_type, oci::media_type::k_layer);
  EXPECT_EQ(manifest.layers[0].digest, hash::Digest::of("layer one"));
  EXPECT_EQ(store::read_blob(archive, {}, manifest.layers[2], 100), "layer two");
  EXPECT_EQ(store::read_blob(archive, {}, manifest.config, 1000),
            config_of({"layer one", "layer two", "layer two"}));
  EXPECT_EQ(store::get_manifest(archive, {}, raw.digest.str()).bytes, raw.bytes);
}

TEST_F(DockerArchive, CompressedLayersStayAsTheyAre) {
  const std::string compressed = "\x1f\x8b any bytes";
  add("l.tar.gz", compressed);
  add("config.json", config_of({"the tar"}));
  add_manifest(json::array({"l.tar.gz"}), nullptr);
  ArchiveReader archive = reader();
  const auto manifest =
      oci::Manifest::parse(store::get_manifest(archive, {}, archive.default_image()->str()));
  EXPECT_EQ(manifest.layers[0].media_type, oci::media_type::k_layer_gzip);
  EXPECT_EQ(manifest.layers[0].digest, hash::Digest::of(compressed));
}

TEST_F(DockerArchive, AConfigurationOfManyImagesIsReadOnce) {
  const std::string config = config_of({"layer"});
  add("layer.tar", "layer");
  add("config.json", config + std::string((3 << 20) - config.size(), ' '));
  json images = json::array();
  for (int i = 0; i < 1000; ++i)
    images.push_back({{"Config", "config.json"},
                      {"RepoTags", json::array({"web:" + std::to_string(i)})},
                      {"Layers", json::array({"layer.tar"})}});
  add("manifest.json", images.dump());
  // Each counted, these would be 3 GiB of configurations, of which 256 MiB are taken.
  EXPECT_EQ(reader().tags({}).size(), 1000U);
}

TEST_F(DockerArchive, AFalseLayerIsFound) {
  add("l.tar", "another layer");
  add("config.json", config_of({"the tar"}));
  add_manifest(json::array({"l.tar"}));
  ArchiveReader archive = reader();
  const auto layer = oci::Manifest::parse(store::get_manifest(archive, {}, k_name)).layers[0];
  EXPECT_THROW(store::read_blob(archive, {}, layer, 100), base::Error);
}

TEST_F(DockerArchive, LinksLeadNowhereElse) {
  add_old_image("../../../../../../etc/passwd");
  EXPECT_NE(complaint().find("expected the name of a file in the archive"), std::string::npos);
}

TEST_F(DockerArchive, LinksThatGoRoundEnd) {
  add_old_image("layer.tar");
  EXPECT_NE(complaint().find("Layers/2"), std::string::npos);
}

TEST_F(DockerArchive, NamesThatLeadOutAreRefused) {
  add("config.json", config_of({"x"}));
  add_manifest(json::array({"../../etc/passwd"}));
  complaint();
}

TEST_F(DockerArchive, AsManyLayersAsTheConfigurationHas) {
  add("l.tar", "x");
  add("config.json", config_of({"x", "x"}));
  add_manifest(json::array({"l.tar"}));
  EXPECT_NE(complaint().find("expected as many layers as the configuration has, 2"),
            std::string::npos);
}

TEST_F(DockerArchive, ManifestJsonMustBeThere) {
  add("x", "y");
  EXPECT_NE(complaint().find("expected the file manifest.json"), std::string::npos);
}

TEST_F(DockerArchive, ACompressedArchiveSaysHowToUnpackIt) {
  files::write_file_atomically(m_file, "\x1f\x8b\x08 and so on");
  for (const auto format : {ArchiveFormat::oci, ArchiveFormat::docker}) {
    try {
      ArchiveReader({}, m_file, format);
      FAIL();
    } catch (const base::Error& error) {
      EXPECT_NE(std::string(error.what())
                    .find("is compressed, expected an archive as it is; "
                          "unpack it with gunzip first"),
                std::string::npos)
          << error.what();
    }
  }
}

TEST_F(DockerArchive, WhatIsWrittenKeepsItsDigestAndIsForDockerToo) {
  ArchiveWriter writer(m_file, ArchiveFormat::docker);
  const oci::RawManifest raw = test_support::put_image_blobs(writer, {}, "one");
  writer.put_manifest({}, raw, k_name);
  writer.put_manifest({}, raw, "h:5000/web:2");
  ArchiveReader archive({}, m_file, ArchiveFormat::docker);
  EXPECT_FALSE(archive.makes_manifests());
  EXPECT_EQ(store::get_manifest(archive, {}, k_name).digest, raw.digest);
  EXPECT_EQ(store::get_manifest(archive, {}, "h:5000/web:2").digest, raw.digest);
  EXPECT_EQ(archive.default_image(), raw.digest);
  const TarFiles files({}, m_file);
  const auto manifest = oci::Manifest::parse(raw);
  const std::string blobs = "blobs/sha256/";
  EXPECT_EQ(json::parse(files.read("manifest.json", 10000)),
            json::array({{{"Config", blobs + std::string(manifest.config.digest.hex())},
                          {"RepoTags", json::array({k_name, "h:5000/web:2"})},
                          {"Layers",
                           json::array({blobs + std::string(manifest.layers[0].digest.hex())})}}}));
  const json index = json::parse(files.read("index.json", 10000));
  EXPECT_EQ(index["manifests"][0]["annotations"],
            (json{{k_image_name, k_name}, {k_ref_name, "1"}}));
}

TEST_F(DockerArchive, WithoutANameThereIsNone) {
  ArchiveWriter writer(m_file, ArchiveFormat::docker);
  const auto raw = test_support::put_image_blobs(writer, {}, "one");
  writer.put_manifest({}, raw, "latest");
  const TarFiles files({}, m_file);
  EXPECT_EQ(json::parse(files.read("manifest.json", 10000))[0]["RepoTags"], nullptr);
  EXPECT_EQ(ArchiveReader({}, m_file, ArchiveFormat::docker).default_image(), raw.digest);
}

TEST_F(DockerArchive, LayersThatAreElsewhereAreRefused) {
  ArchiveWriter writer(m_file, ArchiveFormat::docker);
  auto raw = test_support::put_image_blobs(writer, {}, "one");
  json manifest = json::parse(raw.bytes);
  manifest["layers"][0]["mediaType"] =
      "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";
  manifest["layers"][0]["urls"] = {"https://elsewhere.example/layer"};
  raw = oci::RawManifest::from_bytes(manifest.dump());
  try {
    writer.put_manifest({}, raw, k_name);
    FAIL() << "docker load would not find the layer";
  } catch (const base::Error& error) {
    EXPECT_NE(error.message().find("may only be had at its URL"), std::string::npos)
        << error.message();
  }
  EXPECT_FALSE(std::filesystem::exists(m_file));
}

TEST_F(DockerArchive, OtherImagesOfTheFileStay) {
  add_old_image();
  ArchiveReader old = reader();
  const auto first = store::get_manifest(old, {}, k_name);
  const auto put = [&](const std::string& content, const std::string& name) {
    ArchiveWriter writer(m_file, ArchiveFormat::docker);
    const auto image = test_support::put_image_blobs(writer, {}, content);
    writer.put_manifest({}, image, name);
    return image;
  };
  const oci::RawManifest second = put("two", "docker.io/shop/web:2");
  put("three", "docker.io/shop/db:3");
  ArchiveReader archive({}, m_file, ArchiveFormat::docker);
  EXPECT_EQ(store::get_manifest(archive, {}, k_name).bytes, first.bytes);
  EXPECT_EQ(store::get_manifest(archive, {}, "docker.io/shop/web:2").bytes, second.bytes);
  for (const oci::Descriptor& layer : oci::Manifest::parse(first).layers)
    EXPECT_EQ(store::read_blob(archive, {}, layer, 100), store::read_blob(old, {}, layer, 100));
  const TarFiles files({}, m_file);
  EXPECT_EQ(json::parse(files.read("manifest.json", 10000)).size(), 3U) << "for docker load";
  EXPECT_EQ(archive.tags({}).size(), 3U);
}

TEST_F(DockerArchive, TagsThatDockerCannotHaveAreNotDropped) {
  ArchiveWriter oci_writer(m_file);
  oci_writer.put_manifest({}, test_support::put_image_blobs(oci_writer, {}, "one"), "1");
  const std::string before = files::read_file(m_file, 1 << 20);
  ArchiveWriter writer(m_file, ArchiveFormat::docker);
  try {
    writer.put_manifest({}, test_support::put_image_blobs(writer, {}, "two"), k_name);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::conflict);
    EXPECT_NE(std::string(error.what()).find("the tag 1"), std::string::npos) << error.what();
  }
  EXPECT_EQ(files::read_file(m_file, 1 << 20), before);
}

TEST_F(DockerArchive, SeveralPlatformsAreRefusedWithAList) {
  ArchiveWriter writer(m_file, ArchiveFormat::docker);
  oci::Index index{std::string(oci::media_type::k_index), {}, {}, {}, {}};
  for (const char* architecture : {"amd64", "arm64"}) {
    const auto raw = test_support::put_image_blobs(writer, {}, architecture);
    writer.put_manifest({}, raw, "");
    index.manifests.push_back(raw.descriptor());
    index.manifests.back().platform = oci::Platform::parse(std::string("linux/") + architecture);
  }
  try {
    writer.put_manifest({}, index.to_raw(), k_name);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_NE(std::string(error.what()).find(index.manifests[1].digest.str() + " (linux/arm64)"),
              std::string::npos)
        << error.what();
  }
  EXPECT_FALSE(std::filesystem::exists(m_file));
}

}  // namespace
}  // namespace pinnace::disk
