#include "cli/protocol/job_pipe.hpp"

#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.hpp"
#include "cli/protocol/input_watcher.hpp"
#include "files/file.hpp"
#include "job/ready.hpp"
#include "job/run_job.hpp"
#include "jobs/list.hpp"
#include "json/json.hpp"
#include "text/base64.hpp"

namespace pinnace::cli {

namespace {

using base::Error;
using base::ErrorCode;
using base::Event;
using Json = nlohmann::json;

constexpr std::size_t k_max_line = 256;
constexpr std::size_t k_max_credentials = std::size_t{1} << 20;

/// Writes messages to standard output, one JSON text a line.
class Output {
 public:
  void write(const std::string& line) {
    std::string_view rest = line;
    while (!rest.empty()) {
      const ssize_t written = ::write(STDOUT_FILENO, rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) base::throw_errno(errno, "standard output");
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void write(const Json& message) { write(json::dump_replacing(message) + "\n"); }
};

/// Reads standard input without reading ahead.
class Input {
 public:
  /// Without its end.
  std::string line() {
    std::string text;
    for (std::byte one{}; read(std::span(&one, 1)) == 1 && one != std::byte{'\n'};) {
      text += static_cast<char>(one);
      if (text.size() > k_max_line) fail("a short first line");
    }
    return text;
  }

  std::string bytes(std::size_t size) {
    std::string text(size, '\0');
    if (read(std::as_writable_bytes(std::span(text))) != size) {
      fail(std::to_string(size) + " bytes more");
    }
    return text;
  }

  [[noreturn]] static void fail(const std::string& expected) {
    throw Error(ErrorCode::invalid_input, "standard input: expected " + expected);
  }

 private:
  std::size_t read(std::span<std::byte> buffer) { return base::read_full(m_source, buffer); }
  files::FileSource m_source{files::UniqueFd(::dup(STDIN_FILENO)), "standard input"};
};

/// The first line: how much of what follows.
struct Header {
  std::size_t request = 0;
  std::optional<std::size_t> credentials;

  static Header parse(const std::string& line) {
    const Json parsed = json::parse(line, "first line of standard input");
    const json::Node node(parsed, "first line of standard input");
    const auto size = [](const json::Node& field, std::size_t limit) {
      if (field.size() > limit) field.fail("at most " + std::to_string(limit));
      return static_cast<std::size_t>(field.size());
    };
    if (node.field("version").json() != job::k_protocol_version) {
      node.field("version").fail("version " + std::to_string(job::k_protocol_version));
    }
    Header header{size(node.field("requestBytes"), job::k_max_request), {}};
    const auto credentials = node.optional_field("credentialsBytes");
    if (credentials) header.credentials = size(*credentials, k_max_credentials);
    return header;
  }
};

std::unique_ptr<job::Job> open_job(const std::string& name, Input& input) {
  const Header header = Header::parse(input.line());
  const std::string request = input.bytes(header.request);
  if (!header.credentials) return jobs::open_job(name, request, job::credentials_beside({}));
  std::string text = input.bytes(*header.credentials);
  const auto wipe = [](std::string* secret) { config::wipe(*secret); };
  const std::unique_ptr<std::string, decltype(wipe)> wiped(&text, wipe);
  return jobs::open_job(name, request, job::credentials_beside(text));
}

class Reporter final : public job::Listener {
 public:
  explicit Reporter(Output& output) : m_output(output) {}

  void on_event(const Event& event) override { m_output.write(message(event)); }

 private:
  static Json message(const Event& event) {
    switch (event.kind) {
      case Event::Kind::log:
        return {{"event", "log"}, {"text", event.text}};
      case Event::Kind::warning:
        return {{"event", "warning"}, {"text", event.text}};
      case Event::Kind::progress:
        return {{"event", "progress"},
                {"text", event.text},
                {"done", event.done},
                {"total", event.total}};
      case Event::Kind::output:
        return {{"event", "output"}, {"bytes", text::base64_encode(event.text)}};
      case Event::Kind::error_output:
        return {{"event", "error_output"}, {"bytes", text::base64_encode(event.text)}};
      case Event::Kind::ready:
        return {{"event", "ready"}, {"ready", json::write(job::Ready::of(event.ports))}};
    }
    return {};
  }

  Output& m_output;
};

void converse(const std::string& name, std::stop_token stop, Output& output) {
  Input input;
  const auto job = open_job(name, input);
  output.write(Json{{"event", "opened"}, {"version", PINNACE_VERSION}});
  if (input.line() != "run") throw Error(ErrorCode::cancelled, "cancelled");
  std::stop_source source;
  const std::stop_callback forward(stop, [&] { source.request_stop(); });
  const InputWatcher watcher(source);
  base::Context context;
  context.stop = source.get_token();
  Reporter reporter(output);
  output.write(R"({"event":"result","result":)" + job::run_job(*job, context, reporter) + "}\n");
}

}  // namespace

int run_job_through_pipes(const std::string& name, std::stop_token stop) {
  Output output;
  try {
    converse(name, stop, output);
  } catch (const std::exception& error) {
    output.write(R"({"event":"error","error":)" + job::error_json(error) + "}\n");
  }
  return 0;
}

}  // namespace pinnace::cli
