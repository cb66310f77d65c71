#include "inventory/image_inventory.hpp"

#include <gtest/gtest.h>

#include <stop_token>

#include "base/error.hpp"
#include "inventory/layer_scan.hpp"
#include "inventory/read_image.hpp"
#include "inventory/wanted_documents.hpp"
#include "support/temporary_directory.hpp"
#include "support/zip_samples.hpp"
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

TEST_F(ImageInventoryTest, UpdatesOfDpkgReplaceWhatItsStatusSays) {
  const std::string updates = "var/lib/dpkg/updates/000";
  EXPECT_EQ(names(read({{{"var/lib/dpkg/status", status({"a=1", "b=1"})},
                         {updates + "0", status({"b=2", "c=1"})},
                         {updates + "1", status({"c=2"})}}})),
            (Texts{"a=1 0", "b=2 0", "c=2 0"}));
  EXPECT_EQ(names(read({{{"var/lib/dpkg -> ../../usr/dpkg"},
                         {"usr/dpkg/status", status({"b=1"})},
                         {"usr/dpkg/updates/0001", status({"b=2"})}}})),
            Texts{"b=2 0"});
}

TEST_F(ImageInventoryTest, DistributionsOfPythonAreCalledAsTheirDirectories) {
  const ImageInventory image = read({{{"p/a_b-1.0.dist-info/RECORD", "a.py,,\n"},
                                      {"p/c-2.dist-info/METADATA", "Version: 2\n"},
                                      {"p/d-3.dist-info/METADATA", "Name: d\nVersion: 4\n"},
                                      {"p/d-3.dist-info/INSTALLER", "pip"},
                                      {"p/gone-1.dist-info/"},
                                      {"p/-.dist-info/INSTALLER", "pip"},
                                      {"p/e.dist-info/INSTALLER", "pip"}}});
  EXPECT_EQ(names(image), (Texts{"a_b=1.0 0", "c=2 0", "d=4 0", "e= 0"}));
  EXPECT_EQ(image.packages.at(0).path, "p/a_b-1.0.dist-info");
  EXPECT_EQ(image.packages.at(0).package.files, (packages::FilePaths{{"p/a.py"}}));
  EXPECT_EQ(image.findings.size(), 1U) << "METADATA without a name";
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
             {"var/lib/dpkg/info/libc6:amd64.md5sums",
              "d41d8cd98f00b204e9800998ecf8427e  lib/libc.so\n"},
             {"usr/share/doc/z -> libc6"},
             {"usr/share/doc/libc6/copyright", "Format: x\n\nLicense: LGPL\n"}},
            {{"var/lib/dpkg/status.d/d", "Package: d\nVersion: 3\n"},
             {"var/lib/dpkg/status.d/d.md5sums", "d41d8cd98f00b204e9800998ecf8427e  usr/d\n"},
             {"usr/lib/p/a-1.dist-info/METADATA", "Name: a\nVersion: 1\n"},
             {"usr/lib/p/a-1.dist-info/RECORD", "a.py,,\n../../bin/a,,\n../../../../../x,,\n"}}});
  EXPECT_EQ(image.os.id, "debian");
  ASSERT_EQ(image.packages.size(), 4U);
  EXPECT_EQ(image.packages[0].package.files,
            (packages::FilePaths{{"usr/d", "md5:d41d8cd98f00b204e9800998ecf8427e"}}));
  EXPECT_EQ(image.packages[0].path, "var/lib/dpkg/status.d/d");
  EXPECT_EQ(
      image.packages[1].package.files,
      (packages::FilePaths{{"lib"}, {"lib/libc.so", "md5:d41d8cd98f00b204e9800998ecf8427e"}}));
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

const char* const k_opt_status = "opt/status";

TEST_F(ImageInventoryTest, HardLinksAreDocumentsByTheirOwnNames) {
  const std::string a = status({"a=1"});
  EXPECT_EQ(names(read({{{k_opt_status, a}, {"var/lib/dpkg/status = opt/status"}}})),
            Texts{"a=1 0"});
  EXPECT_EQ(names(read({{{k_opt_status, a}},
                        {{"var/lib/dpkg/status = opt/status"}},
                        {{"opt/.wh.status"}, {"x", "1"}}})),
            Texts{"a=1 1"});
  // A link to a link, and one that is replaced.
  EXPECT_EQ(
      names(read(
          {{{k_opt_status, a}, {"opt/other = opt/status"}, {"var/lib/dpkg/status = opt/other"}},
           {{"opt/new", status({"a=1", "b=1"})}, {"var/lib/dpkg/status = opt/new"}}})),
      (Texts{"a=1 0", "b=1 1"}));
  // What has no such name in the end is none.
  EXPECT_EQ(names(read({{{"var/lib/dpkg/status", a}, {"opt/x = var/lib/dpkg/status"}},
                        {{"var/lib/dpkg/.wh.status"}}})),
            Texts{});
}

