#include <algorithm>
#include <atomic>
#include <functional>
#include <future>

#include "base/error.hpp"
#include "base/thread.hpp"
#include "build/config_json.hpp"
#include "build/image_contents.hpp"
#include "definition/signal_name.hpp"
#include "http/client.hpp"
#include "jobs/base_image.hpp"
#include "jobs/build_request.hpp"
#include "jobs/makers.hpp"
#include "jobs/ports.hpp"
#include "jobs/sandbox_request.hpp"

namespace pinnace::jobs {

namespace {

using base::Context;
using base::Error;
using base::ErrorCode;
using nlohmann::json;

constexpr std::chrono::milliseconds k_between_tries{20};
constexpr std::chrono::milliseconds k_least_try{500};

/// run: {image, platform, command, environment, user, directory, ports, volumes, waitHttp,
/// waitPort, waitSeconds, stopSeconds, sandbox} -> {digest, exitCode}.
class RunJob final : public Job {
 public:
  RunJob(RequestReader& request, std::shared_ptr<const config::CredentialStore> credentials);
  std::string run(const Context& context) override;

 private:
  build::ImageInput load(const Context& context, Access& access);
  run::Container container_of(const build::ImageInput& image) const;
  void wait_until_ready(const Context& context, const std::vector<run::PublishedPort>& ports,
                        const std::atomic<bool>& listens) const;

  Access::Options m_access;
  std::shared_ptr<const config::CredentialStore> m_credentials;
  std::string m_image;
  oci::Platform m_platform = oci::Platform::host();
  std::vector<std::string> m_command;
  std::map<std::string, std::string> m_environment;
  std::optional<std::string> m_user;
  std::optional<std::string> m_directory;
  std::vector<run::PublishedPort> m_ports;
  std::vector<run::Mount> m_volumes;
  std::optional<std::string> m_wait_http;
  std::optional<std::uint16_t> m_wait_port;
  std::chrono::seconds m_wait{60};
  std::chrono::seconds m_stop{0};
  SandboxRequest m_sandbox;
};

RunJob::RunJob(RequestReader& request, std::shared_ptr<const config::CredentialStore> credentials)
    : m_access{request.text("store"), request.optional_text("registries"), std::nullopt},
      m_credentials(std::move(credentials)),
      m_sandbox(request) {
  m_image = request.text("image");
  if (std::holds_alternative<EnvironmentName>(oci::parse_image_name(m_image)))
    throw Error(ErrorCode::invalid_input,
                "\"" + m_image +
                    "\": a container is not made of what an environment holds, expected the image "
                    "by the place that its environments.yaml names");
  if (const auto platform = request.optional_text("platform"))
    m_platform = oci::Platform::parse(*platform);
  m_command = request.texts("command");
  m_environment = request.variables("environment");
  m_user = request.optional_text("user");
  m_directory = request.optional_text("directory");
  if (m_directory && !m_directory->starts_with('/'))
    throw Error(ErrorCode::invalid_input,
                "working directory \"" + *m_directory + "\": expected an absolute path, as /srv");
  for (const std::string& text : request.texts("ports")) m_ports.push_back(parse_port(text));
  for (const std::string& text : request.texts("volumes")) m_volumes.push_back(parse_volume(text));
  if (!m_ports.empty() && m_sandbox.network != run::Network::isolated)
    throw Error(ErrorCode::invalid_input,
                "a port can't be published with the network none or host; leave out either (-p, "
                "--network)");
  m_wait_http = request.optional_text("waitHttp");
  if (m_wait_http) (void)published_url(*m_wait_http, m_ports);
  if (const auto port = request.optional_integer("waitPort", 1, 65535))
    m_wait_port = static_cast<std::uint16_t>(*port);
  m_wait = std::chrono::seconds(request.optional_integer("waitSeconds", 1, 86400).value_or(60));
  m_stop = std::chrono::seconds(request.optional_integer("stopSeconds", 0, 86400).value_or(0));
}

/// "linux/amd64, linux/arm64"
std::string names_of(const std::map<std::string, lock::LockedManifest>& platforms) {
  std::string names;
  for (const auto& [name, manifest] : platforms) names += (names.empty() ? "" : ", ") + name;
  return names;
}

build::ImageInput RunJob::load(const Context& context, Access& access) {
  const ImageName name = oci::parse_image_name(m_image);
  const lock::LockedImage locked = resolve_image(context, access, m_image, name);
  auto image = image_for(locked, m_platform);
  if (!image)
    throw Error(ErrorCode::invalid_input, m_image + ": there is no image for " + m_platform.str() +
                                              ", but for " + names_of(locked.platforms));
  auto store = access.locate(name, Purpose::read).store;
  build::ImageContents contents =
      base::with_context([&] { return "image " + m_image; },
                         [&] {
                           return build::read_image(context, *store, image->manifest,
                                                    build::ImageCache::at(access.cache()));
                         });
  return {*std::move(image), std::move(contents), std::move(store)};
}

std::vector<std::string> texts_of(const json& execution, const char* name) {
  const auto found = execution.find(name);
  if (found == execution.end() || !found->is_array()) return {};
  return found->get<std::vector<std::string>>();
}

run::Container RunJob::container_of(const build::ImageInput& image) const {
  run::Container container;
  container.layers = build::root_of(image, layer::TimesOf::image);
  oci::Config config = image.contents.config;
  config.normalize_execution();
  for (const auto& [name, value] : m_environment) build::set_variable(config, name, value);
  if (!build::find_variable(config, "PATH"))
    build::set_variable(config, "PATH", build::k_default_path);
  const json& execution = config.execution();
  container.environment = texts_of(execution, "Env");
  container.arguments = texts_of(execution, "Entrypoint");
  const std::vector<std::string> command =
      m_command.empty() ? texts_of(execution, "Cmd") : m_command;
  container.arguments.insert(container.arguments.end(), command.begin(), command.end());
  if (container.arguments.empty())
    throw Error(ErrorCode::invalid_input, m_image + " has no command; say one");
  container.user = m_user.value_or(build::text_of(config, "User"));
  container.directory = m_directory.value_or(build::text_of(config, "WorkingDir"));
  if (container.directory.empty()) container.directory = "/";
  container.hostname = "container";
  container.network = m_sandbox.network;
  container.ports = m_ports;
  container.wait_port = m_wait_port.value_or(0);
  container.stop_signal = definition::stop_signal(build::text_of(config, "StopSignal"));
  container.stop_time = m_stop;
  container.mounts = m_volumes;
  container.limits = m_sandbox.limits;
  container.platform = m_platform;
  return container;
}

/// The container's log: "| " before lines of standard output, "! " before those of standard error.
class ContainerLog final : public run::OutputSink {
 public:
  explicit ContainerLog(const Context& context) : m_context(context) {}
  void on_line(bool error, std::string_view line) override {
    m_context.log((error ? "! " : "| ") + std::string(line));
  }

