#include <unistd.h>

#include <csignal>
#include <iostream>
#include <memory>

#include "base/error.hpp"
#include "cli/containers/container_output.hpp"
#include "cli/containers/detached.hpp"
#include "cli/containers/verbs.hpp"
#include "cli/containers/watcher.hpp"
#include "cli/options/requests.hpp"
#include "cli/options/sandbox_flags.hpp"
#include "cli/output/text.hpp"
#include "files/file.hpp"
#include "job/direct_job.hpp"
#include "job/ready.hpp"
#include "json/json.hpp"
#include "running/run.hpp"

namespace pinnace::cli {

namespace {

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

/// Of a container that nobody waits for but for its start.
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

running::RunRequest request_of(const Options& options, const std::string& environments,
                               const GlobalOptions& global) {
  running::RunRequest request = options.request;
  add_common(request, global);
  if (!environments.empty()) request.environments = std::filesystem::absolute(environments);
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

running::RunResult run(const running::RunRequest& request, const std::stop_token& stop,
                       base::EventSink& events) {
  base::Context context;
  context.stop = stop;
  context.events = &events;
  return job::run_directly(request, context, job::credentials_beside(std::nullopt));
}

/// Runs a container to its end: its exit code.
int run_attached(const running::RunRequest& request, const Execution& execution) {
  std::stop_source stop;
  const std::stop_callback forward(execution.stop, [&] { stop.request_stop(); });
  ContainerOutput output(execution.terminal, stop, says_ready(request));
  try {
    const running::RunResult result = run(request, stop.get_token(), output);
    output.finish();
    if (execution.global.json) print_json(json::write(result));
    return result.exit_code;
  } catch (const base::Error& error) {
    // As a shell says it of a program that was ended by SIGPIPE.
    if (error.code() == base::ErrorCode::cancelled && output.is_unread()) return 128 + SIGPIPE;
    throw;
  }
}

int start_detached(const running::RunRequest& request, const Execution& execution) {
  const DetachedContainers containers(request.store);
  const DetachedContainers::Started started = containers.start(request, execution.stop);
  if (started.refused_with != 0) return started.refused_with;
  if (execution.global.json) {
    print_json({{"id", started.id}, {"ports", json::write(started.ready).at("ports")}});
    return 0;
  }
  if (!execution.global.quiet && says_ready(request))
    std::cerr << "ready " << started.ready.text() << '\n';
  print_lines({started.id});
  return 0;
}

}  // namespace

void define_run(CLI::App& verb, const GlobalOptions& global, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  verb.footer(
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
  verb.add_option("REF", options->request.image, "Image")->required();
  verb.add_option("-p,--publish", options->request.ports,
                  "[ADDRESS:][HOST:]CONTAINER[/udp]: a port of the host (default: any free one of "
                  "127.0.0.1) that leads to one of the container (may be repeated)")
      ->allow_extra_args(false);
  verb.add_option("-e,--env", options->variables, "NAME=VALUE (may be repeated)")
      ->allow_extra_args(false);
  verb.add_option("-v,--volume", options->request.volumes,
                  "/HOST/PATH:/CONTAINER/PATH[:ro] (may be repeated)")
      ->allow_extra_args(false);
  verb.add_option("--platform", options->platform, "Of the image (default: the machine's)");
  verb.add_option("-u,--user", options->user, "USER[:GROUP] (default: the image's)");
  verb.add_option("-w,--workdir", options->directory, "Working directory (default: the image's)");
  verb.add_option("--wait-http", options->wait_http,
                  "Ready when this URL answers 2xx; :PORT/path is where that port was published");
  verb.add_option("--wait-port", options->wait_port,
                  "Ready when something in the container listens at this port")
      ->check(CLI::Range(1, 65535));
  verb.add_option("--wait-seconds", options->wait_seconds, "Give up waiting after this time")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  CLI::Option* detach =
      verb.add_flag("-d,--detach", options->detach,
                    "Return when it is ready, with its ID as the last line; see ps, logs and stop");
  verb.add_option("--stop-time", options->stop_seconds,
                  "Seconds that it has to end after Ctrl-C or SIGTERM; 0 kills it at once")
      ->check(CLI::Range(0U, k_most_stop_seconds))
      ->capture_default_str()
      ->excludes(detach);
  options->sandbox.add_to(verb);
  verb.add_option("COMMAND", options->request.command, "Behind --: instead of the image's command");
  const auto environments = add_environments(verb, "Where env: names are defined");
  verb.callback([options, environments, &global, &invocation] {
    const running::RunRequest request = request_of(*options, *environments, global);
    const bool detach = options->detach;
    invocation = {json::write(request), [request, detach](const Execution& execution) {
                    return detach ? start_detached(request, execution)
                                  : run_attached(request, execution);
                  }};
  });
}

void define_supervise(CLI::App& verb, const GlobalOptions& /*global*/, Invocation& invocation) {
  verb.callback([&] {
    say_who_watches();
    files::FileSource input(files::UniqueFd(::dup(STDIN_FILENO)), "standard input");
    const char* const what = "request on standard input";
    const nlohmann::json written =
        json::parse(base::read_all(input, job::k_max_request, what), what);
    const auto request = json::read<running::RunRequest>({written, what});
    invocation.perform = [request](const Execution& execution) {
      SupervisedOutput output(execution.terminal);
      return run(request, execution.stop, output).exit_code;
    };
  });
}

}  // namespace pinnace::cli
