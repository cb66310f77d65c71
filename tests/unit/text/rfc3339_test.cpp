#include "text/rfc3339.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "base/error.hpp"

namespace pinnace::text {
namespace {

TEST(Rfc3339, Table) {
  struct Case {
    const char* text;
    std::int64_t expected;  ///< -1: none
  };
  for (const Case& c : std::vector<Case>{{"1970-01-01T00:00:01Z", 1},
                                         {"2026-11-23T10:20:30Z", 1795429230},
                                         {"2026-11-23t10:20:30.123456789z", 1795429230},
                                         {"2026-11-23T11:20:30+01:00", 1795429230},
                                         {"2026-11-23T08:50:30-01:30", 1795429230},
                                         {"2026-02-30T10:20:30Z", -1},
                                         {"2026-11-23T25:20:30Z", -1},
                                         {"2026-11-23 10:20:30Z", -1},
                                         {"2026-11-23T10:20:30", -1},
                                         {"2026-11-23T10:20:30+1:00", -1},
                                         {"-026-11-23T10:20:30Z", -1},
                                         {"", -1}}) {
    const auto found = parse_rfc3339(c.text);
    EXPECT_EQ(found ? std::chrono::system_clock::to_time_t(*found) : -1, c.expected) << c.text;
  }
}

TEST(Rfc3339, PrintedItReadsAsBefore) {
  for (const std::int64_t seconds : {std::int64_t{0}, std::int64_t{1795429230}}) {
    const auto found = parse_rfc3339(to_rfc3339(seconds));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(std::chrono::system_clock::to_time_t(*found), seconds);
  }
  EXPECT_EQ(to_rfc3339(253'402'300'799), "9999-12-31T23:59:59Z");
  EXPECT_THROW(to_rfc3339(253'402'300'800), base::Error);
}

}  // namespace
}  // namespace pinnace::text
