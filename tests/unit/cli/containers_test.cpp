#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "base/error.hpp"
#include "cli/containers/detached.hpp"
#include "local/local_store.hpp"
#include "parsed.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::cli {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

/// A store with containers that nobody watches over.
class Containers : public testing::Test {
 protected:
  void add(const std::string& id, const std::string& ports = "") {
    const fs::path directory = local::LocalStore(m_store.path()).at(local::Part::containers) / id;
    fs::create_directories(directory);
    std::ofstream(directory / "image") << "oci:" + id;
    std::ofstream(directory / "log") << "said by " + id + "\n";
    std::ofstream(directory / "lock") << "";
    if (!ports.empty()) std::ofstream(directory / "ports") << ports;
  }
  bool has(const std::string& id) const {
    return fs::exists(local::LocalStore(m_store.path()).at(local::Part::containers) / id);
  }
  DetachedContainers containers() const { return DetachedContainers(m_store.path()); }

  /// What a verb prints.
  std::string printed(const std::vector<const char*>& words) const {
    const Parsed parsed(words, m_store.path().c_str());
    testing::internal::CaptureStdout();
    Terminal terminal(Terminal::Mode::quiet);
    EXPECT_EQ(parsed.invocation.perform({parsed.global, terminal, {}}), 0);
    std::cout.flush();
    return testing::internal::GetCapturedStdout();
  }

  template <class Action>
  static std::pair<ErrorCode, std::string> failure(Action action) {
    try {
      action();
    } catch (const base::Error& error) {
      return {error.code(), error.what()};
    }
    return {ErrorCode::internal, "nothing was thrown"};
  }

  test_support::TemporaryDirectory m_store;
};

TEST_F(Containers, NoneAreThereBeforeTheFirst) {
  EXPECT_TRUE(containers().list().empty());
  EXPECT_EQ(printed({"ps"}), "");
  EXPECT_EQ(printed({"ps", "--json"}), "[]\n");
}

TEST_F(Containers, AreListedByTheirId) {
  add("b20000000000");
  add("a10000000000", R"({"ports":[{"address":"127.0.0.1","hostPort":8080,"containerPort":80}]})");
  add("c30000000000", "cut off {");
  EXPECT_EQ(printed({"ps"}),
            "a10000000000  ended  oci:a10000000000\nb20000000000  ended  "
            "oci:b20000000000\nc30000000000  ended  oci:c30000000000\n");
  EXPECT_EQ(printed({"ps", "-q"}), "a10000000000\nb20000000000\nc30000000000\n");
  const auto all = nlohmann::json::parse(printed({"ps", "--json"}));
  EXPECT_EQ(all.at(0).at("ports").at(0).at("hostPort"), 8080);
  EXPECT_EQ(all.at(0).at("running"), false);
  EXPECT_EQ(all.at(2).at("ports"), nlohmann::json::array()) << "what is damaged says nothing";
}

TEST_F(Containers, TheLogIsPrinted) {
  add("a10000000000");
  EXPECT_EQ(printed({"logs", "a10000000000"}), "said by a10000000000\n");
}

TEST_F(Containers, AnIdLeadsNowhereElse) {
  add("a10000000000");
  std::ofstream(m_store.path() / "log") << "secret";
  for (const char* id : {"", ".", "..", "../..", "a10000000000/..", "A10000000000", "a2",
                         "a20000000000", "/", "a10000000000\n"}) {
    const auto [code, text] = failure([&] { (void)containers().log(id); });
    EXPECT_EQ(code, ErrorCode::not_found) << id;
    EXPECT_NE(text.find("see pinnace ps"), std::string::npos) << id;
  }
}

/// `containers` is a usual name for directories of Dockerfiles, and "db" has hexadecimal digits.
TEST_F(Containers, WhatIsNoContainerIsNotTouched) {
  const fs::path all = local::LocalStore(m_store.path()).at(local::Part::containers);
  add("a10000000000");
  for (const char* file : {"web/main.c", "db/schema.sql", "a10000000000/other", "file"}) {
    fs::create_directories((all / file).parent_path());
    std::ofstream(all / file) << "a person's own";
  }
  EXPECT_EQ(printed({"ps"}), "");
  for (const std::string id : {"web", "db", "a10000000000", "file"}) {
    const auto [code, text] = failure([&] { containers().stop({id}, std::chrono::seconds(0)); });
    EXPECT_EQ(code, ErrorCode::not_found) << id;
    EXPECT_TRUE(has(id)) << id;
  }
}

TEST_F(Containers, StopRemovesWhatHasEndedAndNamesAllThatAreNotThere) {
  add("a10000000000");
  add("b20000000000");
  add("c30000000000");
  const auto [code, text] = failure([&] {
    containers().stop(
        {"d40000000000", "a10000000000", "e50000000000", "b20000000000", "a10000000000"},
        std::chrono::seconds(0));
  });
  EXPECT_EQ(code, ErrorCode::not_found);
  EXPECT_EQ(text,
            "there is no container d40000000000, see pinnace ps; there is no container "
            "e50000000000, see pinnace ps");
  EXPECT_FALSE(has("a10000000000"));
  EXPECT_FALSE(has("b20000000000"));
  EXPECT_TRUE(has("c30000000000"));
}

TEST_F(Containers, HaveTenSecondsToEndUnlessSaid) {
  const Parsed parsed({"stop", "a10000000000"});
  const CLI::Option* time = parsed.app.get_subcommand("stop")->get_option("--time");
  EXPECT_EQ(time->get_default_str(), "10");
}

/// `stop` and `ps` don't take one for ended because they could not look; of several the others
/// are removed.
TEST_F(Containers, OneThatCantBeLookedAtIsNotTakenForEnded) {
  for (const char* id : {"a10000000000", "b20000000000"}) add(id);
  const fs::path lock =
      local::LocalStore(m_store.path()).at(local::Part::containers) / "a10000000000" / "lock";
  fs::remove(lock);
  fs::create_symlink("lock", lock);
  EXPECT_EQ(failure([&] { (void)containers().list(); }).first, ErrorCode::io);
  const auto [code, text] = failure([&] {
    containers().stop({"a10000000000", "b20000000000"}, std::chrono::seconds(0));
  });
  EXPECT_EQ(code, ErrorCode::io);
  EXPECT_NE(text.find("a10000000000/lock"), std::string::npos) << text;
  EXPECT_TRUE(has("a10000000000"));
  EXPECT_FALSE(has("b20000000000"));
}

}  // namespace
}  // namespace pinnace::cli
