#include <unistd.h>

#include <csignal>
#include <iostream>
#include <memory>

#include "base/error.hpp"
#include "detached.hpp"
#include "files/file.hpp"
#include "invocation.hpp"
#include "job/ready.hpp"
#include "json/json.hpp"
#include "output_stream.hpp"
#include "running/run.hpp"
#include "sandbox_flags.hpp"
#include "watcher.hpp"

namespace pinnace::cli {

namespace {

using Json = nlohmann::json;

struct Options {
  running::RunRequest request;
  std::string platform;
  std::string user;
  std::string directory;
  std::string wait_http;
  unsigned wait_port = 0;
  unsigned wait_seconds = 60;
  unsigned stop_seconds = k_stop_seconds;
  std::vector<std::string> variables;
  bool detach = false;
  SandboxFlags sandbox;
};

/// Where the container's output goes, which is ours.
struct Streams {
  OutputStream output{STDOUT_FILENO, "standard output"};
  OutputStream errors{STDERR_FILENO, "standard error"};

  bool is_unread() const { return output.is_unread() || errors.is_unread(); }
  /// Throws io if something was lost.
  void check() const {
    output.check();
    errors.check();
  }
};

/// That it is ready is said to who has a use for it. A container whose output nobody reads any more
/// is stopped, as a program behind a pipe is.
class ContainerOutput final : public base::EventSink {
 public:
  ContainerOutput(base::EventSink& terminal, std::stop_source& stop, bool says_ready,
                  std::shared_ptr<Streams> streams)
      : m_terminal(terminal),
        m_stop(stop),
        m_says_ready(says_ready),
        m_streams(std::move(streams)) {}
  ~ContainerOutput() override {
    for (OutputStream* stream : {&m_streams->output, &m_streams->errors})
      stream->finish(m_stop.get_token());
  }

  void on_event(const base::Event& event) noexcept override {
    switch (event.kind) {
      case base::Event::Kind::output:
        return write(m_streams->output, event.text);
      case base::Event::Kind::error_output:
        return write(m_streams->errors, event.text);
      case base::Event::Kind::ready:
        if (m_says_ready) m_terminal.on_event(event);
        return;
      default:
        return m_terminal.on_event(event);
    }
  }

 private:
  void write(OutputStream& stream, const std::string& bytes) noexcept {
    stream.write(bytes, m_stop.get_token());
    if (stream.is_unread()) m_stop.request_stop();
  }

  base::EventSink& m_terminal;
  std::stop_source& m_stop;
  bool m_says_ready;
  std::shared_ptr<Streams> m_streams;
};

/// The same, of a container that nobody waits for but for its start.
class SupervisedOutput final : public base::EventSink {
 public:
  explicit SupervisedOutput(base::EventSink& terminal) : m_terminal(terminal) {}
  void on_event(const base::Event& event) noexcept override {
    if (event.kind == base::Event::Kind::warning) return m_terminal.on_event(event);
    m_watched.on_event(event);
  }

