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

std::string copy_name(int number) {
  return k_copied_snapshot + std::string(23, 'a') + std::to_string(number);
}

TEST(Snapshots, AreKnownByTheirNames) {
  const std::string changes = snapshot_name("", "sha256:a", SnapshotKind::changes);
  for (const std::string& name :
       {changes, snapshot_name(changes, "sha256:b", SnapshotKind::copy), merged_name(changes),
        snapshot_name("", "passing-1", SnapshotKind::changes), std::string("tmp-gone-1")})
    EXPECT_TRUE(is_snapshot_name(name)) << name;
  for (const char* name : {"", "caches", "src", "copy-", "copy-of-mine",
                           "0123456789abcdef01234567z", "0123456789ABCDEF01234567"})
    EXPECT_FALSE(is_snapshot_name(name)) << name;
}

TEST(Snapshots, OfTheCopiesTheLastUsedStay) {
  const test_support::TemporaryDirectory directory;
  const auto now = fs::file_time_type::clock::now();
  for (int i = 0; i < 7; ++i) {
    const fs::path copy = directory.path() / copy_name(i);
    fs::create_directory(copy);
    fs::last_write_time(copy, now - std::chrono::hours(i == 3 ? 100 : i));
  }
  for (const char* name : {"tmp-left", "tmp-gone-1", "0123", "caches", "copy-of-mine"})
    fs::create_directory(directory.path() / name);
  std::vector<std::string> needless = needless_snapshots(directory.path());
  std::sort(needless.begin(), needless.end());
  EXPECT_EQ(needless,
            (std::vector<std::string>{copy_name(3), copy_name(5), copy_name(6), "tmp-left"}));
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
