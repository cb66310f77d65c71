#include "config/registries.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "config/reach.hpp"
#include "files/file.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::config {
namespace {

using base::Error;
using base::ErrorCode;
using test_support::TemporaryDirectory;

std::string message_of(const std::function<void()>& action, ErrorCode code) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  return "nothing was thrown";
}

/// Without those of the machine that the tests run on.
Registries parse(const std::string& text, const std::string& file = "/conf/r.yaml") {
  Registries registries = Registries::parse_yaml(text, file);
  registries.set_authority_folders({});
  return registries;
}

TEST(Registries, ReadsHowPatientTransfersAre) {
  const TransferSettings settings =
      parse("version: 1\ntransfer: {silence: 1m30s, attempts: 3, giveUpAfter: 2h}\n").transfer();
  EXPECT_EQ(settings.silence, std::chrono::seconds(90));
  EXPECT_EQ(settings.attempts, 3U);
  EXPECT_EQ(settings.give_up_after, std::chrono::hours(2));
  EXPECT_EQ(parse("version: 1\n").transfer(), TransferSettings());
}

TEST(Registries, SaysHowEverybodyIsReached) {
  const auto registries = std::make_shared<const Registries>(
      parse("version: 1\nregistries:\n  \"a.test:80\": {plainHttp: true}\n  b.test: {ca: b.pem}\n"
            "transfer: {silence: 90s, attempts: 3, giveUpAfter: 2h}\n"));
  http::Options options;
  http::RetryPolicy policy;
  apply(registries, options, policy);
  EXPECT_EQ(options.stall, std::chrono::seconds(90));
  EXPECT_EQ(policy.attempts, 3U);
  EXPECT_EQ(policy.total, std::chrono::hours(2));
  EXPECT_TRUE(options.may_be_plain({"http", "a.test", "80"}));
  EXPECT_FALSE(options.may_be_plain({"http", "b.test", "80"}));
  EXPECT_EQ(options.ca_of({"https", "b.test", "443"}), "/conf/b.pem");
  EXPECT_EQ(options.ca_of({"https", "b.test", "444"}), "");
  EXPECT_EQ(options.ca_of({"http", "b.test", "443"}), "") << "not the usual port of http";
  EXPECT_FALSE(options.why_no_loopback);
  http::Options defaults;
  http::RetryPolicy patient;
  apply(std::make_shared<const Registries>(parse("version: 1\n")), defaults, patient);
  EXPECT_EQ(defaults.stall, http::Options().stall);
  EXPECT_EQ(patient.attempts, http::RetryPolicy().attempts);
}

TEST(Registries, NamesWhatOnThisMachineMayBeAsked) {
  const auto registries = std::make_shared<const Registries>(
      parse("version: 1\nregistries:\n  \"localhost:8080\":\n  \"127.0.0.1\":\n  \"b.test:9\":\n"));
  http::Options options;
  refuse_loopback(registries, options);
  for (const web::Origin& named :
       {web::Origin{"http", "127.0.0.1", "8080"}, web::Origin{"https", "[::1]", "8080"},
        web::Origin{"http", "0", "80"}, web::Origin{"https", "localhost", "443"},
        web::Origin{"http", "b.test", "9"}})
    EXPECT_EQ(options.why_no_loopback(named), "") << named.host << named.port;
  for (const web::Origin& other :
       {web::Origin{"http", "127.0.0.1", "8081"}, web::Origin{"http", "localhost", "443"},
        web::Origin{"http", "b.test", "80"}, web::Origin{"http", "c.test", "8080"}})
    EXPECT_EQ(options.why_no_loopback(other),
              "expected " + other.host + ":" + other.port +
                  " among the registries of registries.yaml, which allows it "
                  "(docs/formats/registries.md)");
}

TEST(Registries, RefusesImpatience) {
  const auto refusal = [](const std::string& text) {
    return message_of([&] { parse("version: 1\ntransfer: {" + text + "}\n"); },
                      ErrorCode::invalid_input);
  };
  EXPECT_NE(refusal("silence: 0s").find("r.yaml:2:21: expected 1s to 3600s"), std::string::npos)
      << refusal("silence: 0s");
  EXPECT_NE(refusal("silence: fast").find("r.yaml:2:21: expected a duration"), std::string::npos);
  EXPECT_NE(refusal("attempts: 0").find("r.yaml:2:22"), std::string::npos);
  EXPECT_NE(refusal("giveUpAfter: 8d").find("expected 0s to 604800s"), std::string::npos);
  EXPECT_NE(refusal("patience: 1").find("unknown key"), std::string::npos);
}

