#include "sandbox/trees/seen_files.hpp"

#include <gtest/gtest.h>

namespace pinnace::sandbox {
namespace {

using layer::ShownTime;

constexpr std::int64_t k_now = 1'000;
constexpr std::size_t k_limit = 1'000'000;
constexpr ShownTime k_first{10, 500};   ///< what a first step wrote
constexpr ShownTime k_second{11, 500};  ///< and a second one

std::optional<ShownTime> time_of(const Renewal& renewal, const std::string& path) {
  const auto found = renewal.anew.find(path);
  return found == renewal.anew.end() ? std::nullopt : std::optional(found->second);
}

/// A second ago, a container was at work.
Renewal renew_at(const StepFiles& files, const std::vector<SeenFiles>& caches,
                 std::int64_t second) {
  return renew(files, caches, second - 1);
}

TEST(SeenFiles, AnEmptyCacheHasNothingThatIsOlder) {
  const Renewal renewal = renew_at({{"a", {"1", k_first}}}, {}, k_now);
  EXPECT_TRUE(renewal.anew.empty());
  EXPECT_EQ(*renewal.seen.find("a"), (SeenFiles::Entry{"1", std::nullopt}));
}

TEST(SeenFiles, WhatChangedIsShownAnewAndStaysSo) {
  StepFiles files{{"a", {"1", k_first}}, {"b", {"1", k_first}}};
  const SeenFiles first = renew_at(files, {}, k_now).seen;
  EXPECT_TRUE(renew_at(files, {first}, k_now).anew.empty());
  files.at("a").content = "2";
  const Renewal second = renew_at(files, {first}, k_now);
  EXPECT_EQ(time_of(second, "a").value().seconds, k_now);
  EXPECT_EQ(time_of(second, "b"), std::nullopt);
  const Renewal third = renew_at(files, {second.seen}, k_now + 50);
  EXPECT_EQ(third.anew, second.anew) << "a cache may have compiled it since";
  files.at("a").content = "1";
  EXPECT_EQ(time_of(renew_at(files, {third.seen}, k_now + 90), "a").value().seconds, k_now + 90);
}

TEST(SeenFiles, WhatACacheHasNeverSeenIsNew) {
  const StepFiles files{{"a", {"1", k_first}}};
  EXPECT_EQ(time_of(renew_at(files, {SeenFiles()}, k_now), "a").value().seconds, k_now);
  const SeenFiles seen = renew_at(files, {}, k_now).seen;
  EXPECT_EQ(time_of(renew_at(files, {seen, SeenFiles()}, k_now), "a").value().seconds, k_now)
      << "by one of them";
  const SeenFiles without = renew_at({}, {seen}, k_now).seen;
  EXPECT_EQ(time_of(renew_at(files, {without}, k_now), "a").value().seconds, k_now)
      << "it was away";
}

TEST(SeenFiles, OfTwoCachesTheLaterTimeHolds) {
  const StepFiles files{{"a", {"1", k_first}}};
  const SeenFiles layers = renew_at(files, {}, k_now).seen;
  const SeenFiles anew = renew_at(files, {SeenFiles()}, k_now).seen;
  const Renewal renewal = renew_at(files, {anew, layers}, k_now + 50);
  EXPECT_EQ(time_of(renewal, "a").value().seconds, k_now);
  EXPECT_EQ(renewal.seen, anew);
}

TEST(SeenFiles, FilesOfLaterStepsStayNewer) {
  StepFiles files{{"a", {"1", k_first}}, {"b", {"1", k_second}}, {"c", {"1", {9, 0}}}};
  const SeenFiles first = renew_at(files, {}, k_now).seen;
  files.at("a").content = "2";
  const Renewal renewal = renew_at(files, {first}, k_now);
  EXPECT_EQ(time_of(renewal, "a").value().seconds, k_now);
  EXPECT_EQ(time_of(renewal, "b").value().seconds, k_now + 1);
  EXPECT_EQ(time_of(renewal, "c"), std::nullopt);
}

TEST(SeenFiles, TheNewSecondIsAfterTheLastContainersEnd) {
  const StepFiles files{{"a", {"1", k_first}}};
  for (const auto& [end, second] : std::map<std::int64_t, std::int64_t>{
           {7, 999}, {998, 999}, {999, 1'000}, {1'000, 1'001}, {9'999, 1'001}}) {
    SeenFiles cache;
    cache.set_end(end);
    EXPECT_EQ(time_of(renew(files, {cache}, 1'000), "a").value().seconds, second) << end;
    EXPECT_EQ(time_of(renew(files, {cache, SeenFiles()}, 1'000), "a").value().seconds, 1'001)
        << "one is at work, or was ended";
  }
}

TEST(SeenFiles, WhatOthersHaveChangedMeanwhileIsForgotten) {
  const StepFiles files{{"a", {"1", k_first}}, {"b", {"1", k_first}}};
  const SeenFiles ours = renew_at(files, {}, k_now).seen;
  SeenFiles record = ours;
  record.forget_others(ours);
  EXPECT_EQ(record, ours);
  record =
      renew_at({{"a", {"1", k_first}}, {"b", {"2", k_first}}, {"c", {"1", k_first}}}, {}, k_now)
          .seen;
  record.forget_others(ours);
  EXPECT_NE(record.find("a"), nullptr);
  EXPECT_EQ(record.find("b"), nullptr);
  EXPECT_EQ(record.find("c"), nullptr);
}

TEST(SeenFiles, AreReadAsTheyWereWritten) {
  const StepFiles files{{"a\n b", {"1", k_first}}, {"c", {"", {-5, 0}}}};
  for (const SeenFiles& seen :
       {SeenFiles(), renew_at(files, {}, k_now).seen, renew_at(files, {SeenFiles()}, -k_now).seen})
    EXPECT_EQ(SeenFiles::parse(seen.to_text(k_limit)), seen);
  SeenFiles ended;
  ended.set_end(-7);
  EXPECT_EQ(SeenFiles::parse(ended.to_text(k_limit)).end(), -7);
}

TEST(SeenFiles, TooLongATextSaysNothingButTheEnd) {
  SeenFiles seen = renew_at({{"a", {"1", k_first}}, {"b", {"1", k_first}}}, {}, k_now).seen;
  seen.set_end(7);
  const std::size_t size = seen.to_text(k_limit).size();
  EXPECT_EQ(SeenFiles::parse(seen.to_text(size)), seen);
  SeenFiles nothing;
  nothing.set_end(7);
  EXPECT_EQ(SeenFiles::parse(seen.to_text(size - 1)), nothing);
  EXPECT_EQ(SeenFiles::parse(seen.to_text(0)), nothing);
}

TEST(SeenFiles, DamagedTextSaysNothing) {
  const std::string text =
      renew_at({{"a", {"1", k_first}}, {"b", {"1", k_first}}}, {SeenFiles()}, k_now)
          .seen.to_text(k_limit);
  for (std::size_t size = 0; size < text.size(); ++size) {
    const SeenFiles seen = SeenFiles::parse(text.substr(0, size));
    EXPECT_EQ(seen.find("b"), nullptr) << size;
  }
  EXPECT_EQ(SeenFiles::parse("pinnace-seen 2\0a\0b\0\0"), SeenFiles());
  std::string other = text;
  other.replace(other.find("1000."), 5, "1x00.");
  EXPECT_EQ(SeenFiles::parse(other), SeenFiles());
}

}  // namespace
}  // namespace pinnace::sandbox
