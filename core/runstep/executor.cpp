#include "runstep/executor.hpp"

#include <algorithm>
#include <deque>
#include <set>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "files/file.hpp"
#include "runstep/secret_text.hpp"
#include "text/line_splitter.hpp"

namespace pinnace::runstep {

using base::Context;
using base::Error;
using base::ErrorCode;

namespace {

constexpr std::size_t k_max_secret = std::size_t{500} << 10;  // as BuildKit

/// The lines of a program, for the log.
class LogOutput final : public run::OutputSink {
 public:
  LogOutput(const Context& context, const std::string& label)
      : m_context(context), m_prefix(label.empty() ? "| " : label + " | ") {}
  void on_output(base::Event::Kind stream, std::string_view bytes) override {
    (stream == base::Event::Kind::output ? m_output : m_errors).add(bytes);
  }
  void finish() {
    m_output.finish();
    m_errors.finish();
  }
  std::vector<std::string> last_lines() const { return {m_last.begin(), m_last.end()}; }

 private:
  static constexpr std::size_t k_last_lines = 20;
  static constexpr std::size_t k_longest_line = 1000;

  void log(std::string_view line) {
    m_context.log(m_prefix + std::string(line));
    if (m_last.size() == k_last_lines) m_last.pop_front();
    m_last.push_back(m_prefix + std::string(line.substr(0, k_longest_line)));
  }

