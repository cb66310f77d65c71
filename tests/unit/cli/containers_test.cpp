#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "base/error.hpp"
#include "cli/detached.hpp"
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
    EXPECT_EQ(parsed.invocation.instead({}), 0);
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
  add("b2");
  add("a1", R"({"ports":[{"address":"127.0.0.1","hostPort":8080,"containerPort":80}]})");
  add("c3", "cut off {");
  EXPECT_EQ(printed({"ps"}), "a1  ended  oci:a1\nb2  ended  oci:b2\nc3  ended  oci:c3\n");
  EXPECT_EQ(printed({"ps", "-q"}), "a1\nb2\nc3\n");
  const auto all = nlohmann::json::parse(printed({"ps", "--json"}));
  EXPECT_EQ(all.at(0).at("ports").at(0).at("hostPort"), 8080);
  EXPECT_EQ(all.at(0).at("running"), false);
  EXPECT_EQ(all.at(2).at("ports"), nlohmann::json::array()) << "what is damaged says nothing";
}

TEST_F(Containers, TheLogIsPrinted) {
  add("a1");
  EXPECT_EQ(printed({"logs", "a1"}), "said by a1\n");
}

TEST_F(Containers, AnIdLeadsNowhereElse) {
  add("a1");
  std::ofstream(m_store.path() / "log") << "secret";
  for (const char* id : {"", ".", "..", "../..", "a1/..", "A1", "a2", "a", "/", "a1\n"}) {
    const auto [code, text] = failure([&] { (void)containers().log(id); });
    EXPECT_EQ(code, ErrorCode::not_found) << id;
    EXPECT_NE(text.find("see pinnace ps"), std::string::npos) << id;
  }
}

TEST_F(Containers, StopRemovesWhatHasEndedAndNamesAllThatAreNotThere) {
  add("a1");
  add("b2");
  add("c3");
  const auto [code, text] = failure([&] {
    containers().stop({"d4", "a1", "e5", "b2", "a1"}, std::chrono::seconds(0));
  });
  EXPECT_EQ(code, ErrorCode::not_found);
  EXPECT_EQ(text,
            "there is no container d4, see pinnace ps; there is no container e5, see pinnace ps");
  EXPECT_FALSE(has("a1"));
  EXPECT_FALSE(has("b2"));
  EXPECT_TRUE(has("c3"));
}

}  // namespace
}  // namespace pinnace::cli
