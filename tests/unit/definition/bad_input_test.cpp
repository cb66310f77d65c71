#include <gtest/gtest.h>

#include <string>

#include "base/error.hpp"
#include "definition/definition.hpp"

namespace pinnace::definition {
namespace {

using base::ErrorCode;

/// One that is wrong, where it is wrong, and what the message must say about it.
struct Bad {
  std::string text;
  const char* where;  ///< "line:column"
  const char* message;
  ErrorCode code = ErrorCode::invalid_input;
};

void expect_refused(const Bad& bad, const std::string& text) {
  try {
    parse_definition(text, "pinnace.yaml");
    FAIL() << "accepted:\n" << text.substr(0, 300);
  } catch (const base::Error& error) {
    const std::string place = std::string("pinnace.yaml:") + bad.where + ": ";
    EXPECT_EQ(error.message().find(place), 0U) << text.substr(0, 300) << "\n" << error.what();
    EXPECT_NE(error.message().find(bad.message), std::string::npos)
        << text.substr(0, 300) << "\nexpected: " << bad.message << "\n"
        << error.what();
    EXPECT_EQ(error.code(), bad.code) << error.what();
  }
}

TEST(BadDefinition, RefusesTheWhole) {
  const std::string start = "version: 1\nbase: scratch\n";
  const Bad cases[] = {
      {"", "1:1", "empty"},
      {"# only a comment\n", "1:1", "empty"},
      {"just text", "1:1", "expected a map"},
      {"- a\n- b\n", "1:1", "expected a map"},
      {"base: scratch\n", "1:1", "\"version\" is missing"},
      {"version: 1\n", "1:1", "\"base\" is missing"},
      {"version: 2\nbase: scratch\n", "1:10", "known is 1", ErrorCode::unsupported},
      {"version: 0\nbase: scratch\n", "1:10", "known is 1", ErrorCode::unsupported},
      {"version: \"1\"\nbase: scratch\n", "1:10", "expected a number"},
      {"version: one\nbase: scratch\n", "1:10", "expected a number"},
      {"version: 1.0\nbase: scratch\n", "1:10", "expected a number"},
      {"version: ~\nbase: scratch\n", "1:10", "expected a number"},
      {start + "base: debian\n", "3:1", "twice"},
      {start + "artefacts: []\n", "3:1", "did you mean \"artifacts\"?"},
      {start + "Config: {}\n", "3:1", "unknown key \"Config\""},
      {start + "packages: {install: [nginx]}\n", "3:1", "packages", ErrorCode::unsupported},
      {start + "config: {a: [}\n", "3:14", "YAML"},
      {start + "\tconfig: {}\n", "3:1", "YAML"},
      {start + "ignore: !!int 1\n", "3:9", "tags are not supported"},
      {start + "---\nversion: 1\n", "3:1", "second document"},
      {start + "ignore: \"a\\0b\"\n", "3:9", "control character"},
      {start + "ignore: \xff\n", "3:9", "UTF-8"},
      {start + "ignore: ../x\n", "3:9", "without .."},
      {start + "ignore: /etc/ignore\n", "3:9", "relative path"},
      {start + "compression: [gzip]\n", "3:14", "expected a text"},
      {start + "annotations: {a: [b]}\n", "3:18", "expected a text"},
      {start + "annotations: [a]\n", "3:14", "expected a map"},
      {start + "environments: {}\n", "3:15", "expected a text"},
      {start + "environments: ''\n", "3:15", "empty"},
      {start + "platforms: linux/amd64\n", "3:12", "expected a list"},
      {start + "platforms: []\n", "3:12", "at least one platform"},
      {start + "platforms: [linux]\n", "3:13", "os/architecture"},
      {start + "platforms: [linux/amd64, linux/x86_64]\n", "3:26", "linux/amd64 is here twice"},
      {start + "platforms: [linux/arm64, linux/arm64/v8]\n", "3:26", "twice"},
  };
  for (const Bad& bad : cases) expect_refused(bad, bad.text);
}

TEST(BadDefinition, RefusesBases) {
  const Bad cases[] = {
      {"~", "2:7", "expected a text"},
      {"\"\"", "2:7", "empty"},
      {"[debian]", "2:7", "expected a text"},
      {"Debian", "2:7", "lower case"},
      {"\"debian:\"", "2:7", "invalid reference"},
      {"debian:a:b", "2:7", "invalid reference"},
      {"debian@sha256:12", "2:7", ""},
      {"https://registry.test/debian", "2:7", "without a scheme"},
      {"\"oci:\"", "2:7", "directory"},
      {"oci:base:no/tag!", "2:7", "tag"},
      {"oci:base@sha256:12", "2:7", ""},
      {"\"a\\nb\"", "2:7", "control character"},
  };
  for (const Bad& bad : cases) {
    expect_refused(bad, "version: 1\nbase: " + bad.text + "\n");
  }
}

TEST(BadDefinition, RefusesArtifacts) {
  const std::string deep = std::string(5000, 'a');
  const Bad cases[] = {
      {"a", "4:3", "expected a map"},
      {"{to: /a}", "4:3", "\"from\" is missing"},
      {"{from: a}", "4:3", "\"to\" is missing"},
      {"{from: a, to: /a, Mode: \"0644\"}", "4:21", "did you mean \"mode\"?"},
      {"{from: /etc/passwd, to: /a}", "4:10", "relative path"},
      {"{from: ../a, to: /a}", "4:10", "without .."},
      {"{from: a/../../b, to: /a}", "4:10", "without .."},
      {"{from: '\\.\\./a', to: /a}", "4:10", ""},
      {"{from: '\\/etc/passwd', to: /a}", "4:10", ""},
      {"{from: '\\.\\./*', to: /a}", "4:10", ""},
      {"{from: '', to: /a}", "4:10", "empty"},
      {"{from: \"a\\nb\", to: /a}", "4:10", "control character"},
      {"{from: a**b, to: /a}", "4:10", "**"},
      {"{from: 'a[b', to: /a}", "4:10", "["},
      {"{from: 'a*\\', to: /a}", "4:10", "backslash"},
      {"{from: " + deep + ", to: /a}", "4:10", "relative path"},
      {"{from: a, to: a}", "4:17", "absolute path"},
      {"{from: a, to: /../a}", "4:17", "without .."},
      {"{from: a, to: /a/..}", "4:17", "without .."},
      {"{from: a, to: ''}", "4:17", "empty"},
      {"{from: a, to: [/a]}", "4:17", "expected a text"},
      {"{from: a, to: /a, mode: \"0999\"}", "4:27", "octal"},
      {"{from: a, to: /a, mode: \"77777\"}", "4:27", "octal"},
      {"{from: a, to: /a, mode: u+x}", "4:27", "octal"},
      {"{from: a, to: /a, mode: \"\"}", "4:27", "octal"},
      {"{from: a, to: /a, mode: ~}", "4:27", "expected a text"},
      {"{from: a, to: /a, directory-mode: \"-755\"}", "4:37", "octal"},
      {"{from: a, to: /a, owner: shop}", "4:28", "numbers"},
      {"{from: a, to: /a, owner: \"1000:shop\"}", "4:28", "numbers"},
      {"{from: a, to: /a, owner: \"4294967295\"}", "4:28", "numbers"},
      {"{from: a, to: /a, owner: \"-1:0\"}", "4:28", "numbers"},
      {"{from: a, to: /a, owner: \"1:\"}", "4:28", "numbers"},
      {"{from: a, to: /a, owner: \"1:2:3\"}", "4:28", "numbers"},
  };
  for (const Bad& bad : cases) {
    expect_refused(bad, "version: 1\nbase: scratch\nartifacts:\n- " + bad.text + "\n");
  }
  expect_refused({"", "3:12", "expected a list"}, "version: 1\nbase: scratch\nartifacts: a\n");
}

TEST(BadDefinition, RefusesConfigurations) {
  const Bad cases[] = {
      {"[]", "3:9", "expected a map"},
      {"{usr: a}", "3:10", "did you mean \"user\"?"},
      {"{user: [a]}", "3:16", "expected a text"},
      {"{user: a b}", "3:16", "USER"},
      {"{user: \"a:b:c\"}", "3:16", "USER"},
      {"{user: \":a\"}", "3:16", "USER"},
      {"{workdir: opt}", "3:19", "absolute path"},
      {"{workdir: /a/../b}", "3:19", "without .."},
      {"{stopsignal: TERM}", "3:22", "SIGTERM"},
      {"{stopsignal: 65}", "3:22", "SIGTERM"},
      {"{entrypoint: java -jar shop.jar}", "3:22", "sh, -c"},
      {"{entrypoint: [[java]]}", "3:23", "expected a text"},
      {"{cmd: ['', a]}", "3:16", "empty"},
      {"{cmd: {a: b}}", "3:15", "expected a list"},
      {"{env: [A=b]}", "3:15", "expected a map"},
      {"{env: {A=B: c}}", "3:16", "variable"},
      {"{env: {'': c}}", "3:16", "variable"},
      {"{env: {A: [b]}}", "3:19", "expected a text"},
      {"{env: {A: b, A: c}}", "3:22", "twice"},
      {"{ports: 8080}", "3:17", "expected a list"},
      {"{ports: [0]}", "3:18", "1 to 65535"},
      {"{ports: [65536]}", "3:18", "1 to 65535"},
      {"{ports: [080]}", "3:18", "1 to 65535"},
      {"{ports: [http]}", "3:18", "1 to 65535"},
      {"{ports: [80/icmp]}", "3:18", "/tcp, /udp or /sctp"},
      {"{ports: [80-90]}", "3:18", "1 to 65535"},
      {"{ports: [80, 80/tcp]}", "3:22", "twice"},
      {"{labels: {'': a}}", "3:19", "empty"},
      {"{labels: [a=b]}", "3:18", "expected a map"},
      {"{volumes: [data]}", "3:20", "absolute path"},
      {"{volumes: [/data, /data/]}", "3:27", "twice"},
  };
  for (const Bad& bad : cases) {
    expect_refused(bad, "version: 1\nbase: scratch\nconfig: " + bad.text + "\n");
  }
}

}  // namespace
}  // namespace pinnace::definition