TEST_F(ImageInventoryTest, JavaArchivesHaveTheNamesOfTheirLinks) {
  const std::string jar = test_support::make_zip({{"a", "1"}});
  const std::vector<Sample> linked = {{"app/blob", jar},
                                      {"app/log4j-core-2.14.1.jar = app/blob"},
                                      {"app/second-1.jar = app/log4j-core-2.14.1.jar"},
                                      {"app/third-1.jar -> blob"}};
  EXPECT_EQ(names(read({linked})), (Texts{"log4j-core=2.14.1 0", "second=1 0", "third=1 0"}));
  EXPECT_EQ(names(read({{{"app/a-1.jar", jar}, {"app/a.jar -> a-1.jar"}}})), Texts{"a=1 0"});
}

TEST_F(ImageInventoryTest, SymbolicLinksShowDocuments) {
  const std::string a = status({"a=1"});
  EXPECT_EQ(names(read({{{k_opt_status, a}, {"var/lib/dpkg/status -> /opt/status"}}})),
            Texts{"a=1 0"});
  EXPECT_EQ(names(read({{{"opt/dpkg/status", a}}, {{"var/lib/dpkg -> ../../opt/dpkg"}}})),
            Texts{"a=1 1"});
  EXPECT_EQ(names(read({{{"var/lib/dpkg -> ../../opt/dpkg"}, {"opt/dpkg/status", a}},
                        {{"opt/dpkg/status", status({"a=1", "b=1"})}},
                        {{"var/lib/dpkg/status", status({"a=1", "b=1", "c=1"})}}})),
            (Texts{"a=1 0", "b=1 1", "c=1 2"}));
  EXPECT_EQ(names(read({{{"var/lib/dpkg -> ../../opt/dpkg"}, {"opt/dpkg/status.d/a", a}}})),
            Texts{"a=1 0"});
  // The link is gone in the end.
  EXPECT_EQ(names(read({{{"var/lib/dpkg -> ../../opt/dpkg"}, {"var/lib/dpkg/status", a}},
                        {{"var/lib/.wh.dpkg"}}})),
            Texts{});
  const std::string npm = R"({"name":"x","version":"1"})";
  EXPECT_EQ(names(read({{{"src/x/package.json", npm}, {"app/node_modules/x -> ../../src/x"}}})),
            Texts{"x=1 0"});
  EXPECT_EQ(names(read({{{"src/@s/x/package.json", npm}, {"app/node_modules -> ../src"}}})),
            Texts{"x=1 0"});
  EXPECT_EQ(names(read({{{"store/1/METADATA", "Name: p\nVersion: 1\n"},
                         {"py/p-1.dist-info -> ../store/1"}}})),
            Texts{"p=1 0"});
}

TEST_F(ImageInventoryTest, ListsAndLicencesThatLinksShowAreOwned) {
  const ImageInventory image = read({{{"var/lib/dpkg -> /d"},
                                      {"usr/share/doc -> /doc"},
                                      {"etc/os-release -> /d/os"},
                                      {"d/os", "ID=x\n"},
                                      {"d/status", status({"a=1"})},
                                      {"d/info/a.list", "/bin\n"},
                                      {"doc/a/copyright", "Format: x\n\nLicense: MIT\n"}}});
  ASSERT_EQ(image.packages.size(), 1U);
  EXPECT_EQ(image.packages[0].path, "var/lib/dpkg/status");
  EXPECT_EQ(image.packages[0].package.files, (packages::FilePaths{{"bin"}}));
  EXPECT_EQ(image.packages[0].package.licences, Texts{"MIT"});
  EXPECT_EQ(image.os.id, "x");
}

TEST_F(ImageInventoryTest, WhatLinksShowIsRememberedToo) {
  const std::vector<std::vector<Sample>> layers = {
      {{k_opt_status, status({"a=1"})}, {"var/lib/dpkg/status = opt/status"}}};
  read(layers);
  EXPECT_EQ(m_store.opened, 2);
  EXPECT_EQ(names(read(layers)), Texts{"a=1 0"});
  EXPECT_EQ(m_store.opened, 2);
}

TEST_F(ImageInventoryTest, FindingsAreBoundedInAll) {
  LayerStack stack;
  for (int i = 0; i < 40; ++i) {
    LayerInventory layer;
    layer.findings.assign(1000, {{"a"}, "x"});
    stack.add(std::move(layer));
  }
  const ImageInventory image = stack.take();
  EXPECT_EQ(image.findings.size(), 20'001U);
  EXPECT_TRUE(image.findings.back().finding.path.bytes.empty());
}

TEST_F(ImageInventoryTest, StackingEndsAfterAStopRequest) {
  std::stop_source source;
  m_context.stop = source.get_token();
  LayerStack stack(m_context);
  LayerInventory layer;
  layer.entries.push_back({.path = "a"});
  stack.add(layer);
  source.request_stop();
  EXPECT_THROW(stack.add(layer), base::Error);
}

TEST(KeptDocuments, ThereIsRoomAgainForWhatIsGone) {
  Document document;
  document.files.assign(10, {"path"});
  KeptDocuments kept(2 * size_of(document));
  auto first = kept.keep(document);
  const auto second = kept.keep(document);
  EXPECT_NE(second, nullptr);
  EXPECT_EQ(kept.keep(document), nullptr);
  first.reset();
  EXPECT_NE(kept.keep(document), nullptr);
}

}  // namespace
}  // namespace pinnace::inventory
