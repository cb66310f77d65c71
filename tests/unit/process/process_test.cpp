#include "process/process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "files/file.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::process {
namespace {

using base::Error;
using base::ErrorCode;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

const std::string k_path = "/usr/local/bin:/usr/bin:/bin";

Command shell(const std::string& script) {
  Command command;
  command.arguments = {"sh", "-c", script};
  command.environment = {{"PATH", k_path}};
  return command;
}

Result run_shell(const std::string& script) {
  return run(base::Context{}, shell(script));
}

ErrorCode code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::internal;
}

/// Waits until the process has ended (a zombie has); false after 10 s.
bool ends(pid_t pid) {
  for (const auto until = Clock::now() + 10s; Clock::now() < until;) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string stat;
    std::getline(file, stat);
    if (stat.empty()) return true;
    const std::size_t state = stat.rfind(')') + 2;
    if (stat.at(state) == 'Z' || stat.at(state) == 'X') return true;
    std::this_thread::yield();
  }
  return false;
}

/// What a script wrote to a file once there is a whole line in it.
pid_t read_pid(const std::filesystem::path& file) {
  for (const auto until = Clock::now() + 10s; Clock::now() < until;) {
    std::ifstream stream(file);
    std::string line;
    if (std::getline(stream, line) && !stream.eof()) return std::stoi(line);
    std::this_thread::yield();
  }
  ADD_FAILURE() << "no process id in " << file;
  return -1;
}

TEST(Process, ReturnsHowItEnded) {
  const Result fine = run_shell("echo out; echo err >&2");
  EXPECT_TRUE(fine.succeeded());
  EXPECT_EQ(fine.output, "out\n");
  EXPECT_EQ(fine.error, "err\n");
  EXPECT_EQ(fine.status(), "exit code 0");

  const Result failed = run_shell("exit 3");
  EXPECT_FALSE(failed.succeeded());
  EXPECT_EQ(failed.exit_code, 3);
  EXPECT_EQ(failed.status(), "exit code 3");

  const Result killed = run_shell("kill -9 $$");
  EXPECT_FALSE(killed.succeeded());
  EXPECT_EQ(killed.signal, SIGKILL);
  EXPECT_EQ(killed.status(), "signal 9");
}

TEST(Process, ArgumentsAreNotInterpreted) {
  Command command;
  command.arguments = {"printf", "%s|", "a b", "$(id)", "", "*", "'\""};
  command.environment = {{"PATH", k_path}};
  EXPECT_EQ(run({}, command).output, "a b|$(id)||*|'\"|");
}

TEST(Process, GetsItsInput) {
  Command command = shell("cat");
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, std::size_t{1} << 20U}) {
    command.input = std::string(size, 'x');
    command.output_limit = size;
    EXPECT_EQ(run({}, command).output, command.input);
  }
  command.input += "x";
  EXPECT_EQ(code_of([&] { run({}, command); }), ErrorCode::invalid_input);
}

TEST(Process, InputThatNobodyReadsIsNoError) {
  Command command = shell("exec true");
  command.input = std::string(std::size_t{1} << 20U, 'x');
  EXPECT_TRUE(run({}, command).succeeded());
}

TEST(Process, InheritsNothing) {
  const files::UniqueFd leaked(::open("/dev/null", O_RDONLY));  // without O_CLOEXEC, as others may
  ASSERT_TRUE(leaked);
  Command command = shell("env; ls /proc/self/fd");
  command.environment["ONLY"] = "this";
  const std::string output = run({}, command).output;
  EXPECT_NE(output.find("ONLY=this\n"), std::string::npos);
  EXPECT_EQ(output.find("HOME="), std::string::npos) << output;
  // 3 is the directory that ls reads.
  EXPECT_TRUE(output.ends_with("\n0\n1\n2\n3\n")) << output;
}

TEST(Process, StartsInItsDirectory) {
  const test_support::TemporaryDirectory directory;
  Command command = shell("pwd -P");
  command.directory = std::filesystem::canonical(directory.path());
  EXPECT_EQ(run({}, command).output, command.directory.string() + "\n");
  command.directory = directory.path() / "missing";
  EXPECT_EQ(code_of([&] { run({}, command); }), ErrorCode::not_found);
}

