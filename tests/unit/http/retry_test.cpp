#include "http/retry.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace pinnace::http {
namespace {

TEST(RetryDelay, GrowsWithJitterUpToTheCap) {
  const RetryPolicy policy;
  struct Case {
    unsigned failed;
    double random;
    std::int64_t expected;
  };
  for (const Case& c : std::vector<Case>{{1, 0.0, 100},
                                         {1, 0.5, 150},
                                         {2, 0.5, 300},
                                         {3, 0.5, 600},
                                         {5, 0.999, 3198},
                                         {7, 0.5, 9600},
                                         {8, 0.5, 15'000},
                                         {50, 0.5, 15'000},
                                         {4'000'000'000U, 0.0, 10'000}}) {
    EXPECT_EQ(retry_delay(policy, c.failed, c.random, std::nullopt).count(), c.expected)
        << c.failed << " " << c.random;
  }
}

TEST(RetryDelay, AnOutageOfThreeSecondsIsBridged) {
  const RetryPolicy policy;
  Milliseconds all{0};
  for (unsigned failed = 1; failed < policy.attempts; ++failed) {
    all += retry_delay(policy, failed, 0.0, std::nullopt);
  }
  EXPECT_GE(all, Milliseconds(3000));
}

TEST(RetryDelay, ObeysThePeerWithinBounds) {
  const RetryPolicy policy;
  EXPECT_EQ(retry_delay(policy, 1, 0.9, Milliseconds(7000)).count(), 7000);
  EXPECT_EQ(retry_delay(policy, 1, 0.9, Milliseconds(0)).count(), 0);
  EXPECT_EQ(retry_delay(policy, 1, 0.9, Milliseconds(86'400'000)).count(), 120'000);
}

TEST(RetryAfter, SecondsAndDates) {
  // Sun, 06 Nov 1994 08:49:37 GMT, the date of RFC 9110.
  const auto now = std::chrono::system_clock::from_time_t(784'111'777);
  struct Case {
    const char* text;
    std::int64_t expected;  ///< -1: no value
  };
  for (const Case& c : std::vector<Case>{{"1", 1000},
                                         {" 120 ", 120'000},
                                         {"0", 0},
                                         {"-5", 0},
                                         {"99999999999999999", 1'000'000'000'000},
                                         {"99999999999999999999999", -1},
                                         {"", -1},
                                         {"soon", -1},
                                         {"1.5", -1},
                                         {"Sun, 06 Nov 1994 08:49:47 GMT", 10'000},
                                         {"Sun, 06 Nov 1994 08:00:00 GMT", 0}}) {
    const auto found = parse_retry_after(c.text, now);
    EXPECT_EQ(found ? found->count() : -1, c.expected) << c.text;
  }
}

TEST(IsRetryable, OnlyWhatMayPass) {
  for (const int status : {408, 429, 500, 502, 503, 504})
    EXPECT_TRUE(is_retryable(status)) << status;
  for (const int status : {200, 201, 307, 400, 401, 403, 404, 405, 409, 413, 416, 501, 505}) {
    EXPECT_FALSE(is_retryable(status)) << status;
  }
}

class Events final : public base::EventSink {
 public:
  void on_event(const base::Event& event) noexcept override { texts.push_back(event.text); }
  std::vector<std::string> texts;
};

TEST(Retry, WarnsAndEndsAfterTheLastAttempt) {
  Events events;
  base::Context context;
  context.events = &events;
  std::vector<std::int64_t> pauses;
  RetrySettings settings;
  settings.random = [] { return 0.999; };
  settings.sleep = [&](const base::Context&, Milliseconds pause) {
    pauses.push_back(pause.count());
  };
  Retry retry(context, settings, "GET https://r/x");
  while (retry.again("503")) {
  }
  EXPECT_EQ(pauses, (std::vector<std::int64_t>{199, 399, 799, 1599, 3198}));
  EXPECT_EQ(events.texts,
            (std::vector<std::string>{"GET https://r/x: 503, trying again in 0.2 s (2 of 6)"}));
  EXPECT_EQ(retry.exhausted({base::ErrorCode::unavailable, "503"}).message(),
            "503 (given up after 6 attempts)");
}

TEST(Retry, AnotherReasonAndALongPauseAreSaid) {
  Events events;
  base::Context context;
  context.events = &events;
  RetrySettings settings;
  settings.random = [] { return 0.999; };
  settings.sleep = [](const base::Context&, Milliseconds) {};
  Retry retry(context, settings, "GET x");
  retry.again("503");
  retry.again("503");
  retry.again("reset");
  const web::Headers patient{{"Retry-After", "60"}};
  retry.again("reset", &patient);
  EXPECT_EQ(events.texts,
            (std::vector<std::string>{"GET x: 503, trying again in 0.2 s (2 of 6)",
                                      "GET x: reset, trying again in 0.8 s (4 of 6)",
                                      "GET x: reset, trying again in 60.0 s (5 of 6)"}));
}

TEST(Retry, ProgressStartsTheCountAgain) {
  RetrySettings settings;
  settings.sleep = [](const base::Context&, Milliseconds) {};
  settings.policy.attempts = 2;
  const base::Context context;
  Retry retry(context, settings, "GET x");
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(retry.again("cut"));
    retry.progressed();
  }
  EXPECT_TRUE(retry.again("cut"));
  EXPECT_FALSE(retry.again("cut"));
}

TEST(Retry, TheTotalTimeIsBounded) {
  RetrySettings settings;
  settings.sleep = [](const base::Context&, Milliseconds) {};
  settings.policy.attempts = 1000;
  settings.policy.total = Milliseconds(250'000);
  const base::Context context;
  Retry retry(context, settings, "GET x");
  const web::Headers headers{{"Retry-After", "100"}};
  EXPECT_TRUE(retry.again("429", &headers));
  EXPECT_TRUE(retry.again("429", &headers));
  EXPECT_FALSE(retry.again("429", &headers));
}

TEST(Retry, AStopRequestEndsItAtOnce) {
  std::stop_source stop;
  stop.request_stop();
  base::Context context;
  context.stop = stop.get_token();
  const RetrySettings settings;
  Retry retry(context, settings, "GET x");
  EXPECT_THROW(retry.again("503"), base::Error);
}

}  // namespace
}  // namespace pinnace::http