  const Context& m_context;
  std::string m_prefix;
  std::deque<std::string> m_last;
  text::LineSplitter m_output{[this](std::string_view line) { log(line); }};
  text::LineSplitter m_errors{[this](std::string_view line) { log(line); }};
};

container::CacheMount cache_of(const plan::RunMount& mount, const FindMountLayers& find,
                               container::Network network) {
  container::CacheMount cache{mount.id,   container::CacheMount::Sharing::shared,
                              mount.mode, mount.uid,
                              mount.gid,  mount.writable};
  cache.network = network;
  if (!std::holds_alternative<plan::FromContext>(mount.origin)) {
    MountedLayers start = find(mount);
    // With another start it is another cache.
    cache.id += " from " + start.content + " /" + mount.source;
    cache.start = container::CacheMount::Start{std::move(start.layers), mount.source};
  }
  // A private one would be a second directory where the first is in use: waiting is as right.
  if (mount.sharing != plan::RunMount::Sharing::shared)
    cache.sharing = container::CacheMount::Sharing::locked;
  return cache;
}

/// The values of variables that are secrets.
std::vector<std::string> secret_variables(const plan::RunStep& step,
                                          const container::Container& container) {
  std::vector<std::string> values;
  for (const plan::RunMount& mount : step.mounts) {
    const std::string start = mount.variable + "=";
    for (const std::string& variable : container.environment) {
      if (!mount.variable.empty() && variable.starts_with(start))
        values.push_back(variable.substr(start.size()));
    }
  }
  return values;
}

}  // namespace

RunExecutor::RunExecutor(plan::RunSettings settings) : m_settings(std::move(settings)) {}
RunExecutor::~RunExecutor() = default;

run::Sandbox& RunExecutor::sandbox() {
  const std::lock_guard guard(m_mutex);
  if (!m_sandbox) m_sandbox = std::make_unique<run::Sandbox>(m_settings.sandbox);
  return *m_sandbox;
}

std::optional<std::string> RunExecutor::secret(const std::string& id) const {
  const auto found = m_settings.secrets.find(id);
  if (found == m_settings.secrets.end()) return std::nullopt;
  const std::string& source = found->second;
  if (source.starts_with("file:"))
    return base::with_context([&] { return "secret " + id; },
                              [&] { return files::read_file(source.substr(5), k_max_secret); });
  if (!source.starts_with("env:"))
    throw Error(ErrorCode::invalid_input,
                "secret " + id + ": expected file:PATH or env:NAME as its source");
  const auto value = m_settings.sandbox.environment.find(source.substr(4));
  if (value == m_settings.sandbox.environment.end())
    throw Error(ErrorCode::not_found,
                "secret " + id + ": the variable " + source.substr(4) + " is not set");
  return value->second;
}

/// The secret of a mount that makes it a variable.
std::optional<std::string> RunExecutor::variable(const plan::RunMount& mount) const {
  std::optional<std::string> value = secret(mount.id);
  if (value && !can_be_variable(*value))
    text::fail_at(mount.position, "the secret " + base::quote(mount.id) +
                                      " can't be a variable, as it has zero bytes or is no UTF-8; "
                                      "let the program read a file: target=... instead of env=...");
  return value;
}

void RunExecutor::check_mount(const plan::RunMount& mount) const {
  const bool is_secret = mount.type == plan::RunMount::Type::secret;
  const bool is_socket = mount.type == plan::RunMount::Type::ssh;
  if (!mount.required || (!is_secret && !is_socket)) return;
  const auto& given = is_secret ? m_settings.secrets : m_settings.sockets;
  if (given.contains(mount.id)) return;
  text::fail_at(mount.position, std::string(is_secret ? "the secret " : "the SSH agent ") +
                                    base::quote(mount.id) + " is required and was not given (" +
                                    (is_secret ? "--secret id=" : "--ssh ") + mount.id + "...)");
}

void RunExecutor::check_host(const Context& context, const plan::Step& step,
                             const plan::RunStep& run) {
  base::with_context([&] { return step.position.str(); },
                     [&] {
                       sandbox().check_platform(context, run.platform);
                       sandbox().check(context, plan::network_of(run, m_settings));
                     });
}

void RunExecutor::check(const Context& context, const std::vector<plan::Plan>& plans,
                        Missing missing) {
  for (const plan::Plan& plan : plans) {
    for (const plan::StagePlan& stage : plan.stages) {
      for (const plan::Step& step : stage.steps) {
        const auto* run = std::get_if<plan::RunStep>(&step.action);
        if (run == nullptr) continue;
        for (const plan::RunMount& mount : run->mounts) {
          check_mount(mount);
          if (!mount.variable.empty()) (void)variable(mount);
        }
        if (m_missing) continue;
        try {
          check_host(context, step, *run);
        } catch (const Error& error) {
          if (error.code() != ErrorCode::unsupported || missing == Missing::refuse) throw;
          m_missing = Error(error.code(), error.message());
          context.warn(std::string(error.what()) + "; only what the cache knows can be built");
        }
      }
    }
  }
}

void RunExecutor::add_mount(container::Container& container, const plan::RunMount& mount,
                            const FindMountLayers& find) {
  switch (mount.type) {
    case plan::RunMount::Type::bind:
      container.mounts.push_back(
          {mount.target,
           container::BindMount{find(mount).layers, mount.source, mount.writable,
                                std::holds_alternative<plan::FromContext>(mount.origin)}});
      return;
    case plan::RunMount::Type::cache:
      container.mounts.push_back({mount.target, cache_of(mount, find, m_settings.network)});
      return;
    case plan::RunMount::Type::tmpfs:
      container.mounts.push_back({mount.target, container::TemporaryMount{mount.size}});
      return;
    case plan::RunMount::Type::secret: {
      check_mount(mount);
      const auto value = mount.variable.empty() ? secret(mount.id) : variable(mount);
      if (!value) return;
      if (!mount.variable.empty()) container.environment.push_back(mount.variable + "=" + *value);
      if (!mount.target.empty())
        container.mounts.push_back(
            {mount.target, container::SecretMount{*value, mount.mode, mount.uid, mount.gid}});
      return;
    }
    case plan::RunMount::Type::ssh: {
      check_mount(mount);
      const auto socket = m_settings.sockets.find(mount.id);
      if (socket == m_settings.sockets.end()) return;
      container.mounts.push_back(
          {mount.target, container::AgentMount{socket->second, mount.mode, mount.uid, mount.gid}});
      container.environment.push_back("SSH_AUTH_SOCK=" + mount.target);
      return;
    }
  }
}

container::Change RunExecutor::run(const Context& context, const plan::RunStep& step,
                                   const std::vector<container::RootLayer>& root,
                                   const FindMountLayers& find, const std::string& label,
                                   std::optional<std::int64_t> source_date, layer::Spool& spool) {
  if (m_missing) throw *m_missing;
  container::Container container = plan::plan_run(step, m_settings, source_date).container;
  const std::vector<container::Mount> last = std::exchange(container.mounts, {});
  container.layers = root;
  for (const plan::RunMount& mount : step.mounts) add_mount(container, mount, find);
  container.mounts.insert(container.mounts.end(), last.begin(), last.end());
  LogOutput output(context, label);
  auto result = [&] {
    try {
      return sandbox().run_step(context, container, source_date.value_or(0), spool, output);
    } catch (const Error& error) {
      throw without_secrets(error, secret_variables(step, container));
    }
  }();
  output.finish();
  if (!result.change) throw run::RunFailed(result.exit_code, output.last_lines());
  return *std::move(result.change);
}

std::string RunExecutor::passing_id() {
  if (m_missing) return container::RootLayer::k_passing;  // nothing will stand on it
  return sandbox().passing_id();
}

bool RunExecutor::name_layer(container::Change& change, const hash::Digest& diff_id) {
  return sandbox().name_layer(change, diff_id);
}

}  // namespace pinnace::runstep