 private:
  const Context& m_context;
};

/// How long somebody waits for a container that has started.
class Patience {
 public:
  explicit Patience(std::chrono::seconds limit)
      : m_limit(limit), m_end(std::chrono::steady_clock::now() + limit) {}

  /// For a try that has begun: enough for an answer that is under way.
  std::chrono::milliseconds left() const {
    const auto left = m_end - std::chrono::steady_clock::now();
    return std::max(k_least_try, std::chrono::duration_cast<std::chrono::milliseconds>(left));
  }
  /// Before another try. Throws unavailable if it is at an end: `missing` within so long.
  void pause(const Context& context, const std::string& missing, const std::string& last) const {
    if (std::chrono::steady_clock::now() > m_end)
      throw Error(ErrorCode::unavailable,
                  missing + " within " + std::to_string(m_limit.count()) + " s" + last);
    context.sleep(k_between_tries);
  }

 private:
  std::chrono::seconds m_limit;
  std::chrono::steady_clock::time_point m_end;
};

/// For questions to a container: it can't have us ask others that it may not reach itself, and no
/// proxy answers for it.
http::Options options_for_container(std::chrono::milliseconds left) {
  http::Options options;
  options.redirects = http::Redirects::same_origin;
  options.proxies = {};
  options.total = std::min(std::chrono::milliseconds(5000), left);
  options.connect_timeout = std::min(std::chrono::milliseconds(2000), options.total);
  return options;
}

/// Asks until a good answer comes.
void wait_for_answer(const Context& context, const std::string& url, const Patience& patience) {
  for (;;) {
    std::string last;
    try {
      http::Client client(options_for_container(patience.left()));
      const http::Response response = client.send(context, {"GET", url, {}, {}});
      if (response.ok()) return;
      last = "status " + std::to_string(response.status);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) throw;
      last = error.what();
    }
    patience.pause(context, "no good answer", ": " + last);
  }
}

/// What the caller is told: "ready" and JSON.
std::string ready_text(const std::vector<run::PublishedPort>& ports) {
  json list = json::array();
  for (const run::PublishedPort& port : ports) {
    list.push_back({{"address", port.address},
                    {"hostPort", port.host_port},
                    {"containerPort", port.container_port},
                    {"protocol", port.udp ? "udp" : "tcp"}});
  }
  return "ready " + json{{"ports", std::move(list)}}.dump();
}

void RunJob::wait_until_ready(const Context& context, const std::vector<run::PublishedPort>& ports,
                              const std::atomic<bool>& listens) const {
  const Patience patience(m_wait);
  while (m_wait_port && !listens)
    patience.pause(context, "nothing listens at port " + std::to_string(*m_wait_port), "");
  if (m_wait_http) wait_for_answer(context, published_url(*m_wait_http, ports), patience);
  context.log(ready_text(ports));
}

/// Waits in a thread of its own until a container is ready. Who waits ends with the container, and
/// the container with who waited in vain.
class ReadyWatcher final : public run::Sandbox::Watcher {
 public:
  using Ports = std::vector<run::PublishedPort>;
  using Wait = std::function<void(const Context&, const Ports&, const std::atomic<bool>& listens)>;
  ReadyWatcher(const Context& context, Wait wait)
      : m_context(context),
        m_wait(std::move(wait)),
        m_forward(context.stop, [this] { m_stop.request_stop(); }) {
    m_context.stop = m_stop.get_token();
  }
  ~ReadyWatcher() override { end(); }

