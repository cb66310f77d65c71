#include "text/line_splitter.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace pinnace::text {
namespace {

std::vector<std::string> lines(const std::vector<std::string>& parts) {
  std::vector<std::string> taken;
  LineSplitter splitter([&](std::string_view line) { taken.emplace_back(line); });
  for (const std::string& part : parts) splitter.add(part);
  splitter.finish();
  return taken;
}

TEST(LineSplitter, MakesLinesOfWhatComesInParts) {
  EXPECT_EQ(lines({"a\nb", "c\n\nrest"}), (std::vector<std::string>{"a", "bc", "", "rest"}));
  EXPECT_EQ(lines({"a\n"}), (std::vector<std::string>{"a"}));
  EXPECT_EQ(lines({}), std::vector<std::string>());
}

TEST(LineSplitter, OfProgressTheLastStateIsShown) {
  EXPECT_EQ(lines({"x\r\n10%\r20%", "\r100%\n"}), (std::vector<std::string>{"x", "100%"}));
}

TEST(LineSplitter, ALineWithoutEndIsPassedOnInParts) {
  EXPECT_EQ(lines({std::string(100'000, 'x'), "y"}),
            (std::vector<std::string>{std::string(100'000, 'x'), "y"}));
}

}  // namespace
}  // namespace pinnace::text
