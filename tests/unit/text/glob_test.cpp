#include "text/glob.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/error.hpp"

namespace pinnace::text {
namespace {

TEST(Glob, Matches) {
  const struct {
    const char* pattern;
    const char* path;
    bool matches;
  } cases[] = {
      {"target/shop.jar", "target/shop.jar", true},
      {"target/shop.jar", "target/shop.jars", false},
      {"target/shop.jar", "target", false},
      {"*.jar", "shop.jar", true},
      {"*.jar", ".jar", true},
      {"*.jar", ".hidden.jar", true},
      {"*.jar", "lib/shop.jar", false},
      {"*.jar", "shop.jar.bak", false},
      {"target/*", "target/a", true},
      {"target/*", "target/a/b", false},
      {"target/*", "target", false},
      {"a*b*c", "abc", true},
      {"a*b*c", "aXbXbc", true},
      {"a*b*c", "aXbXb", false},
      {"shop-?.jar", "shop-1.jar", true},
      {"shop-?.jar", "shop-.jar", false},
      {"shop-?.jar", "shop-12.jar", false},
      {"a?b", "a/b", false},
      {"?", "\xc3\xa4", true},
      {"?", "\xff", true},
      {"**/*.jar", "shop.jar", true},
      {"**/*.jar", "a/b/c/shop.jar", true},
      {"**/*.jar", "a/b/c/shop.war", false},
      {"a/**/z", "a/z", true},
      {"a/**/z", "a/b/z", true},
      {"a/**/z", "a/b/c/z", true},
      {"a/**/z", "ab/z", false},
      {"a/**/z", "a/bz", false},
      {"a/**/**/z", "a/z", true},
      {"a/**/b/**/z", "a/1/b/2/3/z", true},
      {"a/**/b/**/z", "a/1/2/3/z", false},
      {"a/**", "a/b", true},
      {"a/**", "a/b/c", true},
      {"a/**", "ab", false},
      {"**", "a", true},
      {"**", "a/b/c", true},
      {"[a-c]1", "b1", true},
      {"[a-c]1", "d1", false},
      {"[!a-c]1", "d1", true},
      {"[!a-c]1", "b1", false},
      {"[^a-c]1", "d1", true},
      {"a[!x]b", "a/b", false},
      {"a[.-0]b", "a/b", false},
      {"[\\]]", "]", true},
      {"[\\!a]", "!", true},
      {"[\xc3\xa4-\xc3\xbc]", "\xc3\xb6", true},
      {"\\*", "*", true},
      {"\\*", "a", false},
      {"a\\[b", "a[b", true},
      {"a\\\\b", "a\\b", true},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Glob(c.pattern).matches(c.path), c.matches) << c.pattern << " and " << c.path;
  }
}

TEST(Glob, RefusesWhatIsNoPattern) {
  const struct {
    std::string pattern;
    const char* message;
  } cases[] = {
      {"a[b", "["},         {"a[]b", "["}, {"[z-a]", "["},
      {"a\\", "backslash"}, {"a[b\\", ""}, {"a**/b", "**"},
      {"a/**b", "**"},      {"***", "**"}, {std::string(Pattern::k_max_length + 1, 'a'), "4096"},
  };
  for (const auto& c : cases) {
    try {
      Glob glob(c.pattern);
      FAIL() << c.pattern;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::invalid_input);
      EXPECT_NE(error.message().find(c.message), std::string::npos) << error.what();
    }
  }
}

TEST(Glob, LiteralPrefixIsTheDirectoryOfAllMatches) {
  const struct {
    const char* pattern;
    const char* prefix;
  } cases[] = {{"target/lib/*.jar", "target/lib"},
               {"*.jar", ""},
               {"a/b*/c", "a"},
               {"a/**/c", "a"},
               {"a\\*b/c/?", "a*b/c"},
               {"**", ""}};
  for (const auto& c : cases) EXPECT_EQ(Glob(c.pattern).literal_prefix(), c.prefix) << c.pattern;
}

TEST(Glob, TellsPatternsFromPaths) {
  const struct {
    const char* text;
    bool is_pattern;
    const char* unescaped;
  } cases[] = {{"a/b", false, "a/b"},    {"a*", true, "a*"},    {"a?", true, "a?"},
               {"[a]", true, "[a]"},     {"a\\*", false, "a*"}, {"a\\\\b", false, "a\\b"},
               {"a\\\\*", true, "a\\*"}, {"", false, ""},       {"a]", false, "a]"}};
  for (const auto& c : cases) {
    EXPECT_EQ(Glob::is_pattern(c.text), c.is_pattern) << c.text;
    EXPECT_EQ(Glob::unescape(c.text), c.unescaped) << c.text;
    EXPECT_FALSE(Glob::is_pattern(Glob::escape(c.text))) << c.text;
    EXPECT_EQ(Glob::unescape(Glob::escape(c.text)), c.text);
  }
}

TEST(Glob, OfCopyHasNoFolders) {
  EXPECT_EQ(glob_of_copy("a/**/b**"), "a/*/b*");
  EXPECT_EQ(glob_of_copy("a/\\***"), "a/\\**");
  EXPECT_EQ(glob_of_copy("plain"), "plain");
}

/// Exponential matchers do not come back from these.
TEST(Glob, TakesBoundedTime) {
  std::string stars;
  std::string folders;
  for (int i = 0; i < 300; ++i) stars += "a*";
  for (int i = 0; i < 300; ++i) folders += "**/a/";
  EXPECT_FALSE(Glob(stars + "b").matches(std::string(2000, 'a')));
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "a/";
  EXPECT_FALSE(Glob(folders + "b").matches(deep + "c"));
  EXPECT_TRUE(Glob(folders + "c").matches(deep + "c"));
}

}  // namespace
}  // namespace pinnace::text
