#include "definition/lock_difference.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "lock_sample.hpp"

namespace pinnace::definition {
namespace {

using Kind = DifferenceItem::Kind;

std::string text_of(char digit) {
  return digest_of(digit).str();
}

TEST(Difference, IsEmptyForEqualLocks) {
  const LockDifference none = compare_locks(sample(), sample());
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.text(), "");
  EXPECT_FALSE(none.affects("linux/amd64"));
}

TEST(Difference, FindsWhatChanged) {
  const struct {
    const char* name;
    std::function<void(Lock&)> change;
    std::vector<DifferenceItem> items;
    bool affects_amd64;
    bool affects_arm64;
  } cases[] = {
      {"the index only",
       [](Lock& lock) { lock.images[0].digest = digest_of('c'); },
       {{Kind::image_changed,
         "debian:bookworm-slim",
         "",
         text_of('a'),
         text_of('c'),
         {"linux/amd64", "linux/arm64"}}},
       false,
       false},
      {"one platform",
       [](Lock& lock) {
         lock.images[0].digest = digest_of('c');
         lock.images[0].platforms.at("linux/amd64") = manifest_of('9');
       },
       {{Kind::image_changed,
         "debian:bookworm-slim",
         "",
         text_of('a'),
         text_of('c'),
         {"linux/arm64"}},
        {Kind::platform_changed, "debian:bookworm-slim", "linux/amd64", text_of('1'),
         text_of('9')}},
       true,
       false},
      {"a platform more",
       [](Lock& lock) {
         lock.images[0].digest = digest_of('c');
         lock.images[0].platforms.insert({"linux/riscv64", manifest_of('9')});
       },
       {{Kind::image_changed,
         "debian:bookworm-slim",
         "",
         text_of('a'),
         text_of('c'),
         {"linux/amd64", "linux/arm64"}},
        {Kind::platform_added, "debian:bookworm-slim", "linux/riscv64", "", text_of('9')}},
       false,
       false},
      {"a platform less",
       [](Lock& lock) {
         lock.images[0].digest = digest_of('c');
         lock.images[0].platforms.erase("linux/arm64");
       },
       {{Kind::image_changed,
         "debian:bookworm-slim",
         "",
         text_of('a'),
         text_of('c'),
         {"linux/amd64"}},
        {Kind::platform_removed, "debian:bookworm-slim", "linux/arm64", text_of('2'), ""}},
       false,
       true},
      {"an image less",
       [](Lock& lock) { lock.images.pop_back(); },
       {{Kind::image_removed, "registry.test/nginx:1", "", text_of('b'), ""}},
       true,
       true},
      {"an image more",
       [](Lock& lock) { lock.images.insert(lock.images.begin(), single_of("alpine:3", 'd')); },
       {{Kind::image_added, "alpine:3", "", "", text_of('d')}},
       true,
       true},
      {"the encoder",
       [](Lock& lock) { lock.encoder = "zstd/1.5.4:3"; },
       {{Kind::encoder_changed, "", "", "pinnace-deflate/1:fast", "zstd/1.5.4:3"}},
       true,
       true},
  };
  for (const auto& c : cases) {
    Lock now = sample();
    c.change(now);
    const LockDifference difference = compare_locks(sample(), now);
    EXPECT_EQ(difference.items, c.items) << c.name << "\n" << difference.text();
    EXPECT_EQ(difference.affects("linux/amd64"), c.affects_amd64) << c.name;
    EXPECT_EQ(difference.affects("linux/arm64"), c.affects_arm64) << c.name;
  }
}

TEST(Difference, SaysThatAPlatformStayedTheSame) {
  Lock now = sample();
  now.images[0].digest = digest_of('c');
  const std::string text = compare_locks(sample(), now).text();
  for (const std::string& part : {std::string("debian:bookworm-slim"), text_of('a'), text_of('c'),
                                  std::string("linux/amd64"), std::string("linux/arm64")}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in:\n" << text;
  }
  EXPECT_EQ(text.find("nginx"), std::string::npos) << text;
  EXPECT_EQ(text.back(), '\n');
}

TEST(Difference, TellsTheTimestampApart) {
  Lock now = sample();
  now.created.reset();
  const LockDifference difference = compare_locks(sample(), now);
  ASSERT_EQ(difference.items.size(), 1U);
  EXPECT_EQ(difference.items[0].kind, Kind::created_changed);
  EXPECT_FALSE(difference.items[0].before.empty());
  EXPECT_TRUE(difference.items[0].after.empty());
  EXPECT_TRUE(difference.affects("linux/amd64"));
}

}  // namespace
}  // namespace pinnace::definition
