#include "report/report.hpp"

#include <gtest/gtest.h>

namespace pinnace::report {
namespace {

using difference::Difference;
using difference::PackageChange;
using difference::PlatformDifference;

Difference sample() {
  Difference difference;
  difference.from = {"shop:1", "sha256:1"};
  difference.to = {"shop:2", "sha256:2"};
  PlatformDifference same;
  same.platform = "linux/arm64";
  PlatformDifference changed;
  changed.platform = "linux/amd64";
  changed.state = PlatformDifference::State::changed;
  changed.code.from_revision = "1111";
  changed.code.to_revision = "2222";
  PackageChange package;
  package.kind = PackageChange::Kind::up;
  package.name = "<b>`x`|*";
  package.from = "1";
  package.to = "2";
  package.cves = {"CVE-2024-1000"};
  changed.packages = {package};
  changed.files = {{"etc/x", {}, {}, "@@ -1 +1 @@\n-a\n+```</pre>\n", ""}};
  changed.files[0].to.emplace();
  changed.files[0].to->type = "file";
  changed.files[0].to->mode = "0644";
  changed.layers = {{"sha256:3", 2000, false}, {"sha256:4", 1, true}};
  changed.sent_size = 2000;
  difference.platforms = {changed, same};
  return difference;
}

TEST(Report, OfTextIsShort) {
  EXPECT_EQ(render(sample(), Format::text),
            "What changed\n  from     shop:1  sha256:1\n  to       shop:2  sha256:2\n\n"
            "linux/amd64: changed\n  Code\n    revision 1111 -> 2222\n"
            "  Base: 0 layers in common from the lowest on\n"
            "  Packages: 1 up\n    up       <b>`x`|*  1 -> 2\n      fixes name CVE-2024-1000\n"
            "  Files that no package explains: 1 added\n    added    etc/x  0 B\n"
            "      | @@ -1 +1 @@\n      | -a\n      | +```</pre>\n"
            "  Layers: 1 of 2 re-used, 2.0 kB to send; in all 0 B -> 0 B\n"
            "    sent     sha256:3 2.0 kB\n"
            "\nlinux/arm64: the index changed, this platform did not\n");
}

TEST(Report, OfManyThingsCountsTheRest) {
  Difference difference = sample();
  difference.platforms[0].packages.resize(100, difference.platforms[0].packages[0]);
  const std::string text = render(difference, Format::text);
  EXPECT_NE(text.find("Packages: 100 up\n"), std::string::npos);
  EXPECT_NE(text.find("    and 60 more\n"), std::string::npos);
}

TEST(Report, FilesWithRightsComeFirst) {
  Difference difference = sample();
  difference::FileState tool{"file", "4755", 0, 0, 5, {}, {}, {}, {"security.capability=01"}};
  difference::FileState plain{"file", "0755", 0, 7, 5, {}, {}, {}, {}};
  difference.platforms[0].files = {{"a", {}, plain, "", ""}, {"b", plain, tool, "", "setuid"}};
  const std::string text = render(difference, Format::text);
  EXPECT_NE(text.find("    changed  b  mode 0755 -> 4755, owner 0:7 -> 0:0, attributes (none) -> "
                      "security.capability=01; setuid\n"
                      "    added    a  5 B, mode 0755, owner 0:7\n"),
            std::string::npos)
      << text;
}

TEST(Report, InMarkdownNothingIsMarkup) {
  const std::string text = render(sample(), Format::markdown);
  EXPECT_NE(text.find("- up ``<b>`x`|*`` `1 -> 2`\n  - `fixes name CVE-2024-1000`\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("\n  ````diff\n  @@ -1 +1 @@\n  -a\n  +```</pre>\n  ````\n"),
            std::string::npos)
      << text;
}

TEST(Report, InHtmlNothingIsMarkup) {
  const std::string text = render(sample(), Format::html);
  EXPECT_NE(text.find("<code>&lt;b&gt;`x`|*</code> 1 -&gt; 2"), std::string::npos) << text;
  EXPECT_NE(text.find("+```&lt;/pre&gt;"), std::string::npos);
  EXPECT_EQ(text.find("<script"), std::string::npos);
  EXPECT_EQ(text.find("<b>"), std::string::npos);
}

}  // namespace
}  // namespace pinnace::report
