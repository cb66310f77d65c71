#include "json/json.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "json/equal_keys.hpp"

namespace pinnace::json {
namespace {

TEST(Json, ErrorsSayWhere) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "x: line 1, column 1"},
      {"{\"a\":1,\n\"b\":tru}", "x: line 2, column 8"},
      {"[1,2", "x: line 1, column 4"},
      {"[1] x", "x: line 1, column 5"},
      {"[" + std::string(63, '[') + std::string(63, ']') + ",}", "x: line 1, column 129"},
      {std::string(65, '['), "x: line 1, column 65: nested deeper than 64 levels"},
      {"[" + std::string(2 * k_max_values, ','), "more than 2000000 values"},
  };
  for (const auto& [text, expected] : cases) {
    try {
      parse(text, "x");
      ADD_FAILURE() << "parsed " << text.substr(0, 80);
    } catch (const base::Error& error) {
      EXPECT_NE(std::string(error.what()).find(expected), std::string::npos) << error.what();
    }
  }
}

TEST(Json, OfEqualKeysNoneOrTheLast) {
  const char* const k_text = R"({"a":{"b":1,"b":2},"a":{"b":3}})";
  EXPECT_THROW(parse(k_text, "x"), base::Error);
  EXPECT_EQ(parse_as_javascript(k_text, "x").dump(), R"({"a":{"b":3}})");
}

TEST(Json, BracketsInStringsDoNotNest) {
  const std::string text = "[\"" + std::string(200, '[') + R"(\"{{{\\")" + "]";
  EXPECT_EQ(parse(text, "x").size(), 1U);
  std::string deep = "1";
  for (int i = 0; i < 64; ++i) deep = "[" + deep + "]";
  EXPECT_TRUE(parse(deep, "x").is_array());
}

}  // namespace
}  // namespace pinnace::json
