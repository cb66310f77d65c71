#include "containerfile/expand.hpp"

#include <gtest/gtest.h>

#include <map>

#include "base/error.hpp"

namespace pinnace::containerfile {
namespace {

Expander make_expander(char escape = '\\') {
  static const std::map<std::string, std::string, std::less<>> k_values = {
      {"A", "one"},
      {"EMPTY", ""},
      {"PATH", "/a/b/c.tar.gz"},
      {"SPACES", "x  y"},
      {"STAR", "a*b"},
      {"WORD", "caf\u00e9\u2026"},
      {"\u00fc", "u"},
      {"big", std::string(100'000, 'x')}};
  return Expander(
      [](std::string_view name) -> std::optional<std::string> {
        const auto found = k_values.find(name);
        return found == k_values.end() ? std::nullopt : std::optional(found->second);
      },
      escape);
}

std::string expand(std::string_view text, char escape = '\\') {
  return make_expander(escape).expand(text);
}

std::string error_of(std::string_view text) {
  try {
    expand(text);
  } catch (const base::Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Expand, VariablesAndModifiers) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"$A", "one"},
      {"${A}x$A-", "onexone-"},
      {"$UNSET|${UNSET}", "|"},
      {"$", "$"},
      {"a$ b", "a$ b"},
      {"$1x", "x"},
      {"${UNSET:-d$A}", "done"},
      {"${UNSET-d}", "d"},
      {"${EMPTY-d}", ""},
      {"${EMPTY:-d}", "d"},
      {"${A:-d}", "one"},
      {"${A:+d}${A+e}", "de"},
      {"${EMPTY:+d}${EMPTY+e}${UNSET+f}", "e"},
      {"${A:?no}${A?no}", "oneone"},
      {"${PATH#*/}", "a/b/c.tar.gz"},
      {"${PATH##*/}", "c.tar.gz"},
      {"${PATH%.*}", "/a/b/c.tar"},
      {"${PATH%%.*}", "/a/b/c"},
      {"${PATH%x}", "/a/b/c.tar.gz"},
      {"${A#o?}", "e"},
      {"${STAR#a\\*}", "b"},
      {"${PATH/\\//_}", "_a/b/c.tar.gz"},
      {"${PATH//\\//_}", "_a_b_c.tar.gz"},
      {"${A//?/z}", "zzz"},
      {"${A/*/z}", "z"},
      {"${A/q/z}", "one"},
      {"${UNSET:-${UNSET:-${A}}}", "one"},
      // Letters of all scripts are of a name, punctuation and symbols of none.
      {"$A\u2014x $A\u2026 $A\u00b7 $A\U0001F600", "one\u2014x one\u2026 one\u00b7 one\U0001F600"},
      {"$\u00fc-$A\u00fc-$A\u4e2d", "u--"},
      // Patterns match characters, not bytes.
      {"${WORD%?}|${WORD%??}|${WORD#????}", "caf\u00e9|caf|\u2026"},
      {"${WORD/?\u2026/!}|${WORD//?/-}|${WORD%%\u00e9*}", "caf!|-----|caf"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(expand(text), expected) << text;
}

TEST(Expand, QuotesAndEscapesAreTakenOutAsByAShell) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"'$A'", "$A"},
      {"\"$A\"", "one"},
      {"\\$A", "$A"},
      {"\"\\$A\"", "$A"},
      {"\"a\\\"b\"", "a\"b"},
      {"\"a\\nb\"", "a\\nb"},
      {"a\\nb", "anb"},
      {"a\\ b", "a b"},
      {"'a'\"b\"c", "abc"},
      {"\"it's\"", "it's"},
      {"a\\", "a"},
      {"'a\\'", "a\\"},
      {"\"${A:-\"x\"}\"", "one"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(expand(text), expected) << text;
  EXPECT_EQ(expand("`$A C:\\x", '`'), "$A C:\\x");
}

TEST(Expand, QuotesAreTextInHeredocs) {
  EXPECT_EQ(make_expander().expand("'$A' \"\\$A\"", QuoteRule::text), "'one' \"$A\"");
}

TEST(Expand, WordsSplitAtSpacesOfVariablesOnly) {
  EXPECT_EQ(make_expander().expand_words("$SPACES"), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(make_expander().expand_words("\"a b\"$A"), (std::vector<std::string>{"a bone"}));
  EXPECT_TRUE(make_expander().expand_words("$UNSET").empty());
}

TEST(Expand, TellsWhatIsNotDefined) {
  Expander expander = make_expander();
  expander.expand("$A $NOT ${ALSO} ${HAS:-default}");
  EXPECT_EQ(expander.undefined(), (std::set<std::string>{"ALSO", "NOT"}));
}

TEST(Expand, BadInputIsAnError) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"'a", "a single quote (') has no end"},
      {"\"a\\", "a double quote (\") has no end"},
      {"\"a", "a double quote (\") has no end"},
      {"${", "\"${\" without the name of a variable"},
      {"${A", "\"${A\" without \"}\""},
      {"${A:-x", "expected \"}\" at the end of a substitution"},
      {"${A!}", "\"${A\" is followed by \"!\", expected } or one of :- - :+ + :? ? # ## % %% / //"},
      {"${A:#x}",
       "\"${A\" is followed by \":\", expected } or one of :- - :+ + :? ? # ## % %% / //"},
      {"${UNSET:?give it}", "UNSET: give it"},
      {"${EMPTY:?}", "EMPTY: must not be empty"},
      {"${UNSET?}", "UNSET: must be set"},
      {"$big$big", "the value of a variable exceeds 128 KiB"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(error_of(text), expected) << text;
  std::string nested;
  for (int i = 0; i < 100'000; ++i) nested += "${A:-";
  EXPECT_EQ(error_of(nested), "more than 64 substitutions within each other");
}

TEST(Expand, AHostilePatternEnds) {
  EXPECT_EQ(error_of("${big//*a*a*a*a*a*a*a*a*b/x}"),
            "the pattern takes too long on so long a value");
  EXPECT_EQ(trim_matching(std::string(1000, 'a'), "*a*a*a*a*a*a*b", Trim::longest_prefix).size(),
            1000U);
}

}  // namespace
}  // namespace pinnace::containerfile
