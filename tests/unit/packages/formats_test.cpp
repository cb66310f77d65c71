#include <gtest/gtest.h>

#include "base/error.hpp"
#include "packages/apk.hpp"
#include "packages/gem.hpp"
#include "packages/npm.hpp"
#include "packages/os_release.hpp"
#include "packages/paragraphs.hpp"
#include "packages/python.hpp"

namespace pinnace::packages {
namespace {

using Texts = std::vector<std::string>;

TEST(Apk, PackagesWithTheirFiles) {
  const Found found = read_apk_installed(
      "C:Q1qKcZ+j23xssAXmgQhkOO8dHnbWw=\nP:musl\nV:1.2.5-r0\nA:x86_64\nS:383459\nL:MIT\no:musl\n"
      "F:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\nZ:Q1vl9dyX5wQLqTYxhhXuOTfqPVXGs=\nF:\nR:top\n\n"
      "P:busybox\nV:1.36.1-r29\nA:x86_64\nL:GPL-2.0-only\no:busybox\nF:bin\nM:0:0:1777\nF:etc\nR:a "
      "b\n");
  ASSERT_EQ(found.packages.size(), 2U);
  EXPECT_EQ(found.packages[0], (Package{.type = PackageType::apk,
                                        .name = "musl",
                                        .version = "1.2.5-r0",
                                        .architecture = "x86_64",
                                        .source = "musl",
                                        .licences = {"MIT"},
                                        .files = {{"lib/ld-musl-x86_64.so.1",
                                                   "sha1:be5f5dc97e7040ba936318615ee3937ea3d55c6b"},
                                                  {"top"}}}));
  EXPECT_EQ(found.packages[1].files, FilePaths{{"etc/a b"}});
}

TEST(Apk, HostileDatabases) {
  std::string text = "P:a\nF:" + std::string(4000, 'd') + "\n";
  for (int i = 0; i < 200'000; ++i) text += "R:f\n";
  const Found bomb = read_apk_installed(text);
  std::size_t bytes = 0;
  for (const FilePath& path : bomb.packages.at(0).files) bytes += path.bytes.size();
  EXPECT_LT(bytes, std::size_t{257} << 20);
  EXPECT_FALSE(bomb.problems.empty());
  EXPECT_EQ(read_apk_installed("V:1\n\nR\n:\nx").problems.size(), 1U);
  const Found twice = read_apk_installed("P:a\nV:1\nP:b\nV:2\n");
  EXPECT_EQ(twice.packages.at(0).name + twice.packages.at(0).version, "b2");
  EXPECT_EQ(twice.problems.size(), 2U);
  const std::string digest = "Z:Q1vl9dyX5wQLqTYxhhXuOTfqPVXGs=\n";
  const Found long_path =
      read_apk_installed("P:a\nR:x\nR:" + std::string(5000, 'y') + "\n" + digest);
  EXPECT_EQ(long_path.packages.at(0).files, FilePaths{{"x"}}) << "a digest of another file";
}

TEST(Gem, WhatRubyGemsWrites) {
  const Found found = read_gemspec(
      "# -*- encoding: utf-8 -*-\n# stub: nokogiri 1.16.2 x86_64-linux lib\n\n"
      "Gem::Specification.new do |s|\n  s.name = \"nokogiri\".freeze\n  s.version = \"1.16.2\"\n"
      "  s.platform = Gem::Platform.new([\"x86_64\".freeze, \"linux\".freeze, nil])\n"
      "  s.required_rubygems_version = Gem::Requirement.new(\">= 0\".freeze) if s.respond_to? "
      ":required_rubygems_version=\n  s.licenses = [\"MIT\".freeze, 'Ruby']\n"
      "  s.summary = \"a \\\"quoted\\\" = b\"\n"
      "  s.add_runtime_dependency(%q<racc>.freeze, [\"~> 1.4\".freeze])\nend\n");
  ASSERT_EQ(found.packages.size(), 1U);
  EXPECT_EQ(found.packages[0], (Package{.type = PackageType::gem,
                                        .name = "nokogiri",
                                        .version = "1.16.2",
                                        .architecture = "x86_64",
                                        .licences = {"MIT", "Ruby"}}));
  EXPECT_EQ(read_gemspec("s.name = NAME\ns.version = \"1").problems.size(), 1U);
  EXPECT_EQ(read_gemspec("s.name = 'a'\ns.version = '1'\ns.version = '2'\n").packages.at(0).version,
            "2");
}

TEST(Npm, NamesScopesAndLicences) {
  const auto one = [](std::string_view text) { return read_package_json(text).packages.at(0); };
  EXPECT_EQ(one(R"({"name":"@babel/core","version":"7.24.0","license":"MIT"})"),
            (Package{.type = PackageType::npm,
                     .group = "@babel",
                     .name = "core",
                     .version = "7.24.0",
                     .licences = {"MIT"}}));
  EXPECT_EQ(
      one("\xef\xbb\xbf{\"name\":\"a\",\"version\":\"1\",\"licenses\":[{\"type\":\"X\"},\"A\",3]}")
          .licences,
      (Texts{"A", "X"}));
  EXPECT_EQ(one(R"({"name":"a","version":"1","version":"2"})").version, "2");
  EXPECT_EQ(one(R"({"name":"a"})").version, "");
  EXPECT_EQ(read_package_json(R"({"type":"module"})"), Found{});
  EXPECT_EQ(read_package_json(R"({"name":["a"],"version":"1"})"), Found{});
  EXPECT_EQ(read_package_json("[]"), Found{});
  EXPECT_EQ(read_package_json("{").problems.size(), 1U);
  EXPECT_EQ(read_package_json(std::string(100'000, '[')).problems.size(), 1U);
}

TEST(Python, Metadata) {
  const auto one = [](std::string_view text) { return read_python_metadata(text).packages.at(0); };
  EXPECT_EQ(
      one("Metadata-Version: 2.1\nName: Foo_Bar\nVersion: 1.0\nLicense: BSD\n\nName: no\n"),
      (Package{
          .type = PackageType::pypi, .name = "Foo_Bar", .version = "1.0", .licences = {"BSD"}}));
  EXPECT_EQ(one("Name: a\nLicense: MIT License\n\tlong text\n"
                "Classifier: License :: OSI Approved :: MIT License\n")
                .licences,
            Texts{"MIT License"});
  EXPECT_EQ(one("Name: a\nLicense-Expression: MIT OR Apache-2.0\nLicense: x\n").licences,
            Texts{"MIT OR Apache-2.0"});
  const Found twice = read_python_metadata("Name: a\nVersion: 1\nVersion: 2\n");
  EXPECT_EQ(twice.packages.at(0).version, "1");
  EXPECT_EQ(twice.problems.size(), 1U);
  EXPECT_EQ(named_by_directory("Foo_Bar-1.0-x.dist-info").version, "1.0-x");
  EXPECT_EQ(read_python_metadata("Version: 1\n").problems.size(), 1U);
  EXPECT_EQ(read_python_metadata("").problems.size(), 1U);
}

TEST(Python, FilesOfRecords) {
  EXPECT_EQ(read_python_record("a/"
                               "__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,"
                               "0\nx,sha256=x,1\n\"b,\"\"c\"\"\",,\n../../bin/a,,\n\n\"open"),
            (FilePaths{{"a/__init__.py",
                        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
                       {"x"},
                       {"b,\"c\""},
                       {"../../bin/a"},
                       {"open"}}));
  EXPECT_EQ(read_installed_files("../a.py\r\nPKG-INFO\n"), (FilePaths{{"../a.py"}, {"PKG-INFO"}}));
}

TEST(Python, PathsStayBelowTheRoot) {
  EXPECT_EQ(path_below("usr/lib/python3", "a/b"), "usr/lib/python3/a/b");
  EXPECT_EQ(path_below("usr/lib", "../bin/./x"), "usr/bin/x");
  EXPECT_EQ(path_below("usr/lib", "/opt//x"), "opt/x");
  EXPECT_EQ(path_below("usr", "../../../etc/passwd"), "");
}

TEST(FilePaths, EscapesAreReversible) {
  std::string all;
  for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
  for (const std::string& bytes : {all, std::string("a b\\x41\x1b"), std::string("\xc3\xa9\xc3")})
    EXPECT_EQ(unescaped(escaped(bytes)), bytes);
  EXPECT_EQ(escaped("a b\\\xc3\xa9\xff"), "a\\x20b\\x5c\xc3\xa9\\xff");
  for (const char* text : {"\\", "\\x", "\\x1", "\\y11", "\\x1g"})
    EXPECT_THROW(unescaped(text), base::Error) << text;
}

TEST(OsReleaseFile, AsShellsReadIt) {
  EXPECT_EQ(
      read_os_release("# x\nID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME='a \"b\" \\'\nNAME\n=\n"),
      (OsRelease{"debian", "12", "a \"b\" \\"}));
  EXPECT_EQ(read_os_release("ID=\"a\\\"b\\$c\nVERSION_ID=\""), (OsRelease{"a\"b$c", "", ""}));
}

TEST(Purls, OfEachType) {
  const OsRelease debian{"debian", "12", ""};
  const auto purl_of = [&](PackageType type, std::string group, std::string name,
                           std::string version, std::string architecture = {}) {
    return purl({.type = type,
                 .group = std::move(group),
                 .name = std::move(name),
                 .version = std::move(version),
                 .architecture = std::move(architecture)},
                debian);
  };
  using Type = PackageType;
  EXPECT_EQ(purl_of(Type::deb, "", "libc6", "1:2.36-9+deb12u10", "amd64"),
            "pkg:deb/debian/libc6@1:2.36-9%2Bdeb12u10?arch=amd64&distro=debian-12");
  EXPECT_EQ(purl_of(Type::rpm, "", "bash", "2:5.2-1", "x86_64"),
            "pkg:rpm/debian/bash@5.2-1?arch=x86_64&distro=debian-12&epoch=2");
  EXPECT_EQ(purl_of(Type::npm, "@babel", "core", "7"), "pkg:npm/%40babel/core@7");
  EXPECT_EQ(purl_of(Type::maven, "org.a", "b", "1"), "pkg:maven/org.a/b@1");
  EXPECT_EQ(purl_of(Type::pypi, "", "Foo_Bar", ""), "pkg:pypi/foo-bar");
  EXPECT_EQ(purl_of(Type::golang, "", "github.com/A/b", "v1.0.0+incompatible"),
            "pkg:golang/github.com/A/b@v1.0.0%2Bincompatible");
  EXPECT_EQ(purl_of(Type::gem, "", "x", "1", "java"), "pkg:gem/x@1?platform=java");
  EXPECT_EQ(purl_of(Type::cargo, "", "a/b c\n", "1"), "pkg:cargo/a%2Fb%20c%0A@1");
}

TEST(Found, HasNoMoreTextsThanFit) {
  Found found;
  const Package package{.name = "a", .version = std::string(4000, 'v'), .licences = {"x"}};
  int added = 0;
  while (added < 40'000 && found.add(package)) ++added;
  EXPECT_GT(added, 20'000);
  EXPECT_LT(added, 40'000);
  EXPECT_EQ(found.problems.size(), 1U);
}

TEST(Paragraphs, KeepNoMoreFieldsThanAnyHas) {
  std::string text = "Name: a\n";
  for (int i = 0; i < 20'000; ++i) text += "x:\n";
  const auto paragraph = Paragraphs(text).next();
  ASSERT_TRUE(paragraph);
  EXPECT_EQ(paragraph->find("Name"), "a");
  EXPECT_EQ(paragraph->fields().size(), Paragraph::k_max_fields);
}

}  // namespace
}  // namespace pinnace::packages
