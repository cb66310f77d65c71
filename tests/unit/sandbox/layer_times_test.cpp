#include "sandbox/trees/layer_times.hpp"

#include <gtest/gtest.h>

namespace pinnace::sandbox {
namespace {

TEST(LayerTimes, AWaitIsSaidIfItIsLong) {
  EXPECT_EQ(wait_note(-5), "");
  EXPECT_EQ(wait_note(2), "");
  EXPECT_EQ(wait_note(3).find("waiting 3 s: the base was made only seconds ago"), 0U);
  EXPECT_NE(wait_note(120), "");
  EXPECT_EQ(wait_note(121), "") << "nothing waits";
}

}  // namespace
}  // namespace pinnace::sandbox
