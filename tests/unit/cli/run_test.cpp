#include <gtest/gtest.h>

#include "base/error.hpp"
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
  EXPECT_TRUE(static_cast<bool>(Parsed({"run", "-d", "oci:x"}).invocation.instead));
  EXPECT_FALSE(static_cast<bool>(Parsed({"run", "oci:x"}).invocation.instead));
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

Shown show(const std::vector<const char*>& words, const std::vector<Event>& events) {
  const Parsed parsed(words);
  Events terminal;
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  std::stop_source stop;
  auto sink = parsed.invocation.filter(terminal, stop);
  for (const Event& event : events) sink->on_event(event);
  sink.reset();
  EXPECT_FALSE(stop.stop_requested());
  std::string output = testing::internal::GetCapturedStdout();
  return {std::move(output), testing::internal::GetCapturedStderr(), terminal.m_texts};
}

const std::vector<Event> k_said = {
    {Event::Kind::log, "| pulling"},        {Event::Kind::ready, ""},
    {Event::Kind::output, "out\r\n| ou"},   {Event::Kind::output, "t"},
    {Event::Kind::error_output, "err\x1b"}, {Event::Kind::warning, "careful"},
    {Event::Kind::progress, "layer", 1, 2}};

TEST(Run, TheContainersOutputIsOurs) {
  const Shown shown = show({"run", "oci:x"}, k_said);
  EXPECT_EQ(shown.output, "out\r\n| out");
  EXPECT_EQ(shown.errors, "err\x1b");
  EXPECT_EQ(shown.terminal, (std::vector<std::string>{"| pulling", "careful", "layer"}));
}

TEST(Run, WhoHasAUseForItIsToldThatItIsReady) {
  for (const auto& words :
       std::vector<std::vector<const char*>>{{"run", "-p", "80", "oci:x"},
                                             {"run", "--wait-port", "80", "oci:x"},
                                             {"run", "--wait-http", "http://h/", "oci:x"}})
    EXPECT_EQ(show(words, k_said).terminal.size(), 4U) << words[1];
}

TEST(Run, TheCodeIsTheContainers) {
  const Parsed parsed({"run", "oci:x"});
  EXPECT_EQ(parsed.invocation.code({{"exitCode", 3}}), 3);
  EXPECT_FALSE(parsed.invocation.code_if_cancelled()) << "somebody reads its output";
}

}  // namespace
}  // namespace pinnace::cli
