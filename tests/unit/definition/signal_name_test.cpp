#include "definition/signal_name.hpp"

#include <gtest/gtest.h>

namespace pinnace::definition {
namespace {

TEST(SignalName, IsThatOfASignalOfLinux) {
  for (const char* text :
       {"SIGTERM", "SIGCLD", "SIGRTMIN", "SIGRTMIN+15", "SIGRTMAX-14", "1", "64"})
    EXPECT_TRUE(is_signal(text)) << text;
  for (const char* text : {"", "SIG", "TERM", "sigterm", "SIGFOO", "SIGRTMIN+16", "SIGRTMIN+",
                           "SIGRTMAX-15", "0", "65", "-1", "+1", "9 ", "SIG9"})
    EXPECT_FALSE(is_signal(text)) << text;
}

}  // namespace
}  // namespace pinnace::definition
