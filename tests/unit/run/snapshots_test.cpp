#include "run/snapshots.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.hpp"
#include "files/file.hpp"
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

/// As `find STORE -type f -exec chmod g+w {} +` does: the directories keep their times.
TEST(Snapshots, AreNotAsMadeWhenTheirFilesChanged) {
  const test_support::TemporaryDirectory directory;
  const fs::path tree = directory.path() / "fs";
  fs::create_directories(tree / "etc/ssl");
  fs::create_directories(tree / "closed");
  const auto write = [](const fs::path& file) { files::write_file_atomically(file, "text"); };
  for (const char* name : {"etc/passwd", "etc/ssl/cert", "closed/file"}) write(tree / name);
  fs::create_symlink("/proc", tree / "link");
  for (const char* name : {"", "etc", "etc/ssl"}) fs::permissions(tree / name, fs::perms(0755));
  fs::permissions(tree / "closed", fs::perms(0700));
  const auto is_noticed = [&](const auto& change) {
    files::write_file_atomically(directory.path() / k_mark_file, tree_mark(directory.path()));
    EXPECT_TRUE(is_as_made(directory.path()));
    ::usleep(20'000);  // the clock by which files get their times ticks
    change();
    return !is_as_made(directory.path());
  };
  for (const char* name : {"etc/passwd", "etc/ssl/cert"})
    EXPECT_TRUE(is_noticed([&] { fs::permissions(tree / name, fs::perms(0664)); })) << name;
  EXPECT_TRUE(is_noticed([&] { fs::permissions(tree / "etc", fs::perms(0775)); }));
  EXPECT_FALSE(is_noticed([&] { fs::permissions(tree / "closed/file", fs::perms(0600)); }))
      << "not everybody may look there";
  for (int i = 0; i < 1000; ++i) write(tree / ("many-" + std::to_string(i)));
  EXPECT_TRUE(is_noticed([&] { fs::permissions(tree / "many-1", fs::perms(0600)); }));
}

TEST(Snapshots, AreWantedByAVariable) {
  EXPECT_EQ(wanted_snapshots({}), WantedSnapshots::any);
  EXPECT_EQ(wanted_snapshots({{"PINNACE_SNAPSHOTS", "copy"}}), WantedSnapshots::copy);
  EXPECT_EQ(wanted_snapshots({{"PINNACE_SNAPSHOTS", "overlay"}}), WantedSnapshots::overlay);
  EXPECT_THROW(wanted_snapshots({{"PINNACE_SNAPSHOTS", "zfs"}}), base::Error);
}

}  // namespace
}  // namespace pinnace::run
