#include "config/base64.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace pinnace::config {
namespace {

TEST(Base64, VectorsOfTheSpecification) {
  const std::vector<std::pair<const char*, const char*>> cases{{"", ""},
                                                               {"f", "Zg=="},
                                                               {"fo", "Zm8="},
                                                               {"foo", "Zm9v"},
                                                               {"foob", "Zm9vYg=="},
                                                               {"fooba", "Zm9vYmE="},
                                                               {"foobar", "Zm9vYmFy"},
                                                               {"\xff\xfe", "//4="}};
  for (const auto& [text, expected] : cases) EXPECT_EQ(base64_encode(text), expected);
}

}  // namespace
}  // namespace pinnace::config
