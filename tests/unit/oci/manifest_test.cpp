#include "oci/manifest.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::oci {
namespace {

using nlohmann::json;

const std::string k_digest = "sha256:" + std::string(64, 'a');

json descriptor_json(std::string_view type = "text/plain") {
  return {{"mediaType", type}, {"digest", k_digest}, {"size", 7}};
}

json manifest_json() {
  return {{"schemaVersion", 2},
          {"mediaType", media_type::k_manifest},
          {"config", descriptor_json(media_type::k_config)},
          {"layers", {descriptor_json(media_type::k_layer_gzip)}}};
}

json index_json() {
  return {{"schemaVersion", 2},
          {"mediaType", media_type::k_index},
          {"manifests", {descriptor_json(media_type::k_manifest)}}};
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

struct TypeCase {
  const char* name;
  json value;
  std::string_view content_type;
  std::string_view expected;
};

TEST(RawManifest, TheMediaTypeComesFromTheFieldThenTheHeaderThenTheShape) {
  const auto untyped = [](json value) {
    value.erase("mediaType");
    return value;
  };
  const auto typed = [](json value, std::string_view type) {
    value["mediaType"] = type;
    return value;
  };
  const TypeCase cases[] = {
      {"field", manifest_json(), "", media_type::k_manifest},
      {"field, index", index_json(), "", media_type::k_index},
      {"field and header", manifest_json(), media_type::k_manifest, media_type::k_manifest},
      {"parameters", manifest_json(), "Application/vnd.oci.image.manifest.v1+JSON ; charset=utf-8",
       media_type::k_manifest},
      {"header", untyped(manifest_json()), media_type::k_docker_manifest,
       media_type::k_docker_manifest},
      {"header, list", untyped(index_json()), media_type::k_docker_manifest_list,
       media_type::k_docker_manifest_list},
      {"shape", untyped(manifest_json()), "", media_type::k_manifest},
      {"shape, index", untyped(index_json()), "", media_type::k_index},
      {"vague header", untyped(index_json()), "application/octet-stream", media_type::k_index},
      {"docker", typed(manifest_json(), media_type::k_docker_manifest), "",
       media_type::k_docker_manifest},
      {"docker list", typed(index_json(), media_type::k_docker_manifest_list), "",
       media_type::k_docker_manifest_list},
  };
  for (const TypeCase& one : cases) {
    const std::string bytes = one.value.dump(3) + "\n";
    const auto raw = RawManifest::from_bytes(bytes, one.content_type);
    EXPECT_EQ(raw.media_type, one.expected) << one.name;
    EXPECT_EQ(raw.bytes, bytes) << one.name;
    EXPECT_EQ(raw.digest, hash::Digest::of(bytes)) << one.name;
    EXPECT_EQ(raw.descriptor().size, bytes.size()) << one.name;
  }
}

struct BadBytes {
  std::string bytes;
  std::string_view content_type;
  const char* expected;
};

TEST(RawManifest, WhatIsNoManifestIsRefused) {
  auto both = manifest_json();
  both["manifests"] = json::array();
  auto wrong_shape = index_json();
  wrong_shape["mediaType"] = media_type::k_manifest;
  auto unknown = manifest_json();
  unknown["mediaType"] = "application/vnd.oci.artifact.manifest.v1+json";
  auto number = manifest_json();
  number["mediaType"] = 5;
  const BadBytes cases[] = {
      {"", "", "invalid_input: manifest: line 1, column 1: invalid JSON"},
      {"{\n \"a\": }", "", "manifest: line 2, column 7: invalid JSON"},
      {"[]", "", "manifest: expected an object"},
      {"\"text\"", "", "expected an object"},
      {"{}", "", "neither \"manifests\" nor \"layers\""},
      {"{\"layers\":null}", "", "neither"},
      {both.dump(), "", "both \"manifests\" and \"layers\""},
      {R"({"manifests":[],"config":{}})", "", "both"},
      {wrong_shape.dump(), "", "but the fields of an index"},
      {R"({"manifests":[]})", media_type::k_manifest, "but the fields of an index"},
      {R"({"layers":[]})", media_type::k_docker_manifest_list, "but the fields of an image"},
      {manifest_json().dump(), media_type::k_index, "but came as"},
      {manifest_json().dump(), media_type::k_docker_manifest, "but came as"},
      {unknown.dump(), "", "unsupported: the manifest has the media type"},
      {number.dump(), "", "manifest: /mediaType: expected a string"},
      {R"({"schemaVersion":1,"fsLayers":[]})", "", "Docker schema 1"},
      {R"({"schemaVersion":1})", "", "Docker schema 1"},
      {R"({"layers":[]})", "application/vnd.docker.distribution.manifest.v1+prettyjws",
       "Docker schema 1"},
      {std::string(k_max_manifest + 1, ' '), "", "the limit is 4 MiB"},
      {std::string(100'000, '['), "", "nested deeper than 64 levels"},
      {R"({"layers":[1e999]})", "", "out of range"},
      {"{\"layers\":[\"\xff\"]}", "", "invalid JSON"},
  };
  for (const BadBytes& bad : cases) {
    const std::string failure =
        failure_of([&] { RawManifest::from_bytes(bad.bytes, bad.content_type); });
    EXPECT_NE(failure.find(bad.expected), std::string::npos) << failure;
    EXPECT_LT(failure.size(), 600U);
  }
}

struct BadField {
  const char* pointer;  ///< what is replaced in a good manifest
  json value;           ///< discarded: removed
  std::string expected;
};

/// Applies each change to `good`; parsing it must then name the place.
template <class Parse>
void expect_refused(const json& good, const std::vector<BadField>& cases, Parse parse) {
  for (const BadField& bad : cases) {
    json changed = good;
    const json::json_pointer pointer(bad.pointer);
    if (bad.value.is_discarded()) {
      changed[pointer.parent_pointer()].erase(pointer.back());
    } else {
      changed[pointer] = bad.value;
    }
    std::string type(good["mediaType"]);
    const RawManifest raw{type, changed.dump(), hash::Digest::of("x")};
    const std::string failure = failure_of([&] { parse(raw); });
    EXPECT_EQ(failure.substr(0, 14), "invalid_input:") << bad.pointer << " gave " << failure;
    EXPECT_NE(failure.find(bad.expected), std::string::npos) << bad.pointer << " gave " << failure;
  }
}

const json k_removed = json(json::value_t::discarded);

TEST(Manifest, BadFieldsAreNamed) {
  auto good = manifest_json();
  good["layers"] = {descriptor_json(), descriptor_json(), descriptor_json()};
  expect_refused(
      good,
      {
          {"/schemaVersion", 1, "/schemaVersion: expected 2"},
          {"/schemaVersion", "2", "/schemaVersion: expected 2"},
          {"/schemaVersion", k_removed, "expected the field \"schemaVersion\""},
          {"/config", k_removed, "expected the field \"config\""},
          {"/config", 1, "/config: expected an object"},
          {"/layers", k_removed, "expected the field \"layers\""},
          {"/layers", json::object(), "/layers: expected an array"},
          {"/layers", json(1001, descriptor_json()), "/layers: expected at most 1000 items"},
          {"/layers/2", nullptr, "/layers/2: expected an object"},
          {"/layers/2/size", -1, "/layers/2/size: expected an unsigned integer"},
          {"/layers/2/size", 1.5, "/layers/2/size: expected an unsigned integer"},
          {"/layers/2/size", 1e3, "/layers/2/size: expected an unsigned integer"},
          {"/layers/2/size", "7", "/layers/2/size: expected an unsigned integer"},
          {"/layers/2/size", k_removed, "/layers/2: expected the field \"size\""},
          {"/layers/2/size", std::uint64_t{1} << 63U, "at most 2^63 - 1"},
          {"/layers/2/digest", "sha256:abc", "/layers/2/digest: invalid digest"},
          {"/layers/2/digest", "../../etc/passwd", "/layers/2/digest: invalid digest"},
          {"/layers/2/digest", 5, "/layers/2/digest: expected a string"},
          {"/layers/2/mediaType", "", "/layers/2/mediaType: expected a media type"},
          {"/layers/2/mediaType", k_removed, "/layers/2: expected the field \"mediaType\""},
          {"/layers/2/annotations", {{"a/b", 1}}, "/layers/2/annotations/a~1b: expected a string"},
          {"/layers/2/annotations", json::array(), "/layers/2/annotations: expected an object"},
          {"/layers/2/platform", "linux", "/layers/2/platform: expected an object"},
          {"/layers/2/platform", {{"os", 1}}, "/layers/2/platform/os: expected a string"},
          {"/layers/2/artifactType", 1, "/layers/2/artifactType: expected a string"},
          {"/subject", "x", "/subject: expected an object"},
          {"/artifactType", {1}, "/artifactType: expected a string"},
          {"/annotations", {{"a", nullptr}}, "/annotations/a: expected a string"},
      },
      [](const RawManifest& raw) { Manifest::parse(raw); });
}

TEST(Index, BadFieldsAreNamed) {
  expect_refused(index_json(),
                 {
                     {"/schemaVersion", 3, "/schemaVersion: expected 2"},
                     {"/manifests", k_removed, "expected the field \"manifests\""},
                     {"/manifests", 5, "/manifests: expected an array"},
                     {"/manifests", json(10'001, 0), "/manifests: expected at most 10000 items"},
                     {"/manifests/0/size", -5, "/manifests/0/size: expected an unsigned"},
                     {"/subject", json::object(), "/subject: expected the field \"mediaType\""},
                 },
                 [](const RawManifest& raw) { Index::parse(raw); });
}

TEST(Manifest, TheOtherKindIsRefused) {
  const auto manifest = RawManifest::from_bytes(manifest_json().dump());
  const auto index = RawManifest::from_bytes(index_json().dump());
  EXPECT_NE(failure_of([&] { Manifest::parse(index); }).find("expected an image manifest"),
            std::string::npos);
  EXPECT_NE(failure_of([&] { Index::parse(manifest); }).find("expected an image index"),
            std::string::npos);
}

TEST(Manifest, ReadsAndPrintsAllFields) {
  auto value = manifest_json();
  value["subject"] = descriptor_json(media_type::k_manifest);
  value["artifactType"] = "application/vnd.example";
  value["annotations"] = {{"z", "1"}, {"a", "2"}};
  value["layers"][0]["annotations"] = {{"k", "v"}};
  value["layers"][0]["urls"] = {"https://example.org"};
  value["layers"][0]["size"] = 9'223'372'036'854'775'807U;
  const auto raw = RawManifest::from_bytes(value.dump());
  const auto manifest = Manifest::parse(raw);
  EXPECT_EQ(manifest.layers.at(0).size, 9'223'372'036'854'775'807U);
  EXPECT_EQ(manifest.layers.at(0).other["urls"][0], "https://example.org");
  EXPECT_EQ(manifest.subject->media_type, media_type::k_manifest);
  EXPECT_EQ(manifest.annotations.at("a"), "2");
  EXPECT_EQ(manifest.to_raw().bytes, raw.bytes) << "canonical JSON comes out as it went in";
  EXPECT_EQ(manifest.to_raw().digest, raw.digest);
}

TEST(Manifest, NullsOfGoAreAbsent) {
  auto value = manifest_json();
  value["layers"] = nullptr;
  value["annotations"] = nullptr;
  value["subject"] = nullptr;
  value["artifactType"] = nullptr;
  const auto manifest =
      Manifest::parse({std::string(media_type::k_manifest), value.dump(), hash::Digest::of("x")});
  EXPECT_TRUE(manifest.layers.empty());
  EXPECT_FALSE(manifest.subject);
  EXPECT_FALSE(manifest.artifact_type);
}

TEST(Descriptor, UnknownFieldsComeBack) {
  auto value = descriptor_json();
  value["data"] = "e30=";
  value["x-later"] = {{"deep", {1, 2}}};
  value["platform"] = {{"os", "windows"},
                       {"architecture", "amd64"},
                       {"variant", "v2"},
                       {"os.version", "10.0"},
                       {"os.features", {"win32k"}}};
  value["annotations"] = {{"a", "b"}};
  value["artifactType"] = "text/x";
  const auto descriptor = Descriptor::from_json(value, "here");
  EXPECT_EQ(descriptor.platform->os_version, "10.0");
  EXPECT_EQ(descriptor.to_json(), value);
}

json entry_json(const char* os, const char* architecture, const char* variant, char digit) {
  json entry = descriptor_json(media_type::k_manifest);
  entry["digest"] = "sha256:" + std::string(64, digit);
  entry["platform"] = {{"os", os}, {"architecture", architecture}};
  if (*variant != '\0') entry["platform"]["variant"] = variant;
  return entry;
}

TEST(Index, FindsTheManifestOfAPlatform) {
  auto value = index_json();
  value["manifests"] = {
      descriptor_json(media_type::k_manifest), entry_json("unknown", "unknown", "", '0'),
      entry_json("linux", "arm", "v5", '1'),   entry_json("linux", "arm", "v6", '2'),
      entry_json("linux", "arm64", "v8", '3'), entry_json("linux", "amd64", "v3", '4'),
      entry_json("linux", "amd64", "", '5'),   entry_json("linux", "amd64", "", '6'),
      entry_json("windows", "amd64", "", '7')};
  const auto index = Index::parse(RawManifest::from_bytes(value.dump()));
  const std::pair<const char*, char> cases[] = {{"linux/amd64", '5'},    {"linux/amd64/v2", '5'},
                                                {"linux/amd64/v3", '4'}, {"linux/amd64/v4", '4'},
                                                {"linux/arm64", '3'},    {"linux/arm/v7", '2'},
                                                {"linux/arm/v5", '1'},   {"windows/amd64", '7'},
                                                {"linux/s390x", '-'},    {"unknown/unknown", '-'}};
  for (const auto& [platform, expected] : cases) {
    const Descriptor* found = index.find(Platform::parse(platform));
    EXPECT_EQ(found == nullptr ? '-' : found->digest.hex()[0], expected) << platform;
  }
}

TEST(Index, PrintsCanonically) {
  Index index{std::string(media_type::k_index), {}, {}, {}, {}};
  auto entry = Descriptor::from_json(descriptor_json(media_type::k_manifest), "x");
  entry.platform = Platform::parse("linux/arm64");
  index.manifests.push_back(entry);
  const auto raw = index.to_raw();
  EXPECT_EQ(raw.bytes,
            R"({"manifests":[{"digest":")" + k_digest +
                R"(","mediaType":"application/vnd.oci.image.manifest.v1+json",)"
                R"("platform":{"architecture":"arm64","os":"linux"},"size":7}],)"
                R"("mediaType":"application/vnd.oci.image.index.v1+json","schemaVersion":2})");
  EXPECT_EQ(Index::parse(raw).to_raw().bytes, raw.bytes);
}

}  // namespace
}  // namespace pinnace::oci