TEST(Process, MissingProgramIsNotFound) {
  const test_support::TemporaryDirectory directory;
  files::write_file_atomically(directory.path() / "plain", "#!/bin/sh\n", 0644);
  for (const std::string& program : {std::string("no-such-program-here"),
                                     std::string("/no/such/program"), std::string("plain")}) {
    Command command;
    command.arguments = {program, "secret"};
    command.environment = {{"PATH", k_path + ":" + directory.path().string()}};
    try {
      run({}, command);
      ADD_FAILURE() << program << " was run";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::not_found) << error.what();
      EXPECT_NE(std::string(error.what()).find(program), std::string::npos) << error.what();
      EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos) << error.what();
    }
  }
}

TEST(Process, FindsAProgramInItsOwnPathOnly) {
  const test_support::TemporaryDirectory directory;
  files::write_file_atomically(directory.path() / "mine", "#!/bin/sh\necho found\n", 0755);
  Command command;
  command.arguments = {"mine"};
  command.environment = {{"PATH", "/nowhere:" + directory.path().string()}};
  EXPECT_EQ(run({}, command).output, "found\n");
  // Neither an empty nor a relative entry is the directory that we are in.
  command.environment = {{"PATH", ":."}};
  command.directory = directory.path();
  EXPECT_EQ(code_of([&] { run({}, command); }), ErrorCode::not_found);
  command.environment = {};
  EXPECT_EQ(code_of([&] { run({}, command); }), ErrorCode::not_found);
}

TEST(Process, OutputCanBeReadAsItComes) {
  Command command;
  command.arguments = {"seq", "1", "500000"};
  command.environment = {{"PATH", k_path}};
  std::size_t size = 0;
  command.on_output = [&](std::string_view text) { size += text.size(); };
  EXPECT_EQ(run({}, command).output, "");
  EXPECT_EQ(size, 3388895U);
  command.arguments = {"yes"};
  command.on_output = [&](std::string_view) {
    throw base::Error(ErrorCode::invalid_input, "enough");
  };
  EXPECT_EQ(code_of([&] { run({}, command); }), ErrorCode::invalid_input);
}

/// What a child starts is as little to come from the directory that it is in.
TEST(Process, HandsOnNoRelativePath) {
  Command command;
  command.arguments = {"sh", "-c", "echo $PATH"};
  for (const std::string& path :
       {k_path + ":node_modules/.bin", ".:" + k_path, k_path + "::../x:"}) {
    command.environment = {{"PATH", path}};
    EXPECT_EQ(run({}, command).output, k_path + "\n") << path;
  }
}

TEST(Process, RefusesWhatCannotBePassed) {
  Command command;
  EXPECT_EQ(code_of([&] { run({}, command); }), ErrorCode::invalid_input);
  command.arguments = {""};
  EXPECT_EQ(code_of([&] { run({}, command); }), ErrorCode::invalid_input);
  command.arguments = {"echo", std::string("a\0b", 3)};
  EXPECT_EQ(code_of([&] { run({}, command); }), ErrorCode::invalid_input);
  command = shell("true");
  command.environment["A"] = std::string("a\0b", 3);
  EXPECT_EQ(code_of([&] { run({}, command); }), ErrorCode::invalid_input);
}

TEST(Process, OutputIsBounded) {
  Command command = shell("head -c 1000 /dev/zero");
  command.output_limit = 1000;
  EXPECT_EQ(run({}, command).output.size(), 1000U);
  command.output_limit = 999;
  EXPECT_EQ(code_of([&] { run({}, command); }), ErrorCode::invalid_input);
  command = shell("yes");
  EXPECT_EQ(code_of([&] { run({}, command); }), ErrorCode::invalid_input);
}

/// They hold once the child runs: the script waits for that.
TEST(Process, LimitsHoldForAllThatTheChildStarts) {
  const test_support::TemporaryDirectory directory;
  const std::string file = (directory.path() / "file").string();
  Command command = shell(
      "until grep -q '^Max file size *1024 ' /proc/self/limits; do :; done; "
      "head -c 1025 /dev/zero > " +
      file + "; echo $?; grep -c '^Max address space *1073741824 ' /proc/self/limits");
  command.limits = {std::uint64_t{1} << 30, 1024};
  EXPECT_EQ(run({}, command).output, std::to_string(128 + SIGXFSZ) + "\n1\n");
  EXPECT_EQ(std::filesystem::file_size(file), 1024U);
}

