#include "oci/tag_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace pinnace::oci {
namespace {

TEST(TagOrder, NumbersAreComparedAsNumbers) {
  const std::vector<std::string> sorted{
      "0",           "1",      "1.01",        "1.1",      "1.2",
      "1.9",         "1.10",   "1.10-alpine", "1.10.0",   "1.11",
      "1.11-alpine", "2",      "10",          "20240101", "123456789012345678901234567890",
      "b",           "latest", "v1.2",        "v1.10"};
  std::vector<std::string> tags = sorted;
  std::shuffle(tags.begin(), tags.end(), std::mt19937(7));
  std::sort(tags.begin(), tags.end(), is_older_version);
  EXPECT_EQ(tags, sorted);
}

TEST(TagOrder, IsAStrictTotalOrder) {
  const std::vector<std::string> tags{"",     "0",  "00",  "1", "01", "1.0",
                                      "1.00", "a1", "a01", "a", "1a"};
  for (const std::string& a : tags) {
    for (const std::string& b : tags) {
      EXPECT_EQ(is_older_version(a, b) + is_older_version(b, a), a == b ? 0 : 1) << a << " " << b;
      for (const std::string& c : tags) {
        if (is_older_version(a, b) && is_older_version(b, c)) {
          EXPECT_TRUE(is_older_version(a, c));
        }
      }
    }
  }
}

}  // namespace
}  // namespace pinnace::oci
