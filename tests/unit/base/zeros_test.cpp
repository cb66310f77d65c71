#include "base/zeros.hpp"

#include <gtest/gtest.h>

#include <string>

namespace pinnace::base {
namespace {

std::string runs_of(const std::string& text) {
  std::string runs;
  for (Bytes rest = as_bytes(text); !rest.empty();) {
    const BlockRun run = first_run(rest);
    runs += (run.zeros ? " 0*" : " x*") + std::to_string(run.size);
    rest = rest.subspan(run.size);
  }
  return runs;
}

TEST(Zeros, RunsOfWholeBlocks) {
  const std::string zeros(4096, '\0');
  const std::string data = "x" + std::string(4095, '\0');
  const std::string last = std::string(4095, '\0') + "x";
  EXPECT_EQ(runs_of(""), "");
  EXPECT_EQ(runs_of("x"), " x*1");
  EXPECT_EQ(runs_of(std::string(1, '\0')), " 0*1");
  EXPECT_EQ(runs_of(data + last), " x*8192");
  EXPECT_EQ(runs_of(zeros + zeros + data + zeros), " 0*8192 x*4096 0*4096");
  EXPECT_EQ(runs_of(data + zeros.substr(1)), " x*4096 0*4095");
  EXPECT_EQ(runs_of(zeros + "x"), " 0*4096 x*1");
}

}  // namespace
}  // namespace pinnace::base
