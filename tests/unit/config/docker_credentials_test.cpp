#include "config/docker_credentials.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "files/file.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::config {
namespace {

using base::Error;
using base::ErrorCode;

/// A home with its own PATH, where the credential helpers of the test are.
class DockerCredentialsTest : public ::testing::Test {
 protected:
  DockerCredentialsTest() { m_environment["HOME"] = home().string(); }

  std::filesystem::path home() const { return m_directory.path(); }
  void write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((home() / name).parent_path());
    files::write_file_atomically(home() / name, text);
  }
  void configure(const std::string& json) { write(".docker/config.json", json); }
  void add_helper(const std::string& name, const std::string& script) {
    const auto file = home() / "bin" / ("docker-credential-" + name);
    std::filesystem::create_directories(file.parent_path());
    files::write_file_atomically(file, "#!/bin/sh\n" + script + "\n", 0755);
    m_environment["PATH"] = (home() / "bin").string() + ":/usr/bin:/bin";
  }
  std::optional<Credentials> find(std::string_view domain, std::string_view repository = "a/b") {
    return DockerCredentials(m_environment).find({}, domain, repository);
  }
  /// "user:password", "" if there are none.
  std::string found(std::string_view domain, std::string_view repository = "a/b") {
    const auto credentials = find(domain, repository);
    return credentials ? credentials->username + ":" + credentials->password : "";
  }
  std::string refusal(ErrorCode code, std::string_view domain = "h.x") {
    try {
      find(domain);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      EXPECT_EQ(std::string(error.what()).find("geheim"), std::string::npos) << error.what();
      return error.what();
    }
    return "nothing was thrown";
  }

  test_support::TemporaryDirectory m_directory;
  process::Environment m_environment;
};

// base64 of user:pass and other:a:b
constexpr const char* k_auth = "dXNlcjpwYXNz";
constexpr const char* k_other = "b3RoZXI6YTpi";

std::string auth(const std::string& key, const std::string& encoded) {
  return "\"" + key + "\": {\"auth\": \"" + encoded + "\"}";
}

TEST_F(DockerCredentialsTest, NoFileIsAnonymous) {
  EXPECT_EQ(found("h.x"), "");
  m_environment.clear();
  EXPECT_EQ(found("h.x"), "");
}

TEST_F(DockerCredentialsTest, AnEmptyFileIsAnonymous) {
  for (const char* nothing : {"", " \n", "null", "null\n"}) {
    configure(nothing);
    EXPECT_EQ(found("h.x"), "") << nothing;
  }
  configure("{}");
  EXPECT_EQ(found("h.x"), "");
  configure(R"({"auths": null, "credHelpers": null, "credsStore": "", "HttpHeaders": {"a": 1}})");
  EXPECT_EQ(found("h.x"), "");
}

TEST_F(DockerCredentialsTest, ReadsAuths) {
  configure("{\"auths\": {" + auth("h.x:5000", k_auth) + "," + auth("other.x", k_other) +
            R"(,"plain.x": {"username": "u", "password": "p"}, "empty.x": {}})" + "}");
  EXPECT_EQ(found("h.x:5000"), "user:pass");
  EXPECT_EQ(found("other.x"), "other:a:b") << "only the first colon parts";
  EXPECT_EQ(found("plain.x"), "u:p");
  EXPECT_EQ(found("empty.x"), "");
  EXPECT_EQ(found("h.x"), "");
  EXPECT_EQ(found("sub.h.x:5000"), "");
}

TEST_F(DockerCredentialsTest, KeysInAllTheirForms) {
  for (const char* key :
       {"h.x", "https://h.x", "http://h.x/", "https://h.x/v1/", "https://h.x/v2/"}) {
    configure("{\"auths\": {" + auth(key, k_auth) + "}}");
    EXPECT_EQ(found("h.x"), "user:pass") << key;
  }
  for (const char* key :
       {"docker.io", "index.docker.io", "https://index.docker.io/v1/", "registry-1.docker.io",
        "https://registry-1.docker.io", "index.docker.io/v1/"}) {
    configure("{\"auths\": {" + auth(key, k_auth) + "}}");
    EXPECT_EQ(found("docker.io", "library/nginx"), "user:pass") << key;
    EXPECT_EQ(found("h.x"), "") << key;
  }
}

TEST_F(DockerCredentialsTest, TheLongestKeyWins) {
  configure("{\"auths\": {" + auth("h.x/a", k_other) + "," + auth("h.x", k_auth) + "}}");
  EXPECT_EQ(found("h.x", "a/b"), "other:a:b");
  EXPECT_EQ(found("h.x", "a"), "other:a:b");
  EXPECT_EQ(found("h.x", "ab/c"), "user:pass");
  EXPECT_EQ(found("h.x", ""), "user:pass");
}

