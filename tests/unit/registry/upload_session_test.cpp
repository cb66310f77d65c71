#include "registry/upload_session.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::registry {
namespace {

TEST(UploadRange, Table) {
  const std::vector<std::pair<const char*, std::int64_t>> cases{{"0-0", 0},
                                                                {"0-1", 2},
                                                                {"bytes=0-1023", 1024},
                                                                {" 0-5 ", 6},
                                                                {"", -1},
                                                                {"1-5", -1},
                                                                {"0-", -1},
                                                                {"0--1", -1},
                                                                {"0-5x", -1},
                                                                {"0-99999999999999999999", -1}};
  for (const auto& [text, expected] : cases) {
    const auto found = parse_upload_range(text);
    EXPECT_EQ(found ? static_cast<std::int64_t>(*found) : -1, expected) << text;
  }
}

}  // namespace
}  // namespace pinnace::registry
