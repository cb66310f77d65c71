#include "steps/owner.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::steps {
namespace {

std::string accounts(const std::string& path) {
  if (path == "etc/passwd") return "root:x:0:0:r:/:/bin/sh\nweb:x:33:34:w:/:\nbad:x:y:z\n";
  return "root:x:0:\nstaff:x:50:web\n";
}

TEST(Owner, NamesAreThoseOfTheStage) {
  EXPECT_EQ(resolve_owner("USER ", "12:13", accounts), (Owner{12, 13}));
  EXPECT_EQ(resolve_owner("USER ", "12", accounts), (Owner{12, 12}));
  EXPECT_EQ(resolve_owner("USER ", "web", accounts), (Owner{33, 34}));
  EXPECT_EQ(resolve_owner("USER ", "web:staff", accounts), (Owner{33, 50}));
  EXPECT_EQ(resolve_owner("USER ", "web:9", accounts), (Owner{33, 9}));
  EXPECT_EQ(resolve_owner("USER ", ":staff", accounts), (Owner{0, 50}));
  for (const char* owner : {"nobody", "web:nogroup", "bad", "4294967295", "-1", "99999999999"})
    EXPECT_THROW(resolve_owner("USER ", owner, accounts), base::Error) << owner;
}

TEST(Owner, NumbersNeedNoFiles) {
  EXPECT_FALSE(has_names("1:2"));
  EXPECT_FALSE(has_names("1"));
  EXPECT_TRUE(has_names("web"));
  EXPECT_TRUE(has_names("1:web"));
}

}  // namespace
}  // namespace pinnace::steps
