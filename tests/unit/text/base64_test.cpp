#include "text/base64.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace pinnace::text {
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
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(base64_encode(text), expected);
    EXPECT_EQ(base64_decode(expected), text);
  }
}

TEST(Base64, DecodesWhatShellsWriteAndNothingElse) {
  EXPECT_EQ(base64_decode("Zm9v\nYg==\n"), "foob");
  EXPECT_EQ(base64_decode("Zm9vYg"), "foob");
  for (const char* bad : {"Zm9vY", "Zm9v-", "Zm=v", "Zm9vYg==="}) {
    EXPECT_EQ(base64_decode(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace pinnace::text
