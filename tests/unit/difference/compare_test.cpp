#include "difference/compare.hpp"

#include <gtest/gtest.h>

#include "difference/settings.hpp"

namespace pinnace::difference {
namespace {

using archive::EntryType;
using packages::PackageType;

hash::Digest digest_of(std::string_view content) {
  return hash::Digest::of(content);
}

class CompareTest : public testing::Test {
 protected:
  static oci::Descriptor descriptor(std::string_view name, std::uint64_t size) {
    return {"", digest_of(name), size, {}, {}, {}, nlohmann::json::object()};
  }
  static Image image(std::string_view name) {
    return {"linux/amd64",
            digest_of(name),
            {"", descriptor("configuration", 0), {}, {}, {}, {}},
            oci::Config(oci::Platform::parse("linux/amd64")),
            {}};
  }
  static void add_file(Image& image, const std::string& path, std::string_view content,
                       EntryType type = EntryType::file) {
    inventory::Entry entry;
    entry.type = type;
    entry.path = path;
    entry.mode = 0644;
    if (type == EntryType::symlink) {
      entry.link_target = content;
    } else if (type == EntryType::file) {
      entry.size = content.size();
      entry.digest = digest_of(content);
    }
    image.inventory.files[path] = {entry, 0};
  }
  static packages::Package& add_package(Image& image, PackageType type, const std::string& name,
                                        const std::string& version,
                                        const std::string& path = "var/lib/dpkg/status") {
    packages::Package package;
    package.type = type;
    package.name = name;
    package.version = version;
    image.inventory.packages.push_back({package, path, 0});
    return image.inventory.packages.back().package;
  }
  std::vector<std::string> changes() const {
    std::vector<std::string> all;
    for (const PackageChange& one : compare(m_from, m_to).difference.packages)
      all.push_back(json::Kind<PackageChange::Kind>::write(one.kind).get<std::string>() + " " +
                    one.name + " " + one.from.value_or("") + " " + one.to.value_or(""));
    return all;
  }
  std::vector<std::string> files() const {
    std::vector<std::string> all;
    for (const FileChange& one : settled(compare(m_from, m_to)).files)
      all.push_back((one.from ? "-" : "") + std::string(one.to ? "+" : "") + one.path +
                    (one.note.empty() ? "" : ": " + one.note));
    return all;
  }
  inventory::Entry& entry(Image& image, const std::string& path) {
    return image.inventory.files.at(path).entry;
  }
  /// The same package in two versions, with the file in two contents.
  void upgrade(const std::string& path, PackageType type = PackageType::deb) {
    for (auto* one : {&m_from, &m_to}) {
      const char* version = one == &m_from ? "1" : "2";
      add_file(*one, path, version);
      add_package(*one, type, "p", version).files = {{path, digest_of(version).str()}};
    }
  }

