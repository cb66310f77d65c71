#include "sandbox/mounts/stubs.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.hpp"
#include "files/file.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::sandbox {
namespace {

namespace fs = std::filesystem;
using tree::RootedPath;

class StubsTest : public testing::Test {
 protected:
  StubsTest() { fs::create_directory(m_top / "there"); }

  test_support::TemporaryDirectory m_directory;
  const fs::path m_top = [this] {
    fs::create_directory(m_directory.path() / "root");
    return m_directory.path() / "root";
  }();
  const fs::path m_host = m_directory.path() / "host";
  const tree::OpenRoot m_root{m_top};
  Stubs m_stubs{m_root};
};

TEST_F(StubsTest, AreMadeAndRemoved) {
  m_stubs.add(RootedPath("there/a/b/file"), false);
  m_stubs.add(RootedPath("there/a/directory"), true);
  m_stubs.add(RootedPath("there"), true);
  EXPECT_TRUE(fs::is_regular_file(m_top / "there/a/b/file"));
  EXPECT_TRUE(fs::is_directory(m_top / "there/a/directory"));
  m_stubs.remove();
  EXPECT_TRUE(fs::is_empty(m_top / "there"));
}

TEST_F(StubsTest, WhatSomebodyPutThereStays) {
  m_stubs.add(RootedPath("a/file"), false);
  m_stubs.add(RootedPath("b/c"), true);
  m_stubs.add(RootedPath("d"), false);
  files::write_file_atomically(m_top / "b/c/own", "");
  fs::remove(m_top / "d");
  files::write_file_atomically(m_top / "d", "");  // as empty as the stub was
  m_stubs.remove();
  EXPECT_FALSE(fs::exists(m_top / "a"));
  EXPECT_TRUE(fs::exists(m_top / "b/c/own"));
  EXPECT_TRUE(fs::exists(m_top / "d"));
}

TEST_F(StubsTest, AParentThatBecameALinkLeadsNowhere) {
  fs::create_directories(m_host / "directory");
  files::write_file_atomically(m_host / "file", "");
  m_stubs.add(RootedPath("q/directory"), true);
  m_stubs.add(RootedPath("q/file"), false);
  fs::rename(m_top / "q", m_top / "moved");
  fs::create_directory_symlink(m_host, m_top / "q");
  m_stubs.remove();
  EXPECT_TRUE(fs::exists(m_host / "directory"));
  EXPECT_TRUE(fs::exists(m_host / "file"));
  // Where they are now, nobody has put anything.
  EXPECT_TRUE(fs::is_empty(m_top / "moved"));
  EXPECT_TRUE(fs::is_symlink(m_top / "q"));
}

TEST_F(StubsTest, AreRefusedWhereSomethingElseIs) {
  files::write_file_atomically(m_top / "file", "");
  fs::create_directory_symlink(m_directory.path(), m_top / "link");
  EXPECT_THROW(m_stubs.add(RootedPath("file"), true), base::Error);
  EXPECT_THROW(m_stubs.add(RootedPath("file/x"), false), base::Error);
  EXPECT_THROW(m_stubs.add(RootedPath("there"), false), base::Error);
  EXPECT_THROW(m_stubs.add(RootedPath("link/x"), true), base::Error);
}

}  // namespace
}  // namespace pinnace::sandbox
