#include "difference/unified.hpp"

#include <gtest/gtest.h>

#include "difference/changelog.hpp"

namespace pinnace::difference {
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

constexpr const char* k_changelog =
    "glibc (2.36-9+deb12u10) bookworm; urgency=medium\n\n"
    "  * Fix CVE-2025-0395: a buffer overflow (CVE-2025-0395, CVE-12-1).\n\n"
    " -- Aurelien <a@debian.org>  Fri, 28 Feb 2025 21:00:00 +0100\n\n"
    "glibc (2.36-9+deb12u9) bookworm; urgency=medium\n\n  * CVE-2024-33602\x1b[31m\n\n"
    " -- A B <a@debian.org>  Thu, 1 Aug 2024 21:00:00 +0100\n\n"
    "glibc (2.36-9+deb12u8) bookworm; urgency=medium\n\n  * older, CVE-2024-2961\n";

TEST(Changelog, SaysWhatIsBetweenTwoVersions) {
  const auto notices = notices_between(k_changelog, "2.36-9+deb12u8", "2.36-9+deb12u10");
  ASSERT_EQ(notices.size(), 2U);
  EXPECT_EQ(notices[0].version, "2.36-9+deb12u10");
  EXPECT_EQ(notices[0].date, "Fri, 28 Feb 2025 21:00:00 +0100");
  EXPECT_EQ(notices[0].text,
            "  * Fix CVE-2025-0395: a buffer overflow (CVE-2025-0395, CVE-12-1).\n");
  EXPECT_EQ(notices[1].text, "  * CVE-2024-33602\\x1b[31m\n");
  EXPECT_EQ(cves_of(notices), (std::vector<std::string>{"CVE-2024-33602", "CVE-2025-0395"}));
  EXPECT_EQ(notices_between(k_changelog, "2.36-9+deb12u10", "3").size(), 0U);
}

TEST(Changelog, OfStrangersIsBounded) {
  EXPECT_EQ(notices_between("no changelog\n (1) x; y\nx (1\nx (1) y\n", "0", "2").size(), 0U);
  std::string many;
  for (int i = 1000; i > 0; --i) many += "x (" + std::to_string(i) + ") y; z\n  CVE-2024-1000\n";
  EXPECT_EQ(notices_between(many, "0", "1000").size(), 50U);
  const auto long_one =
      notices_between("x (1) y; z\n" + std::string(100'000, 'x') + "\n  a\n", "0", "1");
  ASSERT_EQ(long_one.size(), 1U);
  EXPECT_EQ(long_one[0].text, "  a\n");
}

}  // namespace
}  // namespace pinnace::difference
