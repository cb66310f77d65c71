#include "run/snapshots.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::run {
namespace {

namespace fs = std::filesystem;

TEST(Snapshots, AreNamedByAllThatTheyStandOn) {
  const auto name = [](const std::string& parent, const std::string& layer) {
    return snapshot_name(parent, layer, SnapshotKind::changes);
  };
  EXPECT_EQ(name("", "sha256:a"), name("", "sha256:a"));
  EXPECT_NE(name("", "sha256:a"), name("", "sha256:b"));
  EXPECT_NE(name(name("", "sha256:a"), "sha256:b"), name("", "sha256:b"));
  EXPECT_NE(name("", "sha256:a"), snapshot_name("", "sha256:a", SnapshotKind::copy));
}

TEST(Snapshots, WhatStandsOnATemporaryOneIsTemporary) {
  for (const auto kind : {SnapshotKind::changes, SnapshotKind::copy}) {
    const std::string passing = snapshot_name("", "passing-1", kind);
    EXPECT_TRUE(passing.starts_with(k_temporary_snapshot));
    EXPECT_TRUE(snapshot_name(passing, "sha256:a", kind).starts_with(k_temporary_snapshot));
    EXPECT_FALSE(snapshot_name("", "sha256:a", kind).starts_with(k_temporary_snapshot));
  }
}

TEST(Snapshots, OfTheCopiesTheLastUsedStay) {
  const test_support::TemporaryDirectory directory;
  const auto now = fs::file_time_type::clock::now();
  for (int i = 0; i < 7; ++i) {
    const fs::path copy = directory.path() / ("copy-" + std::to_string(i));
    fs::create_directory(copy);
    fs::last_write_time(copy, now - std::chrono::hours(i == 3 ? 100 : i));
  }
  for (const char* name : {"tmp-left", "tmp-gone-1", "0123", "caches"})
    fs::create_directory(directory.path() / name);
  std::vector<std::string> needless = needless_snapshots(directory.path());
  std::sort(needless.begin(), needless.end());
  EXPECT_EQ(needless, (std::vector<std::string>{"copy-3", "copy-5", "copy-6", "tmp-left"}));
  EXPECT_EQ(discarded_snapshots(directory.path()), std::vector<std::string>{"tmp-gone-1"});
}

TEST(Snapshots, AreWantedByAVariable) {
  EXPECT_EQ(wanted_snapshots({}), WantedSnapshots::any);
  EXPECT_EQ(wanted_snapshots({{"PINNACE_SNAPSHOTS", "copy"}}), WantedSnapshots::copy);
  EXPECT_EQ(wanted_snapshots({{"PINNACE_SNAPSHOTS", "overlay"}}), WantedSnapshots::overlay);
  EXPECT_THROW(wanted_snapshots({{"PINNACE_SNAPSHOTS", "zfs"}}), base::Error);
}

}  // namespace
}  // namespace pinnace::run