  Image m_from = image("from");
  Image m_to = image("to");
};

using Texts = std::vector<std::string>;

TEST_F(CompareTest, TheSameManifestIsTheSame) {
  const Compared compared = compare(m_from, m_from);
  EXPECT_EQ(compared.difference.state, PlatformDifference::State::same);
}

TEST_F(CompareTest, PackagesGoUpAndDownAsTheirEcosystemOrdersThem) {
  for (auto* one : {&m_from, &m_to}) add_package(*one, PackageType::deb, "stays", "1");
  add_package(m_from, PackageType::deb, "a", "1.9");
  add_package(m_to, PackageType::deb, "a", "1.10");
  add_package(m_from, PackageType::deb, "b", "1.0");
  add_package(m_to, PackageType::deb, "b", "1.0~rc1");
  add_package(m_from, PackageType::deb, "c", "1");
  add_package(m_to, PackageType::deb, "d", "1");
  add_package(m_from, PackageType::npm, "e", "1.0.0+a");
  add_package(m_to, PackageType::npm, "e", "1.0.0+b");
  EXPECT_EQ(changes(), (Texts{"up a 1.9 1.10", "down b 1.0 1.0~rc1", "removed c 1 ", "added d  1",
                              "changed e 1.0.0+a 1.0.0+b"}));
}

TEST_F(CompareTest, SeveralVersionsOfAPackageArePairedByTheirPlaces) {
  add_package(m_from, PackageType::npm, "x", "1.0.0", "a/node_modules/x/package.json");
  add_package(m_from, PackageType::npm, "x", "2.0.0", "b/node_modules/x/package.json");
  add_package(m_from, PackageType::npm, "x", "2.0.0", "c/node_modules/x/package.json");
  add_package(m_to, PackageType::npm, "x", "3.0.0", "a/node_modules/x/package.json");
  add_package(m_to, PackageType::npm, "x", "2.0.0", "b/node_modules/x/package.json");
  EXPECT_EQ(changes(), Texts{"up x 1.0.0 3.0.0"});
}

TEST_F(CompareTest, FilesOfPackagesThatChangedAreExplained) {
  for (auto* one : {&m_from, &m_to}) {
    const char* version = one == &m_from ? "1" : "2";
    add_file(*one, "lib", "usr/lib", EntryType::symlink);
    add_file(*one, "usr/lib/one.so", version);
    add_file(*one, "usr/lib/own.so", version);
    add_file(*one, "etc/kept.conf", version);
    add_file(*one, "var/lib/dpkg/status", version);
    add_file(*one, "app/node_modules/x/index.js", version);
    add_file(*one, "same", "");
    add_package(*one, PackageType::deb, "one", version).files = {
        {"lib"}, {"lib/one.so", digest_of(version).str()}};
    add_package(*one, PackageType::deb, "kept", "1").files = {{"etc/kept.conf"}};
    add_package(*one, PackageType::npm, "x", version, "app/node_modules/x/package.json");
  }
  add_file(m_to, "srv", "", EntryType::directory);
  add_file(m_to, "srv/new", "");
  add_file(m_from, "srv.old", "");
  EXPECT_EQ(files(), (Texts{"-+etc/kept.conf", "-srv.old", "+srv/new", "-+usr/lib/own.so"}));
  EXPECT_EQ(compare(m_from, m_to).difference.records, 1U);
  ASSERT_EQ(compare(m_from, m_to).diffs.size(), 2U);
}

TEST_F(CompareTest, APackageDoesNotExplainWhatItsRecordsContradict) {
  upgrade("usr/bin/x");
  EXPECT_EQ(files(), Texts{});
  add_file(m_to, "usr/bin/x", "trojan");
  EXPECT_EQ(files(), Texts{"-+usr/bin/x: its package has recorded another content"});
  m_to.inventory.packages[0].package.files[0].digest = {};
  EXPECT_EQ(files(), Texts{"-+usr/bin/x: its package has no digest of it"});
  m_to.inventory.files.erase("usr/bin/x");
  EXPECT_EQ(files(), Texts{"-usr/bin/x: its package still lists it"});
}

TEST_F(CompareTest, RecordsOfOtherAlgorithmsAreAnsweredByWhoReads) {
  upgrade("etc/x");
  m_to.inventory.packages[0].package.files[0].digest = "md5:" + std::string(32, '0');
  Compared compared = compare(m_from, m_to);
  ASSERT_EQ(compared.checks.size(), 1U);
  EXPECT_EQ(compared.checks[0].content.digest, digest_of("2"));
  EXPECT_EQ(compared.diffs.size(), 1U);
  using Answer = WantedCheck::Answer;
  for (const auto& [answer, shown, unrecorded] : {std::tuple{Answer::holds, 0U, 0U},
                                                  {Answer::contradicts, 1U, 0U},
                                                  {Answer::unknown, 0U, 1U}}) {
    compared = compare(m_from, m_to);
    compared.checks[0].answer = answer;
    const PlatformDifference difference = settled(std::move(compared));
    EXPECT_EQ(difference.files.size(), shown);
    EXPECT_EQ(difference.unrecorded, unrecorded);
  }
}

TEST_F(CompareTest, FilesOfPackagesWithoutRecordsAreCounted) {
  for (auto* one : {&m_from, &m_to}) {
    const char* version = one == &m_from ? "1" : "2";
    add_file(*one, "app/node_modules/x/index.js", version);
    add_file(*one, "usr/lib/python3/a.pyc", version);
    add_file(*one, "usr/lib/python3/a.py", version);
    add_package(*one, PackageType::npm, "x", version, "app/node_modules/x/package.json");
    add_package(*one, PackageType::pypi, "a", version, "usr/lib/python3/a.dist-info/METADATA")
        .files = {{"usr/lib/python3/a.py", digest_of(version).str()}, {"usr/lib/python3/a.pyc"}};
  }
  EXPECT_EQ(files(), Texts{});
  EXPECT_EQ(settled(compare(m_from, m_to)).unrecorded, 2U);
}

TEST_F(CompareTest, APackageCannotClaimWhatAnotherOneHas) {
  upgrade("usr/bin/x");
  for (auto* one : {&m_from, &m_to})
    add_package(*one, PackageType::deb, "q", "1").files = {{"usr/bin/x", digest_of("1").str()}};
  EXPECT_EQ(files(), Texts{"-+usr/bin/x"});
}

TEST_F(CompareTest, RightsAreShownWhoeverBringsThem) {
  upgrade("usr/bin/x");
  entry(m_to, "usr/bin/x").mode = 04755;
  EXPECT_EQ(files(), Texts{"-+usr/bin/x: setuid"});
  entry(m_from, "usr/bin/x").mode = 04755;
  EXPECT_EQ(files(), Texts{});
  entry(m_to, "usr/bin/x").mode = 02777;
  EXPECT_EQ(files(), Texts{"-+usr/bin/x: setgid, all may write it"});
  entry(m_to, "usr/bin/x").mode = 04755;
  entry(m_to, "usr/bin/x").xattrs = {{"security.capability", "01"}};
  EXPECT_EQ(files(), Texts{"-+usr/bin/x: capabilities"});
  entry(m_from, "usr/bin/x").xattrs = {{"security.capability", "01"}};
  EXPECT_EQ(files(), Texts{});
  entry(m_to, "usr/bin/x").uid = 1000;
  EXPECT_EQ(files(), Texts{"-+usr/bin/x"});
}

TEST_F(CompareTest, AttributesAndDeviceNumbersDiffer) {
  for (auto* one : {&m_from, &m_to}) {
    add_file(*one, "dev/x", "", EntryType::character_device);
    add_file(*one, "ping", "");
  }
  entry(m_to, "dev/x").device_minor = 1;
  entry(m_from, "ping").xattrs = {{"user.x", "00"}};
  EXPECT_EQ(files(), (Texts{"-+dev/x: a device", "-+ping"}));
  const auto changes = compare(m_from, m_to).difference.files;
  EXPECT_EQ(changes.at(0).to->device, "c 0:1");
  EXPECT_EQ(changes.at(1).from->attributes, Texts{"user.x=00"});
}

TEST_F(CompareTest, DirectoriesThatAreNotAsAnyOther) {
  for (const char* path : {"empty", "full", "open", "sticky", "own", "own/same"}) {
    add_file(m_to, path, "", EntryType::directory);
    entry(m_to, path).mode = 0755;
  }
  for (const char* path : {"full/f", "open/f", "sticky/f", "own/same/f"}) add_file(m_to, path, "");
  entry(m_to, "open").mode = 0777;
  entry(m_to, "sticky").mode = 01777;
  entry(m_to, "own").uid = entry(m_to, "own/same").uid = 1000;
  EXPECT_EQ(files(), (Texts{"+empty", "+full/f", "+open: all may write it", "+open/f", "+own",
                            "+own/same/f", "+sticky", "+sticky/f"}));
  add_package(m_to, PackageType::deb, "p", "1").files = {{"empty"}, {"open"}};
  EXPECT_EQ(files().at(0), "+full/f");
  EXPECT_EQ(files().at(1), "+open: all may write it");
}

TEST_F(CompareTest, RecordsOfPackageManagersHideNoPrograms) {
  for (auto* one : {&m_from, &m_to}) {
    const char* version = one == &m_from ? "1" : "2";
    for (const char* path : {"var/lib/dpkg/info/p.postinst", "var/lib/dpkg/info/q:amd64.postinst",
                             "var/lib/dpkg/status", "var/cache/apt/x", "etc/ld.so.cache.d"})
      add_file(*one, path, version);
    add_package(*one, PackageType::deb, "p", version);
    add_package(*one, PackageType::deb, "q", "1");
  }
  entry(m_to, "var/cache/apt/x").mode = 0755;
  EXPECT_EQ(files(), (Texts{"-+etc/ld.so.cache.d", "-+var/cache/apt/x",
                            "-+var/lib/dpkg/info/q:amd64.postinst"}));
  EXPECT_EQ(compare(m_from, m_to).difference.records, 2U);
}

TEST_F(CompareTest, ArchivesAndProgramsAreArtifacts) {
  for (auto* one : {&m_from, &m_to}) {
    const char* version = one == &m_from ? "1" : "2";
    add_file(*one, "srv/shop.jar", version);
    add_file(*one, "srv/tool", version);
    add_package(*one, PackageType::maven, "shop", version, "srv/shop.jar").inside = "";
    add_package(*one, PackageType::maven, "inner", "1", "srv/shop.jar").inside = "lib/inner.jar";
    add_package(*one, PackageType::golang, "example.test/tool", "(devel)", "srv/tool");
  }
  entry(m_to, "srv/tool").mode = 04755;
  const Compared compared = compare(m_from, m_to);
  EXPECT_EQ(files(), Texts{"-+srv/tool: setuid"});
  EXPECT_EQ(compared.difference.code.artifacts,
            (std::vector<Artifact>{{"srv/shop.jar", digest_of("1").str(), digest_of("2").str(),
                                    "pkg:maven/shop@1", "pkg:maven/shop@2"},
                                   {"srv/tool", digest_of("1").str(), digest_of("2").str(),
                                    "pkg:golang/example.test/tool@%28devel%29",
                                    "pkg:golang/example.test/tool@%28devel%29"}}));
}

TEST_F(CompareTest, ChangelogsAreThoseOfTheNewerVersion) {
  add_package(m_from, PackageType::deb, "a", "1");
  packages::Package& newer = add_package(m_to, PackageType::deb, "a", "2+b1");
  newer.source_version = "2";
  add_file(m_to, "usr/share/doc/a", "b", EntryType::symlink);
  add_file(m_to, "usr/share/doc/b/changelog.Debian.gz", "x");
  const Compared compared = compare(m_from, m_to);
  ASSERT_EQ(compared.changelogs.size(), 1U);
  EXPECT_EQ(compared.changelogs[0].older, "1");
  EXPECT_EQ(compared.changelogs[0].newer, "2");
  EXPECT_EQ(compared.changelogs[0].file.digest, digest_of("x"));
}

TEST_F(CompareTest, WhatImagesSayOfTheirOrigin) {
  m_from.manifest.annotations = {{"org.opencontainers.image.revision", "1"},
                                 {"org.opencontainers.image.base.name", "debian:12"}};
  m_to.config.json()["config"]["Labels"] = {{"org.opencontainers.image.revision", "2\n"}};
  const PlatformDifference difference = compare(m_from, m_to).difference;
  EXPECT_EQ(difference.code.from_revision, "1");
  EXPECT_EQ(difference.code.to_revision, "2\\n");
  EXPECT_EQ(difference.base.from_name, "debian:12");
  EXPECT_EQ(difference.base.to_name, std::nullopt);
}

TEST_F(CompareTest, LayersThatBothHaveAreNotSent) {
  m_from.manifest.layers = {descriptor("a", 10), descriptor("b", 20)};
  m_to.manifest.layers = {descriptor("a", 10), descriptor("c", 5), descriptor("c", 5)};
  const PlatformDifference difference = compare(m_from, m_to).difference;
  EXPECT_EQ(difference.from_size, 30U);
  EXPECT_EQ(difference.to_size, 20U);
  EXPECT_EQ(difference.sent_size, 5U);
}

TEST_F(CompareTest, NamesSteerNothing) {
  const std::string evil = "\x1b[2J\n\xe2\x80\xae\xff";
  const std::string shown = "\\x1b[2J\\n\\u{202e}\\xff";
  add_file(m_to, evil, "");
  add_package(m_to, PackageType::npm, evil, evil);
  const PlatformDifference difference = compare(m_from, m_to).difference;
  EXPECT_EQ(difference.files.at(0).path, shown);
  EXPECT_EQ(difference.packages.at(0).name, shown);
  EXPECT_EQ(difference.packages.at(0).to, shown);
}

TEST(Settings, ByFieldAndKey) {
  using nlohmann::json;
  const json from = {{"architecture", "amd64"},
                     {"history", json::array({1})},
                     {"config",
                      {{"Env", {"A=1", "B=1", "C"}},
                       {"User", "1"},
                       {"Cmd", {"a", "b"}},
                       {"ExposedPorts", {{"80/tcp", json::object()}}},
                       {"Volumes", nullptr}}}};
  const json to = {{"architecture", "amd64"},
                   {"config",
                    {{"Env", {"A=0", "A=2", "C"}},
                     {"User", ""},
                     {"Cmd", {"a", "b"}},
                     {"ExposedPorts", json::object()},
                     {"X\n", 1}}}};
  EXPECT_EQ(compare_settings(from, to),
            (std::vector<Setting>{{"Env", "A", "1", "2"},
                                  {"Env", "B", "1", std::nullopt},
                                  {"ExposedPorts", "80/tcp", "{}", std::nullopt},
                                  {"User", "", "1", std::nullopt},
                                  {"X\\n", "", std::nullopt, "1"}}));
}

}  // namespace
}  // namespace pinnace::difference