TEST_F(DockerCredentialsTest, Tokens) {
  configure(R"({"auths": {"h.x": {"identitytoken": "i"}, "r.x": {"registrytoken": "r"}}})");
  EXPECT_EQ(find("h.x")->identity_token, "i");
  EXPECT_EQ(find("r.x")->registry_token, "r");
}

TEST_F(DockerCredentialsTest, WhichFiles) {
  m_environment["REGISTRY_AUTH_FILE"] = (home() / "first.json").string();
  m_environment["DOCKER_CONFIG"] = (home() / "docker").string();
  m_environment["XDG_RUNTIME_DIR"] = (home() / "run").string();
  const std::vector<std::filesystem::path> expected = {
      home() / "first.json", home() / "docker/config.json", home() / "run/containers/auth.json"};
  EXPECT_EQ(DockerCredentials(m_environment).files(), expected);

  configure("{\"auths\": {" + auth("h.x", k_auth) + "}}");
  EXPECT_EQ(found("h.x"), "") << "$DOCKER_CONFIG replaces ~/.docker";
  write("run/containers/auth.json", "{\"auths\": {" + auth("h.x", k_auth) + "}}");
  EXPECT_EQ(found("h.x"), "user:pass");
  write("docker/config.json", R"({"auths": {"h.x": {"username": "second", "password": "p"}}})");
  EXPECT_EQ(found("h.x"), "second:p");
  write("first.json", R"({"auths": {"h.x": {"username": "first", "password": "p"}}})");
  EXPECT_EQ(found("h.x"), "first:p");
}

TEST_F(DockerCredentialsTest, NothingIsReadBeforeFind) {
  DockerCredentials credentials(m_environment);
  configure("{\"auths\": {" + auth("h.x", k_auth) + "}}");
  EXPECT_EQ(credentials.find({}, "h.x", "")->username, "user");
}

struct Broken {
  std::string text;
  std::string place;
};