 private:
  base::EventSink& m_terminal;
  WatchedOutput m_watched;
};

running::RunRequest request_of(const Options& options, const GlobalOptions& global) {
  running::RunRequest request = options.request;
  add_common(request, global);
  if (!options.platform.empty()) request.platform = oci::Platform::parse(options.platform);
  request.environment = pair_map("-e", "NAME=VALUE", options.variables);
  request.user = if_given(options.user);
  request.directory = if_given(options.directory);
  request.wait_http = if_given(options.wait_http);
  if (options.wait_port != 0) request.wait_port = static_cast<std::uint16_t>(options.wait_port);
  request.wait = std::chrono::seconds(options.wait_seconds);
  request.stop = std::chrono::seconds(options.stop_seconds);
  request.sandbox = options.sandbox.request();
  return request;
}

/// Whether somebody has a use for the moment when it is ready, or for its ports.
bool says_ready(const running::RunRequest& request) {
  return !request.ports.empty() || request.wait_http || request.wait_port;
}

Invocation invocation_of(const running::RunRequest& request) {
  const bool ready = says_ready(request);
  Invocation invocation = {request, [](const Json&) { return std::vector<std::string>(); }};
  const auto streams = std::make_shared<Streams>();
  invocation.filter = [ready, streams](base::EventSink& terminal, std::stop_source& stop) {
    return std::make_unique<ContainerOutput>(terminal, stop, ready, streams);
  };
  invocation.code = [streams](const Json& result) {
    streams->check();
    return result.at("exitCode").get<int>();
  };
  // As a shell says it of a program that was ended by SIGPIPE.
  invocation.code_if_cancelled = [streams]() -> std::optional<int> {
    return streams->is_unread() ? std::optional(128 + SIGPIPE) : std::nullopt;
  };
  return invocation;
}

int start_detached(const running::RunRequest& request, const GlobalOptions& global,
                   const std::stop_token& stop) {
  const DetachedContainers containers(request.store);
  const DetachedContainers::Started started = containers.start(request, stop);
  if (started.refused_with != 0) return started.refused_with;
  if (global.json) {
    std::cout << Json{{"id", started.id}, {"ports", json::write(started.ready).at("ports")}}.dump()
              << '\n';
  } else {
    if (!global.quiet && says_ready(request)) std::cerr << "ready " << started.ready.text() << '\n';
    std::cout << started.id << '\n';
  }
  return 0;
}

/// Not for people: the process that watches over a detached container.
void add_supervise(CLI::App& app, Invocation& invocation) {
  app.add_subcommand("supervise", "")->group("")->callback([&] {
    say_who_watches();
    files::FileSource input(files::UniqueFd(::dup(STDIN_FILENO)), "standard input");
    const char* const what = "request on standard input";
    const Json request = json::parse(base::read_all(input, job::k_max_request, what), what);
    invocation = invocation_of(json::read<running::RunRequest>({request, what}));
    invocation.filter = [](base::EventSink& terminal, std::stop_source&) {
      return std::make_unique<SupervisedOutput>(terminal);
    };
  });
}

}  // namespace

void add_run(CLI::App& app, const GlobalOptions& global, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("run", "Run a container of an image until it ends");
  verb->footer(
      "The container's output is this command's, its exit code, too. Nothing of it is left, "
      "however\n"
      "this command ends. When it is ready, stderr says so, if ports are published or something\n"
      "is waited for: ready {\"ports\":[...]}. Ctrl-C sends it the image's stop signal; a second "
      "one\n"
      "kills it. 127: its program is not there; 126: it can't be executed.\n\n"
      "Examples:\n"
      "  pinnace run oci:out:1.0 -p 8080:80 --wait-http :80/health\n"
      "  pinnace run --detach oci:out:1.0 -p 8080:80 --wait-http :80/health; pinnace stop ID\n"
      "  pinnace run debian:bookworm-slim -- cat /etc/os-release\n"
      "  pinnace run $(pinnace build) -- /app --version");
  verb->add_option("REF", options->request.image, "Image")->required();
  verb->add_option("-p,--publish", options->request.ports,
                   "[ADDRESS:][HOST:]CONTAINER[/udp]: a port of the host (default: any free one of "
                   "127.0.0.1) that leads to one of the container (may be repeated)")
      ->allow_extra_args(false);
  verb->add_option("-e,--env", options->variables, "NAME=VALUE (may be repeated)")
      ->allow_extra_args(false);
  verb->add_option("-v,--volume", options->request.volumes,
                   "/HOST/PATH:/CONTAINER/PATH[:ro] (may be repeated)")
      ->allow_extra_args(false);
  verb->add_option("--platform", options->platform, "Of the image (default: the machine's)");
  verb->add_option("-u,--user", options->user, "USER[:GROUP] (default: the image's)");
  verb->add_option("-w,--workdir", options->directory, "Working directory (default: the image's)");
  verb->add_option("--wait-http", options->wait_http,
                   "Ready when this URL answers 2xx; :PORT/path is where that port was published");
  verb->add_option("--wait-port", options->wait_port,
                   "Ready when something in the container listens at this port")
      ->check(CLI::Range(1, 65535));
  verb->add_option("--wait-seconds", options->wait_seconds, "Give up waiting after this time")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  CLI::Option* detach = verb->add_flag(
      "-d,--detach", options->detach,
      "Return when it is ready, with its ID as the last line; see ps, logs and stop");
  verb->add_option("--stop-time", options->stop_seconds,
                   "Seconds that it has to end after Ctrl-C or SIGTERM; 0 kills it at once")
      ->check(CLI::Range(0U, k_most_stop_seconds))
      ->capture_default_str()
      ->excludes(detach);
  options->sandbox.add_to(*verb);
  add_supervise(app, invocation);
  verb->add_option("COMMAND", options->request.command,
                   "Behind --: instead of the image's command");
  verb->callback([options, &global, &invocation] {
    const running::RunRequest request = request_of(*options, global);
    invocation = invocation_of(request);
    if (!options->detach) return;
    invocation.instead = [request, &global](const std::stop_token& stop) {
      return start_detached(request, global, stop);
    };
  });
}

}  // namespace pinnace::cli
