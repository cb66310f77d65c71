#include "config/credentials.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/error.hpp"

namespace pinnace::config {
namespace {

using base::Error;
using base::ErrorCode;

std::string user_for(const CredentialStore& store, std::string_view domain,
                     std::string_view repository) {
  const auto found = store.find({}, domain, repository);
  return found ? found->username : "";
}

TEST(Credentials, AreWipedAndMoved) {
  Credentials first("me", "geheim");
  first.identity_token = "i";
  const Credentials copy = first;
  Credentials second = std::move(first);
  EXPECT_EQ(second.password, "geheim");
  EXPECT_EQ(copy.password, "geheim");
  EXPECT_FALSE(copy.empty());
  EXPECT_TRUE(Credentials().empty());
  wipe(second.password);
  EXPECT_EQ(second.password, "");
}

TEST(Credentials, WipingOverwrites) {
  std::string text = "a secret long enough to be on the heap, not in the object";
  const char* bytes = text.data();
  const std::size_t capacity = text.capacity();
  wipe(text);
  EXPECT_TRUE(text.empty());
  ASSERT_EQ(text.data(), bytes);
  text.resize(capacity);  // within its capacity: the memory stays ours
  EXPECT_EQ(text, std::string(capacity, '\0'));
}

TEST(StaticCredentials, TheLongestKeyWins) {
  const auto store = StaticCredentials::parse(R"({"version": 1, "registries": {
    "h.x:5000": {"username": "host", "password": "p"},
    "h.x:5000/team": {"username": "team", "password": "p"},
    "h.x:5000/team/web": {"username": "web", "password": "p"},
    "docker.io": {"username": "hub", "password": "p"}}})");
  EXPECT_EQ(user_for(store, "h.x:5000", "other/web"), "host");
  EXPECT_EQ(user_for(store, "h.x:5000", "team/api"), "team");
  EXPECT_EQ(user_for(store, "h.x:5000", "team/web"), "web");
  EXPECT_EQ(user_for(store, "h.x:5000", "team/web/x"), "web");
  EXPECT_EQ(user_for(store, "h.x:5000", "team/website"), "team");
  EXPECT_EQ(user_for(store, "h.x:5000", "teams"), "host");
  EXPECT_EQ(user_for(store, "h.x:5000", ""), "host");
  EXPECT_EQ(user_for(store, "docker.io", "library/nginx"), "hub");
  EXPECT_EQ(user_for(store, "h.x", "team/web"), "") << "another port is another registry";
  EXPECT_EQ(user_for(store, "h.x:50001", "team/web"), "");
}

TEST(StaticCredentials, Tokens) {
  const auto store = StaticCredentials::parse(
      R"({"version": 1, "registries": {"a.x": {"identityToken": "i"}, "b.x": {"registryToken": "r", "username": null}}})");
  EXPECT_EQ(store.find({}, "a.x", "")->identity_token, "i");
  EXPECT_EQ(store.find({}, "b.x", "")->registry_token, "r");
}

TEST(StaticCredentials, RefusesWithPlaceAndWithoutSecrets) {
  const std::vector<std::string> cases = {
      "",
      "[]",
      "{}",
      R"({"version": 2, "registries": {"h.x": {"username": "u", "password": "geheim"}}})",
      R"({"version": "1", "registries": {"h.x": {"username": "u", "password": "geheim"}}})",
      R"({"registries": {"h.x": {"username": "u", "password": "geheim"}}})",
      R"({"version": 1, "registries": []})",
      R"({"version": 1, "registries": {"h.x": "geheim"}})",
      R"({"version": 1, "registries": {"h.x": {}}})",
      R"({"version": 1, "registries": {"h.x": {"password": "geheim"}}})",
      R"({"version": 1, "registries": {"h.x": {"username": "u", "pasword": "geheim"}}})",
      R"({"version": 1, "registries": {"h.x": {"username": "u", "password": ["geheim"]}}})",
      R"({"version": 1, "registries": {"h.x": {"username": "u", "password": geheim}}})",
      R"({"version": 1, "registries": {"h.x": {"username": "u", "password": "geheim)",
      R"({"version": 1, "registries": {"": {"username": "u", "password": "geheim"}}})",
      R"({"version": 1, "registries": {"h.x": {"username": "a", "password": "geheim"}, "h.x/": {"username": "b"}}})",
      R"({"version": 1, "registries": {"env:80": {"username": "u", "password": "geheim"}}})",
      R"({"version": 1, "registries": {"oci:5000/x": {"username": "u", "password": "geheim"}}})",
      R"({"password": "geheim"})",
  };
  for (const std::string& text : cases) {
    try {
      StaticCredentials::parse(text, "creds");
      ADD_FAILURE() << "accepted " << text;
    } catch (const Error& error) {
      const std::string message = error.what();
      EXPECT_EQ(error.code(), ErrorCode::invalid_input);
      EXPECT_TRUE(message.starts_with("creds:1:")) << message;
      EXPECT_EQ(message.find("geheim"), std::string::npos) << message;
    }
  }
}

}  // namespace
}  // namespace pinnace::config
