#include "cli/output/terminal_text.hpp"

#include <gtest/gtest.h>

namespace pinnace::cli {
namespace {

std::string shown(std::initializer_list<const char*> parts) {
  TerminalText text;
  std::string all;
  for (const char* part : parts) all += text.add(part);
  return all + text.finish();
}

TEST(TerminalText, LinesStayWhatSteersIsShown) {
  EXPECT_EQ(shown({"one\r\ntwo\r100%\tx\n\nlast"}), "one\r\ntwo\r100%\tx\n\nlast");
  EXPECT_EQ(shown({"\x1b[2J\x07\x08", "\xe2\x80\xae\xc2\x9b"}),
            "\\x1b[2J\\x07\\x08\\u{202e}\\xc2\\x9b");
}

TEST(TerminalText, ACharacterMayComeInParts) {
  EXPECT_EQ(shown({"\xf0\x9f", "\x98\x80", "\xc3", "\xbc"}), "\xf0\x9f\x98\x80\xc3\xbc");
  EXPECT_EQ(shown({"\xe2", "\x80", "\xae"}), "\\u{202e}");
  EXPECT_EQ(shown({"a\xe2", "\x80"}), "a\\xe2\\x80");
  EXPECT_EQ(shown({"\xff", "\xc3", "\xc3\xbc"}), "\\xff\\xc3\xc3\xbc");
}

TEST(TerminalText, WhatIsWholeIsShownAtOnce) {
  TerminalText text;
  EXPECT_EQ(text.add("continue? "), "continue? ");
  EXPECT_EQ(text.add("\xc3\xbc"), "\xc3\xbc");
}

}  // namespace
}  // namespace pinnace::cli