TEST_F(DockerCredentialsTest, BrokenFilesAreErrorsWithoutSecrets) {
  const std::vector<Broken> cases = {
      {"{", ":1:"},
      {"[]", ":1:1:"},
      {R"({"auths": []})", ":1:11:"},
      {R"({"auths": {"h.x": "geheim"}})", ":1:19:"},
      {R"({"auths": {"h.x": {"auth": 5}}})", ":1:28:"},
      {R"({"auths": {"h.x": {"auth": "geheim!!"}}})", ":1:28:"},
      {R"({"auths": {"h.x": {"auth": "Z2VoZWlt"}}})", ":1:28:"},
      {R"({"auths": {"h.x": {"password": ["geheim"]}}})", ":1:32:"},
      {"{\"auths\":\n {\"h.x\": {\"auth\": geheim}}}", ":2:"},
      {R"({"credsStore": "../../geheim"})", ":1:16:"},
      {R"({"credsStore": "a b"})", ":1:16:"},
      {R"({"credsStore": ["a"]})", ":1:16:"},
      {R"({"credHelpers": {"h.x": "a/b"}})", ":1:25:"},
      {R"({"credHelpers": ["a"]})", ":1:17:"},
      {std::string(100'000, '['), ":1:33:"},
  };
  for (const Broken& broken : cases) {
    configure(broken.text);
    const std::string message = refusal(ErrorCode::invalid_input);
    EXPECT_TRUE(message.starts_with((home() / ".docker/config.json").string() + broken.place))
        << broken.text.substr(0, 60) << ": " << message;
  }
}

TEST_F(DockerCredentialsTest, OtherRegistriesBrokenEntriesDoNotMatter) {
  configure("{\"auths\": {" + auth("h.x", k_auth) + "," + auth("a.x", "%%%") + "," +
            auth("b.x", "dG9rZW4=") +
            R"(, "c.x": null, "d.x": [1]}, "credHelpers": {"e.x": "../x", "f.x": null}})");
  EXPECT_EQ(found("h.x"), "user:pass");
  EXPECT_EQ(found("c.x"), "");
  EXPECT_EQ(found("f.x"), "");
  for (const char* broken : {"a.x", "b.x", "d.x", "e.x"}) {
    EXPECT_NE(refusal(ErrorCode::invalid_input, broken).find("config.json:1:"), std::string::npos)
        << broken;
  }
}

TEST_F(DockerCredentialsTest, AuthMayHaveLineEnds) {
  for (const char* encoded : {R"(dXNlcj\npwYXNz\n)", R"(dXNlcjpw\r\nYXNz)"}) {
    configure("{\"auths\": {" + auth("h.x", encoded) + "}}");
    EXPECT_EQ(found("h.x"), "user:pass");
  }
}

TEST_F(DockerCredentialsTest, WhereTheyComeFromIsKnown) {
  configure("{\"auths\": {" + auth("https://h.x/v1/", k_auth) + R"(}, "credsStore": "test"})");
  add_helper("test", R"(echo '{"Username":"u","Secret":"p"}')");
  const std::string file = (home() / ".docker/config.json").string();
  EXPECT_EQ(find("h.x")->origin, "the credentials of " + file + ", entry \"h.x\"");
  EXPECT_EQ(find("other.x")->origin, "the credentials of docker-credential-test (" + file + ")");
}

TEST_F(DockerCredentialsTest, AFileThatIsTooLargeIsRefused) {
  configure("{\"x\": \"" + std::string(std::size_t{2} << 20U, 'a') + "\"}");
  EXPECT_NE(refusal(ErrorCode::invalid_input).find("config.json"), std::string::npos);
}

TEST_F(DockerCredentialsTest, AsksTheStore) {
  add_helper("test",
             "read server; printf '{\"ServerURL\":\"%s\",\"Username\":\"%s\",\"Secret\":\"%s\"}' "
             "\"$server\" \"$server\" \"$1\"");
  configure(R"({"credsStore": "test", "auths": {"h.x": {}}})");
  EXPECT_EQ(found("h.x"), "h.x:get");
  EXPECT_EQ(found("docker.io"), "https://index.docker.io/v1/:get");
}

TEST_F(DockerCredentialsTest, TheOrderWithinAFile) {
  add_helper("one", R"(echo '{"Username":"one","Secret":"p"}')");
  add_helper("all", R"(echo '{"Username":"all","Secret":"p"}')");
  configure(R"({"credsStore": "all", "credHelpers": {"one.x": "one"}, "auths": {)" +
            auth("h.x", k_auth) + "," + auth("one.x", k_auth) + "}}");
  EXPECT_EQ(found("one.x"), "one:p");
  EXPECT_EQ(found("h.x"), "user:pass");
  EXPECT_EQ(found("other.x"), "all:p");
}

TEST_F(DockerCredentialsTest, ATokenOfAHelper) {
  add_helper("test", R"(echo '{"Username":"<token>","Secret":"t"}')");
  configure(R"({"credHelpers": {"h.x": "test"}})");
  const auto credentials = find("h.x");
  EXPECT_EQ(credentials->identity_token, "t");
  EXPECT_EQ(credentials->username, "");
  EXPECT_EQ(found("other.x"), "");
}

TEST_F(DockerCredentialsTest, AHelperWithoutTheCredentials) {
  add_helper("test", "echo 'credentials not found in native keychain'; exit 1");
  configure(R"({"credsStore": "test"})");
  EXPECT_EQ(found("h.x"), "");
}

TEST_F(DockerCredentialsTest, HelpersThatFail) {
  configure(R"({"credsStore": "test"})");
  m_environment["PATH"] = "/nowhere";
  EXPECT_NE(refusal(ErrorCode::invalid_input).find("docker-credential-test"), std::string::npos);
  struct {
    const char* script;
    ErrorCode code;
  } const cases[] = {
      {"exit 3", ErrorCode::unavailable},
      {"echo geheim; exit 1", ErrorCode::unavailable},
      {"echo '{\"Username\":\"u\",\"Secret\":\"geheim\"}'; exit 1", ErrorCode::unavailable},
      {"echo '{\"Username\":\"u\",\"Secret\":\"geheim\"'", ErrorCode::invalid_input},
      {"echo '{\"Username\":\"u\",\"Secret\":[\"geheim\"]}'", ErrorCode::invalid_input},
      {"echo '{\"Secret\":\"geheim\"}'", ErrorCode::invalid_input},
      {"echo geheim", ErrorCode::invalid_input},
      {"echo", ErrorCode::invalid_input},
      {"yes geheim", ErrorCode::invalid_input},
      {"echo 'no access with geheim' >&2; exit 1", ErrorCode::unavailable},
  };
  for (const auto& [script, code] : cases) {
    add_helper("test", script);
    const std::string message = refusal(code);
    EXPECT_NE(message.find("docker-credential-test get for h.x"), std::string::npos) << message;
  }
}

TEST_F(DockerCredentialsTest, AStopEndsAHelper) {
  add_helper("test", "sleep 1000");
  configure(R"({"credsStore": "test"})");
  std::stop_source stop;
  stop.request_stop();
  base::Context context;
  context.stop = stop.get_token();
  try {
    DockerCredentials(m_environment).find(context, "h.x", "");
    ADD_FAILURE() << "was not cancelled";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled) << error.what();
  }
}

}  // namespace
}  // namespace pinnace::config
