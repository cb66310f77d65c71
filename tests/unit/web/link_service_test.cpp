#include "web/link_service.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>
#include <string>

namespace pinnace::web {
namespace {

bool is_closed(const char* text) {
  sockaddr_storage storage{};
  sockaddr_in four{};
  sockaddr_in6 six{};
  four.sin_family = AF_INET;
  six.sin6_family = AF_INET6;
  if (::inet_pton(AF_INET, text, &four.sin_addr) == 1) {
    std::memcpy(&storage, &four, sizeof(four));
  } else {
    EXPECT_EQ(::inet_pton(AF_INET6, text, &six.sin6_addr), 1) << text;
    std::memcpy(&storage, &six, sizeof(six));
  }
  return is_link_service(reinterpret_cast<const sockaddr&>(storage));
}

TEST(LinkService, IsWhatGivesAMachineItsCredentials) {
  for (const char* closed :
       {"169.254.169.254", "169.254.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192",
        "fe80::1", "febf::1", "fd00:ec2::254", "fd20:ce::254", "fd00:42::42", "fd00:c1::a9fe:a9fe"})
    EXPECT_TRUE(is_closed(closed)) << closed;
  for (const char* open : {"169.253.1.1", "127.0.0.1", "10.0.0.1", "100.100.100.201", "::1",
                           "fd00:ec2::253", "2001:db8::1", "fec0::1", "fd00:42::43", "::"})
    EXPECT_FALSE(is_closed(open)) << open;
}

TEST(LinkService, IsOneAlsoWhereAnAddressOfIPv6StandsForIt) {
  for (const std::string prefix :
       {"::ffff:", "::", "::ffff:0:", "64:ff9b::", "64:ff9b:1::", "64:ff9b:1:2:3::"}) {
    for (const std::string closed : {"169.254.169.254", "100.100.100.200", "168.63.129.16"})
      EXPECT_TRUE(is_closed((prefix + closed).c_str())) << prefix << closed;
    for (const std::string open : {"10.0.0.1", "100.100.100.201", "192.0.2.1"})
      EXPECT_FALSE(is_closed((prefix + open).c_str())) << prefix << open;
  }
  EXPECT_FALSE(is_closed("2001:db8::169.254.169.254"));
}

TEST(LinkService, InAllSpellingsOfAHost) {
  for (const char* closed :
       {"169.254.169.254", "0xa9fea9fe", "2852039166", "[fe80::1]", "[::ffff:169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]", "[fd00:42::42]", "169.254.169.254."})
    EXPECT_TRUE(is_link_service(closed)) << closed;
  for (const char* open : {"metadata.google.internal", "169.254", "[::1]", "", "[", "10.0.0.1"})
    EXPECT_FALSE(is_link_service(open)) << open;
}

}  // namespace
}  // namespace pinnace::web
