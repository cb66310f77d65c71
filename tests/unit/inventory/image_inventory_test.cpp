#include "inventory/image_inventory.hpp"

#include <gtest/gtest.h>

#include "inventory/layer_scan.hpp"
#include "inventory/read_image.hpp"
#include "support/temporary_directory.hpp"
#include "unit/inventory/layers.hpp"

namespace pinnace::inventory {
namespace {

std::string status(const std::vector<std::string>& names_and_versions) {
  std::string text;
  for (const std::string& one : names_and_versions) {
    const std::size_t at = one.find('=');
    text += "Package: " + one.substr(0, at) +
            "\nStatus: install ok installed\nArchitecture: amd64\n" +
            "Version: " + one.substr(at + 1) + "\n\n";
  }
  return text;
}

class ImageInventoryTest : public testing::Test {
 protected:
  ImageInventory read(const std::vector<std::vector<Sample>>& layers) {
    std::vector<tree::StoredLayer> stored;
    for (const auto& samples : layers) stored.push_back(m_store.add(samples));
    return read_image(m_context, m_store, stored, LayerMemory(m_directory.path() / "memory"));
  }
  static std::vector<std::string> names(const ImageInventory& image) {
    std::vector<std::string> all;
    for (const InstalledPackage& one : image.packages)
      all.push_back(one.package.name + "=" + one.package.version + " " + std::to_string(one.layer));
    return all;
  }

  test_support::TemporaryDirectory m_directory;
  base::Context m_context{.scratch = m_directory.path()};
  CountingStore m_store;
};

using Texts = std::vector<std::string>;

TEST_F(ImageInventoryTest, PackagesHaveTheLayerThatBroughtThem) {
  const char* const k_path = "var/lib/dpkg/status";
  EXPECT_EQ(names(read({{{k_path, status({"b=1", "a=1"})}},
                        {{"other", "x"}},
                        {{k_path, status({"a=1", "b=2", "c=1"})}},
                        {{k_path, status({"a=1", "b=2", "c=1", "d=1"})}}})),
            (Texts{"a=1 0", "b=2 2", "c=1 2", "d=1 3"}));
  EXPECT_EQ(names(read({{{k_path, status({"a=1"})}},
                        {{"var/lib/dpkg/.wh.status"}},
                        {{k_path, status({"a=1"})}}})),
            Texts{"a=1 2"});
}

TEST_F(ImageInventoryTest, WhatIsDeletedOrReplacedIsGone) {
  const std::string package = R"({"name":"x","version":"1"})";
  const std::vector<Sample> base = {{"app/node_modules/x/package.json", package},
                                    {"app/file", "1"},
                                    {"lib -> usr/lib"},
                                    {"usr/lib/"}};
  EXPECT_EQ(names(read({base})), Texts{"x=1 0"});
  EXPECT_EQ(names(read({base, {{"app/.wh.node_modules"}}})), Texts{});
  EXPECT_EQ(names(read({base, {{"app/.wh..wh..opq"}}})), Texts{});
  EXPECT_EQ(names(read({base, {{"app", "now a file"}}})), Texts{});
  const ImageInventory image = read({base, {{"lib/new", "x"}, {"app/.wh.file"}}});
  EXPECT_TRUE(image.files.contains("usr/lib/new"));
  EXPECT_EQ(image.files.at("usr/lib/new").layer, 1U);
  EXPECT_EQ(image.files.at("usr/lib/new").entry.path, "usr/lib/new");
  EXPECT_FALSE(image.files.contains("app/file"));
  EXPECT_FALSE(image.files.contains("app/.wh.file"));
  EXPECT_EQ(image.files.at("app").layer, 0U);
}

TEST_F(ImageInventoryTest, OwnedFilesLicencesAndTheDistribution) {
  const ImageInventory image =
      read({{{"usr/lib/os-release", "ID=debian\nVERSION_ID=12\n"},
             {"etc/os-release -> ../usr/lib/os-release"},
             {"var/lib/dpkg/status", status({"libc6=2", "z=1"})},
             {"var/lib/dpkg/info/libc6:amd64.list", "/.\n/lib\n/lib/libc.so\n"},
             {"usr/share/doc/z -> libc6"},
             {"usr/share/doc/libc6/copyright", "Format: x\n\nLicense: LGPL\n"}},
            {{"var/lib/dpkg/status.d/d", "Package: d\nVersion: 3\n"},
             {"var/lib/dpkg/status.d/d.md5sums", "d41d8cd98f00b204e9800998ecf8427e  usr/d\n"},
             {"usr/lib/p/a-1.dist-info/METADATA", "Name: a\nVersion: 1\n"},
             {"usr/lib/p/a-1.dist-info/RECORD", "a.py,,\n../../bin/a,,\n../../../../../x,,\n"}}});
  EXPECT_EQ(image.os.id, "debian");
  ASSERT_EQ(image.packages.size(), 4U);
  EXPECT_EQ(image.packages[0].package.files, (packages::FilePaths{{"usr/d"}}));
  EXPECT_EQ(image.packages[0].path, "var/lib/dpkg/status.d/d");
  EXPECT_EQ(image.packages[1].package.files, (packages::FilePaths{{"lib"}, {"lib/libc.so"}}));
  EXPECT_EQ(image.packages[1].package.licences, Texts{"LGPL"});
  EXPECT_EQ(image.packages[2].package.licences, Texts{"LGPL"});
  EXPECT_EQ(image.packages[3].package.files,
            (packages::FilePaths{{"usr/lib/p/a.py"}, {"usr/bin/a"}}));
}

TEST_F(ImageInventoryTest, LayersThatAreKnownAreNotReadAgain) {
  const std::vector<Sample> base = {{"var/lib/dpkg/status", status({"a=1"})}};
  read({base, {{"x", "1"}}});
  EXPECT_EQ(m_store.opened, 2);
  const ImageInventory image = read({base, {{"x", "2"}}});
  EXPECT_EQ(m_store.opened, 3);
  EXPECT_EQ(names(image), Texts{"a=1 0"});
}

TEST_F(ImageInventoryTest, LinksThatLeadNowhereAreFindings) {
  const ImageInventory image =
      read({{{"a -> b"}, {"b -> a"}, {"a/x", "1"}, {"h = nothing"}, {"ok", "1"}}});
  EXPECT_EQ(image.findings.size(), 2U);
  EXPECT_TRUE(image.files.contains("ok"));
}

}  // namespace
}  // namespace pinnace::inventory
