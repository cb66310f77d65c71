#include "job/guarded_job.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "run/run_failed.hpp"
#include "web/redact.hpp"

namespace pinnace::job {
namespace {

/// Says what it is told to say, and fails with it.
class Loud final : public Job {
 public:
  explicit Loud(std::string text) : m_text(std::move(text)) {}
  std::string run(const base::Context& context) override {
    context.log(m_text);
    context.warn(m_text);
    base::Error error(base::ErrorCode::denied, m_text);
    error.add_context("inner " + m_text);
    error.add_context("outer");
    throw error;
  }

 private:
  std::string m_text;
};

/// A build whose RUN has said a secret and failed.
class FailedBuild final : public Job {
 public:
  std::string run(const base::Context&) override {
    run::RunFailed error(7, {"| sesame\x1b[2J", "| last"});
    error.add_context("sesame/Containerfile:2:1");
    throw error;
  }
};

class Events final : public base::EventSink {
 public:
  void on_event(const base::Event& event) noexcept override { texts.push_back(event.text); }
  std::vector<std::string> texts;
};

TEST(GuardedJob, NothingLeavesItThatMayNotBeShown) {
  auto secrets = std::make_shared<config::KnownSecrets>();
  secrets->add("sesame");
  const auto job = guard(
      std::make_unique<Loud>("sesame \x1b[2J\x7f\xff \xe2\x80\xae https://u:pw@h/x"), secrets);
  const std::string clean = "REDACTED \\x1b[2J\\x7f\\xff \\u{202e} https://REDACTED@h/x";
  Events events;
  base::Context context;
  context.events = &events;
  try {
    job->run(context);
    FAIL() << "nothing was thrown";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::denied);
    EXPECT_EQ(error.message(), clean);
    EXPECT_EQ(error.context(), (std::vector<std::string>{"outer", "inner " + clean}));
  }
  EXPECT_EQ(events.texts, (std::vector<std::string>{clean, clean}));
}

/// A container that says all bytes, and a secret in two parts to each stream.
class Container final : public Job {
 public:
  std::string run(const base::Context& context) override {
    using Kind = base::Event::Kind;
    context.output(Kind::output, all_bytes());
    context.output(Kind::output, "ses");
    context.output(Kind::error_output, "error: sesa");
    context.output(Kind::output, "ame, https://u:pw@h/x, ses");
    context.output(Kind::error_output, "me\r\n");
    context.ready({{"10.0.0.1", 8080, 80, true}});
    return "{}";
  }
  static std::string all_bytes() {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    return all;
  }
};

class Streams final : public base::EventSink {
 public:
  void on_event(const base::Event& event) noexcept override {
    if (event.kind == base::Event::Kind::ready) ports = event.ports;
    (event.kind == base::Event::Kind::output ? output : errors) += event.text;
  }
  std::string output;
  std::string errors;
  std::vector<base::PublishedPort> ports;
};

TEST(GuardedJob, WhatAContainerWritesIsItsOwnButForSecrets) {
  auto secrets = std::make_shared<config::KnownSecrets>();
  secrets->add("sesame");
  Streams streams;
  base::Context context;
  context.events = &streams;
  EXPECT_EQ(guard(std::make_unique<Container>(), secrets)->run(context), "{}");
  EXPECT_EQ(streams.output, Container::all_bytes() + "REDACTED, https://u:pw@h/x, ses");
  EXPECT_EQ(streams.errors, "error: REDACTED\r\n");
  ASSERT_EQ(streams.ports.size(), 1U);
  EXPECT_EQ(streams.ports[0].host_port, 8080);
}

TEST(GuardedJob, APartThatLooksLikeUserInfoHidesNoSecret) {
  auto secrets = std::make_shared<config::KnownSecrets>();
  secrets->add("se:cr@et-tail");
  const auto job =
      guard(std::make_unique<Loud>(web::quote_text("bad login robot:se:cr@et-tail")), secrets);
  try {
    job->run({});
    FAIL() << "nothing was thrown";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.message(), "bad login robot:REDACTED");
  }
}

TEST(GuardedJob, WhatAFailedRunSaidComesThroughCleaned) {
  auto secrets = std::make_shared<config::KnownSecrets>();
  secrets->add("sesame");
  const auto job = guard(std::make_unique<FailedBuild>(), secrets);
  base::Context context;
  try {
    job->run(context);
    FAIL() << "nothing was thrown";
  } catch (const run::RunFailed& error) {
    EXPECT_EQ(error.last_lines(), (std::vector<std::string>{"| REDACTED\\x1b[2J", "| last"}));
    EXPECT_STREQ(error.what(), "REDACTED/Containerfile:2:1: RUN ended with exit code 7");
  }
}

TEST(GuardedJob, ErrorsAreNoLongerThanAnybodyReads) {
  const std::string path(40'000, 'd');
  base::Error error(base::ErrorCode::invalid_input, path + " is nested too deep");
  error.add_context("context " + path);
  const auto json = nlohmann::json::parse(error_json(error));
  for (const std::string& text :
       {json["message"].get<std::string>(), json["context"][0].get<std::string>()}) {
    EXPECT_LT(text.size(), 5000U);
    EXPECT_NE(text.find("bytes ...]"), std::string::npos);
  }
  EXPECT_TRUE(json["message"].get<std::string>().ends_with(" is nested too deep"));
}

TEST(GuardedJob, ErrorsAsJsonHaveNothingElseEither) {
  base::Error error(base::ErrorCode::invalid_input, "a\x7f\xff\x1b");
  error.add_context("u:pw@h");
  const auto json = nlohmann::json::parse(error_json(error));
  EXPECT_EQ(json["message"], "a\\x7f\\xff\\x1b");
  EXPECT_EQ(json["context"][0], "REDACTED@h");
}

}  // namespace
}  // namespace pinnace::job
