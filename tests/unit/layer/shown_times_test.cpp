#include "layer/shown_times.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::layer {
namespace {

constexpr TimeRule k_step{TimesOf::step, 0};
constexpr TimeRule k_base{TimesOf::base, 0};
constexpr std::int64_t k_2023 = 1'672'531'200;
constexpr std::int64_t k_now = 1'800'000'000;

TEST(ShownTimes, WhatALaterStepWroteIsNewer) {
  ShownTimes clock;
  const ShownTime base = clock.add_layer({k_2023 - 5, k_2023}, k_base, k_now).at(k_2023);
  EXPECT_EQ(base, (ShownTime{k_2023, 0})) << "a base keeps real times";
  const ShownTime first = clock.add_layer({0}, k_step, k_now).at(0);
  const ShownTime second = clock.add_layer({0}, k_step, k_now).at(0);
  EXPECT_LT(base.seconds, first.seconds);
  EXPECT_LT(first.seconds, second.seconds) << "in seconds: many programs know no others";
  EXPECT_EQ(clock.newest(), second.seconds);
}

TEST(ShownTimes, AnArchiveIsNewerThanWhatIsBelowInItsOwnOrder) {
  ShownTimes clock;
  const ShownTime stub = clock.add_layer({0}, k_step, k_now).at(0);
  const auto archive = clock.add_layer({100, 200, k_2023}, k_step, k_now);
  EXPECT_LT(stub.seconds, archive.at(100).seconds);
  EXPECT_LT(archive.at(100), archive.at(200));
  EXPECT_LT(archive.at(200), archive.at(k_2023));
}

TEST(ShownTimes, WhatAStepWroteIsNewerThanWhatItUnpacked) {
  for (const std::int64_t epoch : {std::int64_t{0}, std::int64_t{1'000}}) {
    ShownTimes clock;
    const auto both = clock.add_layer({epoch, k_2023}, {TimesOf::step, epoch}, k_now);
    EXPECT_LT(both.at(k_2023), both.at(epoch));
  }
}

TEST(ShownTimes, OfABaseOnlyWhatHasNoTimeIsMoved) {
  ShownTimes clock;
  const auto first = clock.add_layer({0, 100, k_2023}, k_base, k_now);
  EXPECT_EQ(first.at(100), (ShownTime{100, 0}));
  EXPECT_EQ(first.at(k_2023), (ShownTime{k_2023, 0}));
  EXPECT_GT(first.at(0).seconds, k_2023);
  const auto second = clock.add_layer({0, 100, k_2023 + 100}, k_base, k_now);
  EXPECT_EQ(second.at(100), (ShownTime{100, 0}));
  EXPECT_EQ(second.at(k_2023 + 100), (ShownTime{k_2023 + 100, 0}));
  EXPECT_GT(second.at(0).seconds, k_2023 + 100);
}

/// All layers of an image that was built with SOURCE_DATE_EPOCH.
TEST(ShownTimes, LayersOfABaseThatHaveOneTimeAreToldApart) {
  ShownTimes clock;
  const ShownTime first = clock.add_layer({k_2023}, k_base, k_now).at(k_2023);
  const auto second = clock.add_layer({100, k_2023}, k_base, k_now);
  const ShownTime third = clock.add_layer({k_2023}, k_base, k_now).at(k_2023);
  EXPECT_EQ(first, (ShownTime{k_2023, 0}));
  EXPECT_LT(first.seconds, second.at(k_2023).seconds);
  EXPECT_LT(second.at(k_2023).seconds, third.seconds);
  EXPECT_EQ(second.at(100), (ShownTime{100, 0}));
}

TEST(ShownTimes, TheLowestLayerHasNothingToBeNewerThan) {
  ShownTimes clock;
  EXPECT_EQ(clock.add_layer({1}, k_base, k_now).at(1), (ShownTime{1, 0}));
  EXPECT_GT(clock.add_layer({1}, k_base, k_now).at(1).seconds, 315'532'800) << "archives of ZIP";
}

TEST(ShownTimes, AnImageThatIsRunHasItsOwnTimes) {
  ShownTimes clock;
  EXPECT_EQ(clock.add_layer({0, 100}, {}, k_now).at(0), (ShownTime{0, 0}));
}

TEST(ShownTimes, TheTrueTimeIsFoundAgain) {
  ShownTimes clock;
  clock.add_layer({k_2023}, k_base, k_now);
  const auto step = clock.add_layer({0, 100, 200}, k_step, k_now);
  const auto later = clock.add_layer({7}, {TimesOf::step, 7}, k_now);
  const ShownTimes read = ShownTimes::parse(clock.to_text());
  EXPECT_EQ(read.newest(), clock.newest());
  for (const std::int64_t time : {0, 100, 200}) EXPECT_EQ(read.true_time(step.at(time)), time);
  EXPECT_EQ(read.true_time(later.at(7)), 7);
  EXPECT_EQ(read.true_time({later.at(7).seconds, 0}), 7) << "cut to seconds";
  EXPECT_EQ(read.true_time({k_2023, 0}), std::nullopt);
  EXPECT_EQ(read.true_time({later.at(7).seconds + 1, 0}), std::nullopt);
}

/// Programs that copy times cut them.
TEST(ShownTimes, TheTrueTimeOfABaseIsFoundWhereItWasCutToSeconds) {
  ShownTimes clock;
  clock.add_layer({k_2023}, k_base, k_now);
  const ShownTime moved = clock.add_layer({0, 100, k_2023}, k_base, k_now).at(k_2023);
  EXPECT_EQ(clock.true_time({moved.seconds, 0}), k_2023);
  EXPECT_EQ(clock.true_time({100, 0}), std::nullopt);
  clock.add_layer({moved.seconds, moved.seconds + 100}, k_base, k_now);
  EXPECT_EQ(clock.true_time({moved.seconds, 0}), std::nullopt) << "a later layer says this second";
  EXPECT_EQ(clock.true_time(moved), k_2023);
}

/// Else a base from the future would leave no room for steps, or make them wait.
TEST(ShownTimes, OfABaseWhatIsToComeIsMoved) {
  for (const std::int64_t odd : {k_now + 1, std::int64_t{4'200'000'000}, std::int64_t{1} << 60}) {
    ShownTimes clock;
    const auto base = clock.add_layer({k_2023, odd}, k_base, k_now);
    EXPECT_EQ(base.at(k_2023), (ShownTime{k_2023, 0}));
    EXPECT_EQ(base.at(odd).seconds, k_2023 + 1) << "it stays the newest of its layer";
    EXPECT_EQ(clock.true_time(base.at(odd)), odd);
    const ShownTime step = clock.add_layer({0}, k_step, k_now).at(0);
    EXPECT_EQ(step.seconds, k_2023 + 2);
  }
  ShownTimes clock;
  EXPECT_EQ(clock.add_layer({k_now}, k_base, k_now).at(k_now), (ShownTime{k_now, 0}));
  EXPECT_EQ(clock.add_layer({0}, k_step, k_now).at(0).seconds, k_now + 1);
}

TEST(ShownTimes, ACutTimeIsNotTheOneToCome) {
  ShownTimes clock;
  const ShownTime moved = clock.add_layer({0, k_now + 1}, k_base, k_now).at(0);
  EXPECT_EQ(clock.true_time({moved.seconds, 0}), 0);
}

TEST(ShownTimes, WhatIsNoTextOfThemIsRefused) {
  EXPECT_THROW(ShownTimes::parse("something"), base::Error);
}

}  // namespace
}  // namespace pinnace::layer
