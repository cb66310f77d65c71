#include "difference/changelog.hpp"

#include <gtest/gtest.h>

namespace pinnace::difference {
namespace {

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
