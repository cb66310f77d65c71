#include "provenance/source_revision.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.hpp"
#include "files/file.hpp"
#include "process/process.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::provenance {
namespace {

TEST(RepositoryUri, Table) {
  struct Case {
    const char* remote;
    const char* expected;
  };
  for (const Case& c : std::vector<Case>{
           {"https://git.test/shop.git", "git+https://git.test/shop.git"},
           {"https://ada:secret@git.test/shop.git", "git+https://git.test/shop.git"},
           {"https://a@b:c@git.test/shop.git", "git+https://git.test/shop.git"},
           {"https://git.test/shop.git?token=secret#x", "git+https://git.test/shop.git"},
           {"ssh://git@git.test:22/shop.git", "git+ssh://git.test:22/shop.git"},
           {"git@git.test:team/shop.git", "git+ssh://git.test/team/shop.git"},
           {"/srv/git/shop.git", ""},
           {"/srv/a@b:c", ""},
           {"file:///srv/git/shop.git", ""},
           {"ext::sh -c x", ""},
           {"", ""}}) {
    EXPECT_EQ(repository_uri(c.remote), c.expected) << c.remote;
  }
}

class FindSource : public testing::Test {
 protected:
  FindSource() {
    m_environment = process::current_environment();
    m_environment["HOME"] = m_directory.path().string();
    for (const char* name : {"GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"}) m_environment[name] = "a";
    for (const char* name : {"GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"})
      m_environment[name] = "a@b";
    std::filesystem::create_directories(m_repository / "web");
    write("web/file", "text");
  }
  void write(const std::string& path, const std::string& text) {
    files::write_file_atomically(m_repository / path, text);
  }
  std::string git(std::vector<std::string> arguments) {
    process::Command command;
    command.arguments = {"git"};
    command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
    command.environment = m_environment;
    command.directory = m_repository;
    const auto result = process::run({}, command);
    EXPECT_TRUE(result.succeeded()) << result.error;
    return result.output.substr(0, result.output.find('\n'));
  }
  void commit() {
    git({"init", "--quiet"});
    git({"add", "."});
    git({"commit", "--quiet", "-m", "x"});
  }
  std::optional<SourceRevision> find(const std::vector<std::string>& own = {}) {
    return find_source({}, m_repository / "web", m_environment, own);
  }

  test_support::TemporaryDirectory m_directory;
  std::filesystem::path m_repository = m_directory.path() / "repository";
  process::Environment m_environment;
};

TEST_F(FindSource, OfACleanRepository) {
  commit();
  git({"remote", "add", "origin", "https://ada:secret@git.test/shop.git"});
  EXPECT_EQ(find(), (SourceRevision{"git+https://git.test/shop.git", git({"rev-parse", "HEAD"}),
                                    "web", false}));
}

TEST_F(FindSource, WhatWasChangedOrAddedMakesItDirty) {
  commit();
  std::filesystem::create_directories(m_repository / "web/own");
  write("web/own/out", "built");
  ASSERT_TRUE(find().has_value());
  EXPECT_TRUE(find()->is_dirty);
  EXPECT_FALSE(find({"own"})->is_dirty) << "what the build writes is none of its source";
  write("web/file", "another text");
  EXPECT_TRUE(find({"own"})->is_dirty);
}

TEST_F(FindSource, NothingWithoutARepositoryOrACommitOrGit) {
  EXPECT_EQ(find(), std::nullopt);
  git({"init", "--quiet"});
  EXPECT_EQ(find(), std::nullopt);
  commit();
  EXPECT_NE(find(), std::nullopt);
  m_environment["PATH"] = "/nowhere";
  EXPECT_EQ(find(), std::nullopt);
}

TEST_F(FindSource, NoProgramOfTheRepositoryIsRun) {
  commit();
  write("evil", "#!/bin/sh\ntouch '" + (m_directory.path() / "ran").string() + "'\n");
  std::filesystem::permissions(m_repository / "evil", std::filesystem::perms::all);
  git({"config", "core.fsmonitor", (m_repository / "evil").string()});
  EXPECT_NE(find(), std::nullopt);
  git({"config", "filter.x=y.clean", "true"});
  EXPECT_EQ(find(), std::nullopt) << "it can't be switched off";
  git({"config", "--unset", "filter.x=y.clean"});
  write(".gitattributes", "* filter=x\n");
  write("web/file", "another");
  git({"config", "filter.x.clean", (m_repository / "evil").string()});
  ASSERT_NE(find(), std::nullopt);
  EXPECT_TRUE(find()->is_dirty);
  EXPECT_FALSE(std::filesystem::exists(m_directory.path() / "ran"));
}

/// A commit can have all of a bare repository but its name.
TEST_F(FindSource, WhatLooksLikeARepositoryIsFiles) {
  std::filesystem::create_directories(m_repository / "web/objects");
  std::filesystem::create_directories(m_repository / "web/refs/heads");
  write("web/objects/k", "");
  write("web/refs/heads/k", "");
  write("web/HEAD", "ref: refs/heads/main\n");
  write("web/config", "[core]\n\tbare = false\n\tworktree = .\n");
  EXPECT_EQ(find(), std::nullopt);
  commit();
  ASSERT_NE(find(), std::nullopt);
  EXPECT_EQ(find()->revision, git({"rev-parse", "HEAD"}));
  EXPECT_EQ(find()->directory, "web");
}

}  // namespace
}  // namespace pinnace::provenance
