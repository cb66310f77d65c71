#include "tree/whiteout.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::tree {
namespace {

TEST(Whiteout, NamesWhatIsDeleted) {
  EXPECT_EQ(read_whiteout("a/b"), std::nullopt);
  EXPECT_EQ(read_whiteout(""), std::nullopt);
  EXPECT_EQ(read_whiteout(".wh.a/b"), std::nullopt);  // the name counts, not the directory
  EXPECT_EQ(read_whiteout("wh.a"), std::nullopt);
  EXPECT_EQ(read_whiteout(".wh.a"), (Whiteout{"a", false}));
  EXPECT_EQ(read_whiteout("d/.wh.a"), (Whiteout{"d/a", false}));
  EXPECT_EQ(read_whiteout("d/.wh..a"), (Whiteout{"d/.a", false}));
  EXPECT_EQ(read_whiteout("d/.wh...."), (Whiteout{"d/...", false}));
  EXPECT_EQ(read_whiteout(".wh..wh..opq"), (Whiteout{"", true}));
  EXPECT_EQ(read_whiteout("d/e/.wh..wh..opq"), (Whiteout{"d/e", true}));
}

TEST(Whiteout, IsRefusedWhereItNamesNoFile) {
  for (const char* path : {".wh.", ".wh..", ".wh...", "d/.wh.", "d/.wh..", "d/e/.wh..."}) {
    try {
      (void)read_whiteout(path);
      ADD_FAILURE() << path << " was taken";
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::invalid_input);
      EXPECT_NE(error.message().find(path), std::string::npos) << error.message();
    }
  }
}

}  // namespace
}  // namespace pinnace::tree
