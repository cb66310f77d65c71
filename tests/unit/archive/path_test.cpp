#include "archive/path.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/error.hpp"

namespace pinnace::archive {
namespace {

TEST(CleanPath, NormalisesWithoutChangingTheMeaning) {
  const struct {
    const char* path;
    const char* clean;
  } cases[] = {{"a", "a"},
               {"./a//b/", "a/b"},
               {"/a/b", "a/b"},
               {"///", ""},
               {"./", ""},
               {".", ""},
               {"", ""},
               {"a/./b/.", "a/b"},
               {"..a/b../...", "..a/b../..."},
               {"a b/\xc3\xa4\xff", "a b/\xc3\xa4\xff"}};
  for (const auto& c : cases) EXPECT_EQ(clean_path(c.path), c.clean) << c.path;
}

TEST(CleanPath, RefusesWhatLeadsElsewhere) {
  for (const std::string& path :
       {std::string(".."), std::string("../a"), std::string("a/../b"), std::string("a/.."),
        std::string("/.."), std::string("a\0b", 3)}) {
    EXPECT_THROW(clean_path(path), base::Error) << path;
  }
}

TEST(Printable, ShowsControlBytesAndCutsLongText) {
  EXPECT_EQ(printable(std::string("a\n\x1b\0\x7f", 5)), "a\\x0a\\x1b\\x00\\x7f");
  EXPECT_EQ(printable("\xc3\xa4"), "\xc3\xa4");
  EXPECT_EQ(printable(std::string(1000, 'x')), std::string(200, 'x') + "...");
}

}  // namespace
}  // namespace pinnace::archive
