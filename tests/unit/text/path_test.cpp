#include "text/path.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/error.hpp"

namespace pinnace::text {
namespace {

TEST(CleanPath, TakesBackWhatLeadsUp) {
  const struct {
    const char* path;
    const char* clean;
    const char* rooted;
  } cases[] = {{"a//b/./c/", "a/b/c", "a/b/c"}, {"/a/../b", "/b", "b"}, {"a/..", ".", ""},
               {"../a", "../a", "a"},           {"/../..", "/", ""},    {"", ".", ""},
               {"a/../../b", "../b", "b"},      {"/", "/", ""}};
  for (const auto& c : cases) {
    EXPECT_EQ(clean_path(c.path), c.clean) << c.path;
    EXPECT_EQ(rooted_path(c.path), c.rooted) << c.path;
  }
  EXPECT_THROW(rooted_path(std::string_view("a\0b", 3)), base::Error);
}

}  // namespace
}  // namespace pinnace::text
