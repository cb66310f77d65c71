#include "disk/layout_index.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::disk {
namespace {

using nlohmann::json;

json entry(char digit, const json& annotations = json::object()) {
  json one = {{"mediaType", oci::media_type::k_manifest},
              {"digest", "sha256:" + std::string(64, digit)},
              {"size", 2}};
  if (!annotations.empty()) one["annotations"] = annotations;
  return one;
}

json for_platform(char digit, const char* architecture) {
  json one = entry(digit);
  one["platform"] = {{"os", "linux"}, {"architecture", architecture}};
  return one;
}

LayoutIndex index_of(const json& entries) {
  return LayoutIndex::parse(json{{"schemaVersion", 2}, {"manifests", entries}}.dump(),
                            "index.json");
}

/// The digit of the digest that is meant without a tag; "-" for none, else what is complained of.
std::string meant(const json& entries) {
  try {
    const auto found = index_of(entries).find_default();
    return found ? std::string(found->digest.hex().substr(0, 1)) : "-";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::invalid_input);
    return error.what();
  }
}

TEST(LayoutIndex, WithoutATagLatestIsMeantElseTheOnlyImage) {
  EXPECT_EQ(meant(json::array()), "-");
  EXPECT_EQ(meant(json::array({entry('a')})), "a");
  EXPECT_EQ(meant(json::array({entry('a', {{k_ref_name, "localhost/app:1.2"}})})), "a");
  EXPECT_EQ(meant({entry('a', {{k_ref_name, "2"}}), entry('b', {{k_ref_name, "latest"}})}), "b");
  EXPECT_EQ(meant({entry('a', {{k_ref_name, "1"}}), entry('a', {{k_ref_name, "2"}})}), "a");
  // What refers to it, by digest.
  EXPECT_EQ(meant({entry('b'), entry('a', {{k_ref_name, "1"}}), entry('c')}), "a");
}

TEST(LayoutIndex, FindsManyTagsAsItFindsOne) {
  const LayoutIndex index =
      index_of({entry('a', {{k_ref_name, "1"}}), entry('b', {{k_ref_name, "localhost/app:2"}}),
                entry('c', {{k_ref_name, "other/app:3"}}), entry('d', {{k_ref_name, "more/app:3"}}),
                entry('e', {{k_image_name, "docker.io/library/web:4"}}), entry('f')});
  const std::vector<std::string> tags = {"2", "1", "3", "none", "docker.io/library/web:4", "4"};
  std::string digits;
  for (const auto& found : index.find_tags(tags)) digits += found ? found->digest.hex()[0] : '-';
  EXPECT_EQ(digits, "ba--ee");
  std::string one_by_one;
  for (const std::string& tag : tags) {
    const auto found = index.find_tag(tag);
    one_by_one += found ? found->digest.hex()[0] : '-';
  }
  EXPECT_EQ(one_by_one, digits);
  EXPECT_THROW(
      index_of({entry('a', {{k_ref_name, "1"}}), entry('b', {{k_ref_name, "1"}})}).find_tags({"1"}),
      base::Error);
}

TEST(LayoutIndex, SeveralAreListed) {
  EXPECT_EQ(meant({for_platform('a', "amd64"), for_platform('b', "arm64")}),
            "index.json lists several images, expected the tag or digest (@sha256:...) of one: "
            "sha256:" +
                std::string(64, 'a') + " (linux/amd64), sha256:" + std::string(64, 'b') +
                " (linux/arm64)");
  EXPECT_NE(
      meant({entry('a', {{k_ref_name, "1"}}), entry('b', {{k_ref_name, "2"}})}).find(": 1, 2"),
      std::string::npos);
}

/// As docker save and `ctr images export` write them: what is shown can be taken.
TEST(LayoutIndex, TagsAreNamesThatAreFound) {
  const auto named = [](char digit, const char* tag, const char* whole) {
    json annotations = json::object();
    if (tag != nullptr) annotations[k_ref_name] = tag;
    if (whole != nullptr) annotations[k_image_name] = whole;
    return entry(digit, annotations);
  };
  const LayoutIndex index =
      index_of({named('a', "1", "hub.example/a:1"), named('b', "1", "hub.example/b:1"),
                named('c', "2", "hub.example/c:2"), named('d', nullptr, "hub.example/d:3"),
                named('e', "4", nullptr), named('e', "4", nullptr), entry('f')});
  EXPECT_EQ(index.tags(), (std::vector<std::string>{"2", "4", "hub.example/a:1", "hub.example/b:1",
                                                    "hub.example/d:3"}));
  EXPECT_EQ(index.whole_names(),
            (std::vector<std::string>{"4", "hub.example/a:1", "hub.example/b:1", "hub.example/c:2",
                                      "hub.example/d:3"}));
  for (const auto& names : {index.tags(), index.whole_names()}) {
    for (const std::string& name : names) EXPECT_TRUE(index.find_tag(name)) << name;
  }
}

TEST(LayoutIndex, TheNameOfContainerdIsOne) {
  const LayoutIndex index =
      index_of({entry('a', {{k_image_name, "hub.example/me/app:1.2"}, {k_ref_name, "1.2"}}),
                entry('b', {{k_image_name, "hub.example/me/other:1.3"}})});
  EXPECT_EQ(index.find_tag("hub.example/me/app:1.2")->digest.hex()[0], 'a');
  EXPECT_EQ(index.find_tag("1.2")->digest.hex()[0], 'a');
  EXPECT_EQ(index.find_tag("1.3")->digest.hex()[0], 'b');
  EXPECT_FALSE(index.find_tag("1.4"));
}

}  // namespace
}  // namespace pinnace::disk
