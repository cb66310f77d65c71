#include "textdiff/unified.hpp"

#include <gtest/gtest.h>

namespace pinnace::textdiff {
namespace {

TEST(UnifiedDiff, AsDiffWritesIt) {
  EXPECT_EQ(unified_diff("a\nb\nc\n", "a\nx\nc\n"), "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n");
  EXPECT_EQ(unified_diff("", "a\n"), "@@ -0,0 +1 @@\n+a\n");
  EXPECT_EQ(unified_diff("a\n", ""), "@@ -1 +0,0 @@\n-a\n");
  EXPECT_EQ(unified_diff("same\n", "same\n"), "");
  EXPECT_EQ(unified_diff("a\nb", "a\nb\n"),
            "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n");
}

TEST(UnifiedDiff, HasThreeLinesAroundEachChange) {
  std::string text;
  for (int i = 1; i <= 20; ++i) text += std::to_string(i) + "\n";
  std::string changed = text;
  changed.replace(changed.find("\n5\n") + 1, 1, "five");
  changed.replace(changed.find("\n18\n") + 1, 2, "x");
  EXPECT_EQ(unified_diff(text, changed),
            "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
            "@@ -15,6 +15,6 @@\n 15\n 16\n 17\n-18\n+x\n 19\n 20\n");
}

TEST(UnifiedDiff, OfWhatIsNoTextOrTooMuchIsNone) {
  EXPECT_EQ(unified_diff("a\n", std::string("a\0\n", 3)), std::nullopt);
  EXPECT_EQ(unified_diff("a\n", "\x1b[31m\n"), std::nullopt);
  EXPECT_EQ(unified_diff("a\n", "\xff\n"), std::nullopt);
  EXPECT_EQ(unified_diff("a\n", std::string(k_max_text_file + 1, 'a')), std::nullopt);
  std::string left;
  std::string right;
  for (int i = 0; i < 3000; ++i) {
    left += "l" + std::to_string(i) + "\n";
    right += "r" + std::to_string(i) + "\n";
  }
  EXPECT_EQ(unified_diff(left, right), std::nullopt);
}

TEST(UnifiedDiff, SteersNothing) {
  EXPECT_EQ(unified_diff("a\n", "\xe2\x80\xae\n"), "@@ -1 +1 @@\n-a\n+\\u{202e}\n");
}

}  // namespace
}  // namespace pinnace::textdiff
