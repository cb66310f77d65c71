#include "sandbox/runtime/deliver_signal.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace pinnace::sandbox {
namespace {

std::string status(const char* blocked, const char* ignored, const char* handled) {
  return std::string(
             "Name:\tserver\nSigQ:\t0/"
             "96000\nSigPnd:\t0000000000000000\nShdPnd:\t0000000000000000\nSigBlk:\t") +
         blocked + "\nSigIgn:\t" + ignored + "\nSigCgt:\t" + handled +
         "\nCapInh:\t0000000000000000\n";
}

constexpr const char* k_none = "0000000000000000";
constexpr const char* k_term = "0000000000004000";

TEST(DeliverSignal, OneThatNobodyCaresForWouldBeDropped) {
  EXPECT_TRUE(would_be_dropped(status(k_none, k_none, k_none), SIGTERM));
  EXPECT_TRUE(would_be_dropped(status(k_none, k_none, k_term), SIGINT));
}

TEST(DeliverSignal, OneThatIsHandledBlockedOrIgnoredIsTheProcesss) {
  EXPECT_FALSE(would_be_dropped(status(k_term, k_none, k_none), SIGTERM));
  EXPECT_FALSE(would_be_dropped(status(k_none, k_term, k_none), SIGTERM));
  EXPECT_FALSE(would_be_dropped(status(k_none, k_none, k_term), SIGTERM));
  EXPECT_FALSE(would_be_dropped(status(k_none, k_none, "8000000000000000"), 64));
}

/// Who has time to end by itself is not killed because a look at it failed.
TEST(DeliverSignal, WhatIsNotKnownIsNotDropped) {
  EXPECT_FALSE(would_be_dropped("", SIGTERM));
  EXPECT_FALSE(would_be_dropped("Name:\tserver\nSigBlk:\t0000000000000000\n", SIGTERM));
}

TEST(DeliverSignal, OneThatEndsNobodyIsSentAsItIs) {
  for (const int signal : {SIGWINCH, SIGCHLD, SIGURG, SIGCONT})
    EXPECT_FALSE(would_be_dropped(status(k_none, k_none, k_none), signal));
}

}  // namespace
}  // namespace pinnace::sandbox
