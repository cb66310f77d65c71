#include "tracing/contents.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tracing/unknown.hpp"

namespace pinnace::tracing {
namespace {

using inventory::ImageInventory;
using inventory::InstalledPackage;
using origin::Owner;
using packages::PackageType;

void add_file(ImageInventory& image, const std::string& path, std::size_t layer) {
  inventory::Entry entry;
  entry.path = path;
  entry.digest = hash::Digest::of(path);
  image.files[path] = {entry, layer};
}

InstalledPackage package(PackageType type, const std::string& name, const std::string& path,
                         std::size_t layer) {
  InstalledPackage one;
  one.package.type = type;
  one.package.name = name;
  one.package.version = "1";
  one.path = path;
  one.layer = layer;
  return one;
}

/// A base of one layer, with a package that has a program in Go, and two layers on it.
ImageInventory inventory_of() {
  ImageInventory image;
  InstalledPackage tool = package(PackageType::deb, "tool", "var/lib/dpkg/status", 0);
  tool.package.files = {{"bin/tool"}};
  InstalledPackage inner = package(PackageType::maven, "inner", "opt/a.jar", 1);
  inner.package.inside = "lib/inner.jar";
  InstalledPackage itself = package(PackageType::maven, "a", "opt/a.jar", 1);
  itself.package.group = "org.a";
  image.packages = {tool, package(PackageType::golang, "tool", "usr/bin/tool", 0), inner, itself,
                    package(PackageType::npm, "x", "app/node_modules/x/package.json", 2)};
  add_file(image, "usr/bin/tool", 0);
  add_file(image, "opt/a.jar", 1);
  inventory::Entry link;
  link.type = archive::EntryType::symlink;
  link.path = "bin";
  link.link_target = "usr/bin";
  image.files["bin"] = {link, 0};
  return image;
}

TraceResult result_with(std::optional<std::uint64_t> base_layers) {
  TraceResult result;
  result.base.layers = base_layers;
  return result;
}

TEST(Contents, OwnArtifactsAreThoseThatNoPackageOfTheSystemHas) {
  TraceResult result = result_with({});
  add_contents(inventory_of(), result);
  ASSERT_EQ(result.artifacts.size(), 1U);
  EXPECT_EQ(result.artifacts[0].path, "opt/a.jar");
  EXPECT_EQ(result.artifacts[0].purl, "pkg:maven/org.a/a@1");
  EXPECT_EQ(result.artifacts[0].layer, 1U);
}

TEST(Contents, PackagesAreCountedByTypeAndOwner) {
  TraceResult known = result_with(1);
  add_contents(inventory_of(), known);
  ASSERT_EQ(known.packages.size(), 4U);
  EXPECT_EQ(known.packages[0].type, "deb");
  EXPECT_EQ(known.packages[0].of_base, 1U);
  EXPECT_EQ(known.packages[2].count, 2U);
  EXPECT_EQ(known.packages[2].of_base, 0U);
  TraceResult unknown = result_with({});
  add_contents(inventory_of(), unknown);
  EXPECT_EQ(unknown.packages[0].of_base, std::nullopt);
}

TEST(Contents, PackagesAreFoundByNameAndVersion) {
  for (const auto& [name, count] : std::map<std::string, std::size_t>{
           {"tool", 2}, {"tool=1", 2}, {"tool=2", 0}, {"org.a:a", 1}, {"a", 1}, {"", 0}}) {
    TraceResult result = result_with(1);
    answer_package(inventory_of(), name, result);
    EXPECT_EQ(result.answers.size(), count) << name;
  }
}

TEST(Contents, AFileHasItsPackageThroughLinks) {
  for (const char* path : {"/bin/tool", "usr/bin/tool", "/usr/bin/../bin/tool"}) {
    TraceResult result = result_with(1);
    answer_path(inventory_of(), path, result);
    ASSERT_EQ(result.answers.size(), 1U) << path;
    EXPECT_EQ(result.answers[0].path, "usr/bin/tool");
    EXPECT_EQ(result.answers[0].purl, "pkg:deb/tool@1");
    EXPECT_EQ(result.answers[0].owner, Owner::base);
  }
  TraceResult result = result_with(1);
  answer_path(inventory_of(), "/opt/a.jar", result);
  EXPECT_EQ(result.answers.at(0).purl, "pkg:maven/org.a/a@1");
  EXPECT_EQ(result.answers.at(0).owner, Owner::own);
}

TEST(Contents, LayersHaveTheInstructionsThatMadeThem) {
  image::ImageContents contents{{}, oci::Config(oci::Platform{"linux", "amd64", "", ""})};
  for (const char* text : {"one", "two", "three"}) {
    oci::Descriptor layer = oci::RawManifest::from_bytes("{\"layers\":[]}").descriptor();
    layer.digest = hash::Digest::of(text);
    contents.layers.push_back(layer);
  }
  auto& history = contents.config.json()["history"];
  history = {{{"created_by", "FROM"}},
             {{"created_by", "ENV A=1"}, {"empty_layer", true}},
             {{"created_by", "COPY \x1b[31m"}},
             {{"comment", "?"}}};
  TraceResult result = result_with(1);
  add_layers(contents, inventory_of(), result);
  ASSERT_EQ(result.layers.size(), 3U);
  EXPECT_EQ(result.layers[0].instruction, "FROM");
  EXPECT_EQ(result.layers[0].owner, Owner::base);
  EXPECT_EQ(result.layers[0].packages, 2U);
  EXPECT_EQ(result.layers[1].instruction, "COPY \\x1b[31m");
  EXPECT_EQ(result.layers[1].owner, Owner::own);
  EXPECT_EQ(result.layers[2].instruction, std::nullopt);
  history.erase(0);
  TraceResult odd = result_with({});
  add_layers(contents, inventory_of(), odd);
  EXPECT_EQ(odd.layers[0].instruction, std::nullopt) << "a history of other layers";
  EXPECT_EQ(odd.layers[0].owner, Owner::unknown);
}

bool says(const TraceResult& result, const std::string& what) {
  return std::any_of(result.unknown.begin(), result.unknown.end(),
                     [&](const std::string& one) { return one.find(what) != std::string::npos; });
}

TEST(Unknown, WhatIsNotKnownIsSaid) {
  TraceResult nothing;
  add_unknown(3, nothing);
  for (const char* what : {"no provenance", "not signed", "which base it has", "3 files"})
    EXPECT_TRUE(says(nothing, what)) << what;
  TraceResult all;
  all.base = {"base", "sha256:1", 1, {}, {}};
  origin::Build build;
  build.is_signed = true;
  build.revision = "1";
  build.builder = "b";
  build.complete = true;
  all.builds = {build};
  add_unknown(0, all);
  ASSERT_EQ(all.unknown.size(), 1U);
  EXPECT_TRUE(says(all, "no key was looked at"));
  for (int i = 0; i < 5000; ++i) all.builds[0].not_recorded.emplace_back("x");
  add_unknown(0, all);
  EXPECT_LE(all.unknown.size(), 1000U);
}

}  // namespace
}  // namespace pinnace::tracing
