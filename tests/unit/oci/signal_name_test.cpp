#include "oci/signal_name.hpp"

#include <gtest/gtest.h>

namespace pinnace::oci {
namespace {

TEST(SignalName, IsThatOfASignalOfLinux) {
  for (const char* text :
       {"SIGTERM", "SIGCLD", "SIGRTMIN", "SIGRTMIN+15", "SIGRTMAX-14", "1", "64"})
    EXPECT_TRUE(is_signal(text)) << text;
  for (const char* text : {"", "SIG", "TERM", "sigterm", "SIGFOO", "SIGRTMIN+16", "SIGRTMIN+",
                           "SIGRTMAX-15", "0", "65", "-1", "+1", "9 ", "SIG9"})
    EXPECT_FALSE(is_signal(text)) << text;
}

TEST(SignalName, HasTheNumberOfOtherTools) {
  EXPECT_EQ(signal_number("SIGTERM"), 15);
  EXPECT_EQ(signal_number("SIGRTMIN+3"), 37);
  EXPECT_EQ(signal_number("SIGRTMAX-1"), 63);
  EXPECT_EQ(signal_number("SIGWINCH"), 28);
  EXPECT_EQ(signal_number("9"), 9);
}

TEST(SignalName, OfAnImageIsTheUsualOneWhereItIsNone) {
  EXPECT_EQ(stop_signal("SIGQUIT"), 3);
  EXPECT_EQ(stop_signal("QUIT"), 3);
  EXPECT_EQ(stop_signal(""), 15);
  EXPECT_EQ(stop_signal("SIGFOO"), 15);
}

}  // namespace
}  // namespace pinnace::oci
