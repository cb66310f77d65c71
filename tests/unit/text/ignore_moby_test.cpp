#include <gtest/gtest.h>

#include "text/ignore.hpp"

namespace pinnace::text {
namespace {

/// The answers of github.com/moby/patternmatcher 0.6.0 (MatchesOrParentMatches) to its odd cases.
TEST(Ignore, AnswersAsMobyDoes) {
  const struct {
    const char* rules;
    const char* path;
    bool ignored;
  } cases[] = {
      {"a/**/b", "a/b", true},
      {"a/**/b", "a/x/y/b", true},
      {"a**b", "axb", false},
      {"a**b", "ax/b", true},
      {"a**b", "ab", true},
      {"**x", "axe/fix", true},
      {"**x", "ax/y", true},
      {"a/**", "a", false},
      {"a/**", "a/b", true},
      {"**/", "a", true},
      {"/ a", "a", true},
      {"a /", "a", true},
      {"*\n!a/b", "a/b", false},
      {"*\n!a/b", "a/c", true},
      {"a\n!a/b\na/b/c", "a/b/c/d", true},
      {"!a\na", "a", true},
      {"[^a]", "/", true},
      {"a[^b]c", "a/c", true},
      {"[!a]", "b", false},
      {"[!a]", "!", true},
      {".", "a", false},
      {"..", "a", false},
      {"../a", "a", false},
      {"a/../b", "b", true},
      {"\\!a", "!a", true},
      {"\\#a", "#a", true},
      {" #a", "#a", true},
      {"\xEF\xBB\xBF"
       "a",
       "a", true},
      {"/", "a", false},
      {"a//b/./", "a/b", true},
      {"\xC3\xA9?", "\xC3\xA9\xC3\xA9", true},
      {"***", "a/b", true},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Ignore::parse(c.rules, "i").ignores(c.path), c.ignored)
        << c.rules << " on " << c.path;
  }
}

}  // namespace
}  // namespace pinnace::text