TEST(Process, ErrorOutputIsCutOffAndTheChildGoesOn) {
  Command command = shell("head -c 5000000 /dev/zero >&2; echo done");
  command.error_limit = 100;
  const Result result = run({}, command);
  EXPECT_EQ(result.error.size(), 100U);
  EXPECT_EQ(result.output, "done\n");
}

TEST(Process, TheDeadlineEndsTheWholeGroup) {
  const test_support::TemporaryDirectory directory;
  const auto file = directory.path() / "pid";
  Command command = shell("sleep 1000 & echo $! > " + file.string() + "; wait");
  command.deadline = 300ms;
  const auto start = Clock::now();
  EXPECT_EQ(code_of([&] { run({}, command); }), ErrorCode::unavailable);
  EXPECT_LT(Clock::now() - start, 30s);
  EXPECT_TRUE(ends(read_pid(file)));
}

TEST(Process, AStopEndsTheWholeGroup) {
  const test_support::TemporaryDirectory directory;
  const auto file = directory.path() / "pid";
  std::stop_source stop;
  base::Context context;
  context.stop = stop.get_token();
  Command command = shell("sleep 1000 & echo $! > " + file.string() + "; wait");
  command.deadline = 1000s;
  pid_t grandchild = -1;
  std::thread stopper([&] {
    grandchild = read_pid(file);
    stop.request_stop();
  });
  EXPECT_EQ(code_of([&] { run(context, command); }), ErrorCode::cancelled);
  stopper.join();
  EXPECT_TRUE(ends(grandchild));
}

TEST(Process, WhoIgnoresSigtermIsKilled) {
  const test_support::TemporaryDirectory directory;
  const auto file = directory.path() / "pid";
  std::stop_source stop;
  base::Context context;
  context.stop = stop.get_token();
  Command command =
      shell("trap '' TERM; echo $$ > " + file.string() + "; while :; do sleep 0.05; done");
  command.deadline = 1000s;
  pid_t child = -1;
  std::thread stopper([&] {
    child = read_pid(file);
    stop.request_stop();
  });
  EXPECT_EQ(code_of([&] { run(context, command); }), ErrorCode::cancelled);
  stopper.join();
  EXPECT_TRUE(ends(child));
}

TEST(Process, WhoIsSilentForTooLongIsEnded) {
  Command silent = shell("sleep 1000");
  silent.deadline = 1000s;
  silent.silence = 50ms;
  EXPECT_EQ(code_of([&] { run({}, silent); }), ErrorCode::unavailable);
  Command talker = shell("for i in 1 2 3 4 5 6 7 8; do echo $i >&2; sleep 0.1; done; echo end");
  talker.silence = 700ms;
  EXPECT_EQ(run({}, talker).output, "end\n");
}

TEST(Process, SomethingStoppedAlreadyIsNotStarted) {
  const test_support::TemporaryDirectory directory;
  const auto file = directory.path() / "ran";
  std::stop_source stop;
  stop.request_stop();
  base::Context context;
  context.stop = stop.get_token();
  EXPECT_EQ(code_of([&] { run(context, shell("touch " + file.string())); }), ErrorCode::cancelled);
  EXPECT_FALSE(std::filesystem::exists(file));
}

// A helper may leave a daemon behind that holds on to its output.
TEST(Process, DoesNotWaitForWhatIsLeftBehind) {
  const auto start = Clock::now();
  const Result result = run_shell("sleep 1000 & echo $!");
  EXPECT_LT(Clock::now() - start, 20s);
  const pid_t left = std::stoi(result.output);
  EXPECT_EQ(::kill(left, SIGKILL), 0);
  EXPECT_TRUE(ends(left));
}

TEST(Process, ManyAtOnce) {
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&good, i] {
      for (int j = 0; j < 10; ++j) {
        Command command = shell("cat; exit " + std::to_string(i));
        command.input = std::to_string(i * 100 + j);
        const Result result = run({}, command);
        if (result.exit_code == i && result.output == command.input) ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 80);
}

TEST(Environment, VariableThatIsSet) {
  const Environment environment = {{"A", "1"}, {"EMPTY", ""}};
  EXPECT_EQ(variable(environment, "A"), "1");
  EXPECT_EQ(variable(environment, "EMPTY"), std::nullopt);
  EXPECT_EQ(variable(environment, "B"), std::nullopt);
  EXPECT_TRUE(variable(current_environment(), "PATH").has_value());
}

}  // namespace
}  // namespace pinnace::process
