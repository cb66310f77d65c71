#include "sandbox/runtime/accounts.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::sandbox {
namespace {

const std::string k_passwd =
    "root:x:0:0:root:/root:/bin/sh\n"
    "app:x:1000:1001:,,,:/home/app:/bin/sh\n"
    "other:x:1000:7::/:\n"
    "55:x:56:57::/:\n"
    "broken:x\n"
    "bad:x:-1:0::/:\n";
const std::string k_group =
    "root:x:0:\n"
    "app:x:1001:\n"
    "wheel:x:10:root,app\n"
    "web:x:33:app\n"
    "near:x:34:apple,app2\n"
    "none\n"
    "77:x:78:\n";

Account find(const std::string& user) {
  return find_account(user, k_passwd, k_group);
}

std::string complaint(const std::string& user) {
  try {
    find(user);
  } catch (const base::Error& error) {
    return error.what();
  }
  return "";
}

TEST(FindAccount, ANamedUserHasItsGroups) {
  EXPECT_EQ(find("app"), (Account{1000, 1001, {1001, 10, 33}}));
  EXPECT_EQ(find("root"), (Account{0, 0, {0, 10}}));
  EXPECT_EQ(find("other"), (Account{1000, 7, {7}}));
}

TEST(FindAccount, NobodyIsRoot) {
  EXPECT_EQ(find(""), find("root"));
  EXPECT_EQ(find_account("", "", ""), (Account{0, 0, {0}}));
}

TEST(FindAccount, ANumberIsAUserIfOneHasIt) {
  EXPECT_EQ(find("1000"), find("app")) << "the first";
  EXPECT_EQ(find("4242"), (Account{4242, 0, {0}}));
  EXPECT_EQ(find("55"), (Account{56, 57, {57}})) << "a name of digits";
}

TEST(FindAccount, AGroupThatIsSaidIsTheOnlyOne) {
  EXPECT_EQ(find("app:wheel"), (Account{1000, 10, {10}}));
  EXPECT_EQ(find("app:12345"), (Account{1000, 12345, {12345}}));
  EXPECT_EQ(find("4242:web"), (Account{4242, 33, {33}}));
  EXPECT_EQ(find("app:77"), (Account{1000, 78, {78}})) << "a name of digits";
  EXPECT_EQ(find("app:"), find("app"));
}

TEST(FindAccount, WhatIsInNoFileIsRefused) {
  EXPECT_EQ(complaint("nobody"), "user \"nobody\" is not in the image's /etc/passwd");
  EXPECT_EQ(complaint("app:nogroup"), "group \"nogroup\" is not in the image's /etc/group");
  for (const char* user : {"broken", "bad", "4294967295", "-1", "1x", "app:4294967295"})
    EXPECT_NE(complaint(user), "") << user;
}

}  // namespace
}  // namespace pinnace::sandbox
