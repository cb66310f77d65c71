#include "web/host.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>

namespace pinnace::web {
namespace {

bool is_here(const char* text) {
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
  return is_loopback(reinterpret_cast<const sockaddr&>(storage));
}

TEST(Loopback, IsWhatOnlyThisMachineAnswers) {
  for (const char* here : {"127.0.0.1", "127.8.9.10", "0.0.0.0", "0.1.2.3", "::1",
                           "::", "::ffff:127.0.0.1", "::ffff:0.0.0.0"})
    EXPECT_TRUE(is_here(here)) << here;
  for (const char* elsewhere : {"10.0.0.1", "128.0.0.1", "126.255.255.255", "::2", "fe80::1",
                                "::ffff:10.0.0.1", "2001:db8::1"})
    EXPECT_FALSE(is_here(elsewhere)) << elsewhere;
}

}  // namespace
}  // namespace pinnace::web
