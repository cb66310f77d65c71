#include <gtest/gtest.h>

#include "base/error.hpp"
#include "cli/containers/container_output.hpp"
#include "parsed.hpp"

namespace pinnace::cli {
namespace {

using base::Event;
using nlohmann::json;

json request(const std::vector<const char*>& words) {
  return Parsed(words).invocation.request;
}

TEST(Run, AsksForWhatIsWritten) {
  const json asked = request({"run",         "-p",          "8080:80",
                              "-p=81/udp",   "-e",          "A=1=2",
                              "-e",          "B=",          "-v",
                              "/a:/b:ro",    "--platform",  "linux/arm64",
                              "-u",          "app:web",     "-w",
                              "/srv",        "--wait-http", ":80/",
                              "--wait-port", "81",          "--wait-seconds",
                              "7",           "--stop-time", "0",
                              "--processes", "7",           "--cpus",
                              "0.5",         "oci:x",       "--",
                              "ls",          "-la"});
  const json expected = {
      {"image", "oci:x"},
      {"ports", {"8080:80", "81/udp"}},
      {"environment", {{"A", "1=2"}, {"B", ""}}},
      {"volumes", {"/a:/b:ro"}},
      {"platform", "linux/arm64"},
      {"user", "app:web"},
      {"directory", "/srv"},
      {"waitHttp", ":80/"},
      {"waitPort", 81},
      {"waitSeconds", 7},
      {"stopSeconds", 0},
      {"command", {"ls", "-la"}},
  };
  for (const auto& [field, value] : expected.items()) EXPECT_EQ(asked.at(field), value) << field;
  EXPECT_EQ(asked.at("sandbox").at("processes"), 7);
}

TEST(Run, WhatIsNotWrittenIsTheImages) {
  const json asked = request({"run", "oci:x"});
  for (const char* field : {"platform", "user", "directory", "waitHttp", "waitPort"})
    EXPECT_EQ(asked.at(field), nullptr) << field;
  for (const char* field : {"ports", "volumes", "command"})
    EXPECT_EQ(asked.at(field), json::array()) << field;
  EXPECT_EQ(asked.at("environment"), json::object());
  EXPECT_EQ(asked.at("waitSeconds"), 60);
  EXPECT_EQ(asked.at("stopSeconds"), 10);
}

TEST(Run, AVariableHasANameAndAValue) {
  for (const char* variable : {"A", "=1"}) {
    EXPECT_THROW(request({"run", "-e", variable, "oci:x"}), base::Error) << variable;
  }
}

TEST(Run, StopTimeIsForWhoWaits) {
  EXPECT_THROW(request({"run", "-d", "--stop-time", "1", "oci:x"}), CLI::ParseError);
}

class Events final : public base::EventSink {
 public:
  void on_event(const Event& event) noexcept override { m_texts.push_back(event.text); }
  std::vector<std::string> m_texts;
};

/// What comes of these events: standard output, standard error, and what the terminal shows.
struct Shown {
  std::string output;
  std::string errors;
  std::vector<std::string> terminal;
};

Shown show(bool says_ready) {
  Events terminal;
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const std::stop_source stop;
  ContainerOutput sink(terminal, stop, says_ready);
  for (const Event& event : std::vector<Event>{{Event::Kind::log, "| pulling"},
                                               {Event::Kind::ready, ""},
                                               {Event::Kind::output, "out\r\n| ou"},
                                               {Event::Kind::output, "t"},
                                               {Event::Kind::error_output, "err\x1b"},
                                               {Event::Kind::warning, "careful"},
                                               {Event::Kind::progress, "layer", 1, 2}})
    sink.on_event(event);
  sink.finish();
  EXPECT_FALSE(stop.stop_requested());
  EXPECT_FALSE(sink.is_unread());
  std::string output = testing::internal::GetCapturedStdout();
  return {std::move(output), testing::internal::GetCapturedStderr(), terminal.m_texts};
}

TEST(Run, TheContainersOutputIsOurs) {
  const Shown shown = show(false);
  EXPECT_EQ(shown.output, "out\r\n| out");
  EXPECT_EQ(shown.errors, "err\x1b");
  EXPECT_EQ(shown.terminal, (std::vector<std::string>{"| pulling", "careful", "layer"}));
}

TEST(Run, WhoHasAUseForItIsToldThatItIsReady) {
  EXPECT_EQ(show(true).terminal, (std::vector<std::string>{"| pulling", "", "careful", "layer"}));
}

}  // namespace
}  // namespace pinnace::cli