TEST(Registries, Reads) {
  const Registries registries = parse(R"(version: 1
registries:
  "localhost:5000": {tls: true, ca: ca.pem}
  registry.test:5000:
    plainHttp: true
  docker.io: {mirror: "mirror.test:5000/hub", ca: /etc/own.pem,
              clientCertificate: me.crt, clientKey: me.key}
)");
  RegistrySettings expected;
  expected.tls = true;
  expected.ca_file = "/conf/ca.pem";
  EXPECT_EQ(registries.find("localhost:5000"), expected);

  expected = {};
  expected.plain_http = true;
  EXPECT_EQ(registries.find("registry.test:5000"), expected);

  expected = {};
  expected.mirror = "mirror.test:5000/hub";
  expected.ca_file = "/etc/own.pem";
  expected.client_cert = "/conf/me.crt";
  expected.client_key = "/conf/me.key";
  EXPECT_EQ(registries.find("docker.io"), expected);

  EXPECT_EQ(registries.find("registry.test"), RegistrySettings{}) << "the port is part of the name";
  EXPECT_EQ(parse("version: 1").find("a.b"), RegistrySettings{});
}

TEST(Registries, ReadsTheSameFromJson) {
  Registries registries = Registries::parse_json(
      R"({"version": 1, "registries": {"h:1": {"plainHttp": true, "mirror": null}}})", "/c/r.json");
  registries.set_authority_folders({});
  EXPECT_TRUE(registries.find("h:1").plain_http);
}

struct Broken {
  std::string text;
  std::string start;
  std::string part = {};
  ErrorCode code = ErrorCode::invalid_input;
};

TEST(Registries, RefusesWithLineAndColumn) {
  const std::string head = "version: 1\nregistries:\n";
  const std::vector<Broken> cases = {
      {"", "/conf/r.yaml:1:1:"},
      {"registries: {}\n", "/conf/r.yaml:1:1:", "\"version\" is missing"},
      {"version: 2\n", "/conf/r.yaml:1:10:", "version", ErrorCode::unsupported},
      {"version: '1'\n", "/conf/r.yaml:1:10:", "a number"},
      {"version: 1\nregistrys: {}\n", "/conf/r.yaml:2:1:", "\"registries\"?"},
      {"version: 1\nregistries: [a]\n", "/conf/r.yaml:2:13:", "expected a map"},
      {head + "  https://h.x: {}\n", "/conf/r.yaml:3:3:"},
      {head + "  h.x/y: {}\n", "/conf/r.yaml:3:3:"},
      {head + "  ../h: {}\n", "/conf/r.yaml:3:3:"},
      {head + "  '..': {}\n", "/conf/r.yaml:3:3:"},
      {head + "  user@h.x: {}\n", "/conf/r.yaml:3:3:"},
      {head + "  oci:5000: {}\n", "/conf/r.yaml:3:3:", "can't be a registry"},
      {head + "  env:80: {}\n", "/conf/r.yaml:3:3:", "can't be a registry"},
      {head + "  h.x: {mirror: 'oci-archive:80'}\n", "/conf/r.yaml:3:17:", "can't be a registry"},
      {head + "  h.x: true\n", "/conf/r.yaml:3:8:", "expected a map"},
      {head + "  h.x: {plainhttp: true}\n", "/conf/r.yaml:3:9:", "\"plainHttp\"?"},
      {head + "  h.x: {plainHttp: 1}\n", "/conf/r.yaml:3:20:", "true or false"},
      {head + "  h.x: {plainHttp: true, tls: true}\n", "/conf/r.yaml:3:8:"},
      {head + "  h.x: {ca: ''}\n", "/conf/r.yaml:3:13:"},
      {head + "  h.x: {ca: [a]}\n", "/conf/r.yaml:3:13:", "expected a text"},
      {head + "  h.x: {clientKey: k}\n", "/conf/r.yaml:3:8:", "clientCertificate"},
      {head + "  h.x: {clientCertificate: c}\n", "/conf/r.yaml:3:8:", "clientKey"},
      {head + "  h.x: {mirror: mirror}\n", "/conf/r.yaml:3:17:"},
      {head + "  h.x: {mirror: 'https://m.x'}\n", "/conf/r.yaml:3:17:"},
      {head + "  h.x: {mirror: 'm.x/a:tag'}\n", "/conf/r.yaml:3:17:"},
      {head + "  h.x: {}\n  h.x: {}\n", "/conf/r.yaml:4:3:", "twice"},
  };
  for (const Broken& broken : cases) {
    const std::string message = message_of([&] { parse(broken.text); }, broken.code);
    EXPECT_TRUE(message.starts_with(broken.start)) << broken.text << " is: " << message;
    EXPECT_NE(message.find(broken.part), std::string::npos) << broken.text << " is: " << message;
  }
}