  /// For the container.
  const Context& context() const noexcept { return m_context; }

  void on_start(const Ports& ports) override {
    const auto wait = [this, ports] {
      try {
        m_wait(m_context, ports, m_listens);
      } catch (...) {
        if (!m_stop.stop_requested()) m_in_vain = std::current_exception();
        m_stop.request_stop();
      }
    };
    m_ready = base::with_thread([&] { return std::async(std::launch::async, wait); });
  }
  void on_listen() override { m_listens = true; }

  /// The container has ended.
  void end() {
    m_stop.request_stop();
    if (m_ready.valid()) m_ready.wait();
  }
  /// After end(): throws what ended the wait, unless that was a stop request or the container.
  void check() const {
    if (m_in_vain) std::rethrow_exception(m_in_vain);
  }

 private:
  Context m_context;
  Wait m_wait;
  std::stop_source m_stop;
  std::stop_callback<std::function<void()>> m_forward;
  std::atomic<bool> m_listens{false};
  std::exception_ptr m_in_vain;
  std::future<void> m_ready;
};

std::string RunJob::run(const Context& context) {
  Access access(context, m_access, m_credentials);
  const build::ImageInput image = load(context, access);
  run::Sandbox sandbox(m_sandbox.options(m_access.store));
  sandbox.check_platform(context, m_platform);
  const run::Container container = container_of(image);
  ContainerLog log(context);
  ReadyWatcher watcher(context, [this](const auto& inner, const auto& ports, const auto& listens) {
    wait_until_ready(inner, ports, listens);
  });
  int code = 0;
  try {
    code = sandbox.run(watcher.context(), container, log, watcher);
  } catch (...) {
    watcher.end();
    watcher.check();
    throw;
  }
  watcher.end();
  // The container had time to end.
  watcher.check();
  context.check();
  return json{{"digest", image.image.manifest.digest.str()}, {"exitCode", code}}.dump();
}

}  // namespace

std::unique_ptr<Job> make_run(RequestReader& request,
                              std::shared_ptr<const config::CredentialStore> credentials) {
  return std::make_unique<RunJob>(request, std::move(credentials));
}

}  // namespace pinnace::jobs
