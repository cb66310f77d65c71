#include "text/ignore.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/error.hpp"

namespace pinnace::text {
namespace {

/// What moby/patternmatcher answers for the same rules.
TEST(Ignore, DecidesAsDockerignoreDoes) {
  const struct {
    const char* rules;
    const char* path;
    bool ignored;
  } cases[] = {
      {"", "a", false},
      {"# a\n\n  \n", "a", false},
      {"#a", "#a", false},
      {"\\#a", "#a", true},
      {"a", "a", true},
      {"a", "b", false},
      {"a", "ab", false},
      {"a", "b/a", false},
      {"a", "a/b/c", true},
      {"  a  ", "a", true},
      {"/a", "a", true},
      {"a/", "a", true},
      {"a/", "a/b", true},
      {"./a/./b//c", "a/b/c", true},
      {"a/../b", "b", true},
      {"a b", "a b", true},
      {"a\r\nb\r\n", "b", true},
      {"\xC2\xA0"
       "a\xE2\x80\x83\xC2\xA0",
       "a", true},
      {"!\xE3\x80\x80"
       "a",
       "a", false},
      {"\xC2\xA0", "\xC2\xA0", false},
      {"a\xC2\xA0"
       "b",
       "a\xC2\xA0"
       "b",
       true},
      {"\xef\xbb\xbf"
       "a",
       "a", true},
      {"*", "a", true},
      {"*", ".a", true},
      {"*", "a/b", true},
      {"*.md", "README.md", true},
      {"*.md", "docs/README.md", false},
      {"**/*.md", "README.md", true},
      {"**/*.md", "docs/deep/README.md", true},
      {"**", "a/b", true},
      {"docs/**", "docs/a/b", true},
      {"docs/**", "docs", false},
      {"**/tmp", "tmp", true},
      {"**/tmp", "a/b/tmp", true},
      {"**/tmp", "a/b/tmp/c", true},
      {"**/tmp", "a/btmp", false},
      {"a/**/b", "a/b", true},
      {"a/**/b", "a/x/y/b", true},
      {"a/**/b", "a/xb", false},
      {"a**b", "ab", true},
      {"a**b", "ax/b", true},
      {"a**b", "axb", false},
      {"a**", "a/b", true},
      {"a**", "abc/d", true},
      {"te?t", "test", true},
      {"te?t", "te/t", false},
      {"te?t", "tet", false},
      {"[a-c]x", "bx", true},
      {"[a-c]x", "dx", false},
      {"[^a-c]x", "dx", true},
      {"[^a-c]x", "bx", false},
      {"a.c", "abc", false},
      {"a+(b){c}|$", "a+(b){c}|$", true},
      {"\\*", "*", true},
      {"\\*", "a", false},
      {"*\n!a", "a", false},
      {"*\n!a", "b", true},
      {"*\n! a", "a", false},
      {"*\n!/a/", "a/b", false},
      {"!a\n*", "a", true},
      {"*\n!a\na/b", "a/b", true},
      {"*\n!a\na/b", "a/c", false},
      {"*.md\n!README*.md\nREADME-secret.md", "README.md", false},
      {"*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true},
      {"a\n!a/keep", "a/keep", false},
      {"a\n!a/keep", "a/keep/x", false},
      {"a\n!a/keep", "a/drop", true},
      {"a\n!a/keep", "a", true},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Ignore::parse(c.rules, ".pinnaceignore").ignores(c.path), c.ignored)
        << "rules:\n"
        << c.rules << "\npath: " << c.path;
  }
}

TEST(Ignore, TellsWhereAWalkMustGoOn) {
  const struct {
    const char* rules;
    const char* directory;
    bool may_keep;
  } cases[] = {
      {"a", "a", false},          {"a", "b", true},           {"*", "a", false},
      {"*\n!a/keep", "a", true},  {"*\n!a/keep", "b", false}, {"a\n!a/b/keep", "a/b", true},
      {"a\n!**/keep", "a", true}, {"a\n!a/k*", "a/x", true},
  };
  for (const auto& c : cases) {
    const bool may = Ignore::parse(c.rules, "i").may_keep_below(c.directory);
    if (c.may_keep) {
      EXPECT_TRUE(may) << c.rules << "\nin " << c.directory;
    } else {
      EXPECT_FALSE(may) << c.rules << "\nin " << c.directory;
    }
  }
  EXPECT_TRUE(Ignore().empty());
  EXPECT_TRUE(Ignore::parse("# nothing\n", "i").empty());
  EXPECT_FALSE(Ignore().ignores("a"));
}

/// may_keep_below() == false must not hide anything that ignores() would keep.
TEST(Ignore, NeverHidesWhatIsKept) {
  const char* const rules[] = {"a\n!a/b/c",  "**\n!a/**/c", "*\n![ab]/c", "a\n!a?b/c",
                               "*\n!**/c\n", "a**\n!a/b",   "*\n!a\\/b/c"};
  const char* const paths[] = {"a/b/c", "a/x/c", "b/c", "a/b", "c", "a/b/c/d"};
  for (const char* text : rules) {
    const Ignore ignore = Ignore::parse(text, "i");
    for (const std::string path : paths) {
      if (ignore.ignores(path)) continue;
      for (std::size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1)) {
        EXPECT_TRUE(ignore.may_keep_below(path.substr(0, at))) << text << "\n" << path;
      }
    }
  }
}

TEST(Ignore, NamesFileAndLineOfWhatIsWrong) {
  std::string many;
  for (int i = 0; i <= 10'000; ++i) many += "a\n";
  const struct {
    std::string rules;
    const char* message;
  } cases[] = {
      {"a\n!\n", "x/.pinnaceignore:2: "},
      {"a\n\n[b\n", "x/.pinnaceignore:3: "},
      {"# c\n[z-a]", "x/.pinnaceignore:2: "},
      {"[]", "x/.pinnaceignore:1: "},
      {"a\rb", "x/.pinnaceignore:1: "},
      {"a\\", "x/.pinnaceignore:1: "},
      {"a\n" + std::string(5000, 'b'), "x/.pinnaceignore:2: "},
      {many, "x/.pinnaceignore"},
  };
  for (const auto& c : cases) {
    try {
      Ignore::parse(c.rules, "x/.pinnaceignore");
      FAIL() << c.rules.substr(0, 100);
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::invalid_input);
      EXPECT_EQ(error.message().find(c.message), 0U) << error.what();
    }
  }
}

TEST(Ignore, TakesBoundedTime) {
  std::string rule;
  for (int i = 0; i < 300; ++i) rule += "**/a*";
  const Ignore ignore = Ignore::parse(rule + "b", "i");
  std::string path;
  for (int i = 0; i < 500; ++i) path += "aa/";
  EXPECT_FALSE(ignore.ignores(path + "c"));
}

}  // namespace
}  // namespace pinnace::text
