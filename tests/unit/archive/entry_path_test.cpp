#include "archive/entry_path.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/error.hpp"

namespace pinnace::archive {
namespace {

TEST(EntryPath, NormalisesWithoutChangingTheMeaning) {
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
  for (const auto& c : cases) EXPECT_EQ(entry_path(c.path), c.clean) << c.path;
}

TEST(EntryPath, RefusesWhatLeadsElsewhere) {
  for (const std::string& path :
       {std::string(".."), std::string("../a"), std::string("a/../b"), std::string("a/.."),
        std::string("/.."), std::string("a\0b", 3)}) {
    EXPECT_THROW(entry_path(path), base::Error) << path;
  }
}

}  // namespace
}  // namespace pinnace::archive
