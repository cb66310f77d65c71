#include "packages/dpkg.hpp"
#include "base/error.hpp"

#include <gtest/gtest.h>

namespace pinnace::packages {
namespace {

using namespace std::string_view_literals;
using Texts = std::vector<std::string>;

TEST(DpkgStatus, PackagesThatAreThere) {
  const Found found = read_dpkg_status(
      "Package: libc6\nStatus: install ok installed\nPriority: optional\nArchitecture: amd64\n"
      "Multi-Arch: same\nSource: glibc\nVersion: 2.36-9+deb12u10\nConffiles:\n"
      " /etc/ld.so.conf.d/x86_64-linux-gnu.conf d4e7a7b88a71b5ffd9e2644e71a0cfab\n"
      "Description: GNU C Library\n Shared libraries\n .\n Version: 1 of a description\n"
      "\n"
      "Package: removed\nStatus: deinstall ok config-files\nVersion: 1\nArchitecture: all\n\n"
      "Package: never\nStatus: unknown ok not-installed\n\n"
      "Package: held\nStatus: hold ok unpacked\nVersion: 1:2~rc1\nArchitecture: all\n"
      "Source: held-src (2~rc1)\n");
  ASSERT_EQ(found.packages.size(), 2U);
  EXPECT_EQ(found.packages[0], (Package{.type = PackageType::deb,
                                        .name = "libc6",
                                        .version = "2.36-9+deb12u10",
                                        .architecture = "amd64",
                                        .source = "glibc",
                                        .files = {{"etc/ld.so.conf.d/x86_64-linux-gnu.conf",
                                                   "md5:d4e7a7b88a71b5ffd9e2644e71a0cfab"}}}));
  EXPECT_EQ(found.packages[1], (Package{.type = PackageType::deb,
                                        .name = "held",
                                        .version = "1:2~rc1",
                                        .architecture = "all",
                                        .source = "held-src",
                                        .source_version = "2~rc1"}));
  EXPECT_EQ(found.problems, Texts{});
}

TEST(DpkgStatus, FilesOfConfigurationHaveDigests) {
  const Found found = read_dpkg_status(
      "Package: a\nConffiles:\n /etc/a b d4e7a7b88a71b5ffd9e2644e71a0cfab obsolete\n"
      " /etc/c newconffile\n");
  EXPECT_EQ(found.packages.at(0).files,
            (FilePaths{{"etc/a b", "md5:d4e7a7b88a71b5ffd9e2644e71a0cfab"}}));
}

TEST(DpkgStatus, FieldsThatStandTwiceAreProblems) {
  const Found found = read_dpkg_status("Package: a\nVersion: 1\nversion: 2\n\nPackage: b\n");
  EXPECT_EQ(found.packages.at(0).version, "1");
  EXPECT_EQ(found.problems,
            Texts{"package a: Version stands twice, which dpkg refuses; the first one is taken"});
}

TEST(DpkgStatus, FilesOfStatusDHaveNoStatus) {
  const Found found = read_dpkg_status("package: base-files\r\nVERSION: 12.4\r\n\r\n\r\n");
  ASSERT_EQ(found.packages.size(), 1U);
  EXPECT_EQ(found.packages[0].name, "base-files");
  EXPECT_EQ(found.packages[0].version, "12.4");
}

TEST(DpkgStatus, BrokenDatabasesGiveWhatCanBeRead) {
  const Found found =
      read_dpkg_status("Version: 1\n\ngarbage\n:\n continued\nPackage: a\x1b[31m\0\xff\n"sv);
  ASSERT_EQ(found.packages.size(), 1U);
  EXPECT_EQ(found.packages[0].name, "a\x1b[31m\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(found.problems, Texts{"a paragraph without a package's name"});
  EXPECT_EQ(read_dpkg_status("").packages.size(), 0U);
  EXPECT_EQ(read_dpkg_status("\n\n \n").packages.size(), 0U);
}

TEST(DpkgStatus, ManyProblemsAreAFew) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "Version: 1\n\n";
  EXPECT_EQ(read_dpkg_status(text).problems.size(), 21U);
}

TEST(DpkgStatus, MorePackagesThanAnySystemHasAreAProblem) {
  std::string text;
  for (int i = 0; i < 200'001; ++i) text += "Package:a\n\n";
  const Found found = read_dpkg_status(text);
  EXPECT_EQ(found.packages.size(), 200'000U);
  EXPECT_EQ(found.problems, Texts{"more than 200,000 packages"});
}

TEST(DpkgStatus, LongTextsAreCutAtACharacter) {
  std::string name;
  for (int i = 0; i < 3000; ++i) name += "\xc3\xa9";
  const Found found = read_dpkg_status("Package: a" + name);
  EXPECT_EQ(found.packages[0].name, "a" + name.substr(0, 4094));
}

TEST(DpkgList, PathsWithoutTheRoot) {
  EXPECT_EQ(read_dpkg_list("/.\n/bin\n/bin/a b\n\n"), (FilePaths{{"bin"}, {"bin/a b"}}));
  EXPECT_EQ(read_dpkg_list("/" + std::string(5000, 'x')), FilePaths{});
  std::string lines;
  for (int i = 0; i < 2'200'000; ++i) lines += "a\n";
  EXPECT_THROW(read_dpkg_list(lines), base::Error);
}

TEST(DpkgMd5sums, PathsBehindDigests) {
  EXPECT_EQ(read_dpkg_md5sums("d4e7a7b88a71b5ffd9e2644e71a0cfab  usr/bin/x y\nshort  a\n"
                              "d4e7a7b88a71b5ffd9e2644e71a0cfab\n"),
            (FilePaths{{"usr/bin/x y", "md5:d4e7a7b88a71b5ffd9e2644e71a0cfab"}}));
}

TEST(DebianCopyright, OnlyTheFormatThatMachinesRead) {
  EXPECT_EQ(read_debian_copyright("Format: https://www.debian.org/doc/copyright-format/1.0/\n\n"
                                  "Files: *\nLicense: GPL-2+\n\nFiles: a\nLicense: Expat\n text\n"
                                  "\nLicense: GPL-2+\n whole text\n"),
            (Texts{"Expat", "GPL-2+"}));
  EXPECT_EQ(read_debian_copyright("It was downloaded from there.\n\nLicense: GPL\n"), Texts{});
}

}  // namespace
}  // namespace pinnace::packages