TEST(Registries, FindsDockersAuthorities) {
  const TemporaryDirectory first;
  const TemporaryDirectory second;
  for (const auto& folder : {second.path(), first.path()}) {
    std::filesystem::create_directories(folder / "h.x:5000");
    files::write_file_atomically(folder / "h.x:5000" / "ca.crt", "x");
  }
  std::filesystem::create_directories(second.path() / "other.x" / "ca.crt");
  files::write_file_atomically(second.path() / "ca.crt", "x");
  Registries registries =
      parse("version: 1\nregistries: {own.x: {ca: mine}, 'h.x:5000': {mirror: m.x}}");
  registries.set_authority_folders({first.path(), second.path()});
  EXPECT_EQ(registries.find("h.x:5000").ca_file, first.path() / "h.x:5000" / "ca.crt");
  EXPECT_EQ(registries.find("h.x:5000").mirror, "m.x");
  EXPECT_EQ(registries.find("h.x").ca_file, "");
  EXPECT_EQ(registries.find("other.x").ca_file, "") << "a directory is no authority";
  EXPECT_EQ(registries.find("own.x").ca_file, "/conf/mine");
}

TEST(Registries, AuthoritiesAreNotSoughtOutsideOfTheirFolder) {
  const TemporaryDirectory directory;
  const auto folder = directory.path() / "certs.d";
  std::filesystem::create_directories(folder / "a.x");
  files::write_file_atomically(directory.path() / "ca.crt", "x");
  files::write_file_atomically(folder / "ca.crt", "x");
  Registries registries;
  registries.set_authority_folders({folder});
  for (const std::string& domain : {std::string(".."), std::string("."), std::string(),
                                    std::string("a.x/../.."), directory.path().string()}) {
    EXPECT_EQ(registries.find(domain).ca_file, "") << domain;
  }
}

TEST(Registries, LoadsTheDefault) {
  const TemporaryDirectory directory;
  const std::string home = directory.path().string();
  const auto write = [](const std::filesystem::path& file, const std::string& mirror) {
    std::filesystem::create_directories(file.parent_path());
    files::write_file_atomically(file, "version: 1\nregistries: {h.x: {mirror: " + mirror + "}}\n");
  };
  const auto mirror = [](const process::Environment& environment) {
    return Registries::load_default(environment).find("h.x").mirror;
  };
  EXPECT_EQ(mirror({}), "");
  EXPECT_EQ(mirror({{"HOME", home}}), "");
  write(directory.path() / ".config/pinnace/registries.yaml", "of.home");
  EXPECT_EQ(mirror({{"HOME", home}}), "of.home");
  EXPECT_EQ(mirror({{"HOME", home}, {"XDG_CONFIG_HOME", home + "/xdg"}}), "");
  write(directory.path() / "xdg/pinnace/registries.yaml", "of.xdg");
  EXPECT_EQ(mirror({{"HOME", home}, {"XDG_CONFIG_HOME", home + "/xdg"}}), "of.xdg");
  write(directory.path() / "own.yaml", "of.own");
  EXPECT_EQ(mirror({{"HOME", home}, {"PINNACE_REGISTRIES", home + "/own.yaml"}}), "of.own");
  message_of(
      [&] {
        mirror({{"HOME", home}, {"PINNACE_REGISTRIES", home + "/missing.yaml"}});
      },
      ErrorCode::not_found);
}

}  // namespace
}  // namespace pinnace::config
