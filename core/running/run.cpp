#include "running/run.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>

#include "base/error.hpp"
#include "base/thread.hpp"
#include "container/ports.hpp"
#include "container/program.hpp"
#include "http/client.hpp"
#include "image/input.hpp"
#include "inputs/resolve.hpp"
#include "spec/seccomp.hpp"

namespace pinnace::running {

json::Table<RunRequest> RunRequest::table() {
  return job::request_table<RunRequest>(
      "RunRequest",
      "Runs a container of an image until it ends, or the job is cancelled, which leaves nothing "
      "of it.",
      {{"image", &RunRequest::image, "Reference."},
       {"platform", &RunRequest::platform, "Null: the machine's."},
       {"command", &RunRequest::command, "Instead of the image's; empty: the image's."},
       {"environment",
        &RunRequest::environment,
        "Variables, beside the image's.",
        {.variables = true}},
       {"user", &RunRequest::user, "USER[:GROUP]; null: the image's."},
       {"directory", &RunRequest::directory, "Where it starts, absolute; null: the image's."},
       {"ports", &RunRequest::ports,
        "[ADDRESS:][HOST:]CONTAINER[/udp]; without HOST any free port of 127.0.0.1."},
       {"volumes", &RunRequest::volumes, "/HOST/PATH:/CONTAINER/PATH[:ro]."},
       {"waitHttp", &RunRequest::wait_http,
        "Ready when this URL answers 2xx; :PORT/path is where that port was published; null: no "
        "wait."},
       {"waitPort",
        &RunRequest::wait_port,
        "Ready when something in the container listens there; null: no wait.",
        {.least = 1, .most = 65535}},
       {"waitSeconds",
        &RunRequest::wait,
        "After which the wait is given up; null: 60.",
        {.least = 1, .most = 86400, .nullable = true}},
       {"stopSeconds",
        &RunRequest::stop,
        "When the job is cancelled, the container gets the image's stop signal and so much time "
        "to end; null or 0: it is killed at once.",
        {.most = 86400, .later = true, .nullable = true}},
       {"environments",
        &RunRequest::environments,
        "File for env: names; null: none.",
        {.later = true}},
       {"sandbox", &RunRequest::sandbox, "Null: the defaults.", {.nullable = true}}});
}

json::Table<RunResult> RunResult::table() {
  return {"RunResult",
          "How a container ended.",
          {{"digest", &RunResult::digest, "Of the image's manifest.", json::k_digest},
           {"exitCode",
            &RunResult::exit_code,
            "Of its program; 128 and more: ended by a signal; 127: it is not there; 126: it can't "
            "be executed.",
            {.most = 255}}}};
}

std::vector<base::PublishedPort> RunRequest::published() const {
  std::vector<base::PublishedPort> all;
  for (const std::string& text : ports) all.push_back(container::parse_port(text));
  return all;
}

std::vector<container::Mount> RunRequest::mounts() const {
  std::vector<container::Mount> all;
  for (const std::string& text : volumes) all.push_back(container::parse_volume(text));
  return all;
}

void RunRequest::check() const {
  (void)oci::parse_image_name(image);
  if (directory && !directory->starts_with('/'))
    throw base::Error(base::ErrorCode::invalid_input, "working directory \"" + *directory +
                                                          "\": expected an absolute path, as /srv");
  (void)mounts();
  if (!published().empty() && sandbox.network != container::Network::isolated)
    throw base::Error(base::ErrorCode::invalid_input,
                      "a port can't be published with the network none or host; leave out either "
                      "(-p, --network)");
  if (wait_http) (void)container::published_url(*wait_http, published());
}

namespace {

using base::Context;
using base::Error;
using base::ErrorCode;

constexpr std::chrono::milliseconds k_between_tries{20};
constexpr std::chrono::milliseconds k_least_try{500};

/// "linux/amd64, linux/arm64"
std::string names_of(const std::map<std::string, definition::LockedManifest>& platforms) {
  std::string names;
  for (const auto& [name, manifest] : platforms) names += (names.empty() ? "" : ", ") + name;
  return names;
}

oci::Platform platform_of(const RunRequest& request) {
  return request.platform.value_or(oci::Platform::host());
}

image::ImageInput load(const Context& context, places::Access& access, const RunRequest& request) {
  const oci::ImageName name = oci::parse_image_name(request.image);
  const oci::Platform platform = platform_of(request);
  const definition::LockedImage locked =
      inputs::resolve_image(context, access, request.image, name);
  auto image = inputs::image_for(locked, platform);
  if (!image)
    throw Error(ErrorCode::invalid_input, request.image + ": there is no image for " +
                                              platform.str() + ", but for " +
                                              names_of(locked.platforms));
  auto store = access.locate(name, places::Purpose::read).store;
  image::ImageContents contents =
      base::with_context([&] { return "image " + request.image; },
                         [&] {
                           return image::read_image(context, *store, image->manifest,
                                                    image::ImageCache::at(access.local()));
                         });
  return {*std::move(image), std::move(contents), std::move(store)};
}

container::Container container_of(const RunRequest& request, const image::ImageInput& image) {
  container::Container container;
  container.layers = container::stored_layers(image.store, image.contents.stored_layers(),
                                              {layer::TimesOf::image});
  container::set_program(container, image.contents.config.execution(),
                         {request.command, request.environment, request.user, request.directory},
                         request.image);
  container.hostname = "container";
  container.network = request.sandbox.network;
  container.ports = request.published();
  container.wait_port = request.wait_port.value_or(0);
  container.stop_time = request.stop;
  container.mounts = request.mounts();
  container.limits = request.sandbox.limits();
  container.platform = platform_of(request);
  container.has_socketcall = spec::needs_socketcall(container.platform);
  return container;
}

class ContainerOutput final : public run::OutputSink {
 public:
  explicit ContainerOutput(const Context& context) : m_context(context) {}
  void on_output(base::Event::Kind stream, std::string_view bytes) override {
    m_context.output(stream, bytes);
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

void wait_until_ready(const RunRequest& request, const Context& context,
                      const std::vector<base::PublishedPort>& ports,
                      const std::atomic<bool>& listens) {
  const Patience patience(request.wait);
  while (request.wait_port && !listens)
    patience.pause(context, "nothing listens at port " + std::to_string(*request.wait_port), "");
  if (request.wait_http)
    wait_for_answer(context, container::published_url(*request.wait_http, ports), patience);
  context.ready(ports);
}

/// Waits in a thread of its own until a container is ready. Who waits ends with the container, and
/// the container with who waited in vain.
class ReadyWatcher final : public run::Sandbox::Watcher {
 public:
  using Ports = std::vector<base::PublishedPort>;
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

}  // namespace

RunResult perform(const RunRequest& request, const job::JobContext& job) {
  places::Access access = job.access(request.places(request.environments));
  const image::ImageInput image = load(job.context, access, request);
  run::Sandbox sandbox(request.sandbox.options(request.places().local()));
  sandbox.check_platform(job.context, platform_of(request));
  const container::Container container = container_of(request, image);
  ContainerOutput output(job.context);
  ReadyWatcher watcher(job.context, [&](const auto& inner, const auto& ports, const auto& listens) {
    wait_until_ready(request, inner, ports, listens);
  });
  RunResult result;
  result.digest = image.image.manifest.digest.str();
  try {
    result.exit_code = sandbox.run(watcher.context(), container, output, watcher);
  } catch (...) {
    watcher.end();
    watcher.check();
    throw;
  }
  watcher.end();
  // The container had time to end.
  watcher.check();
  job.context.check();
  return result;
}

}  // namespace pinnace::running
