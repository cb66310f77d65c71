#include "frontend/stage.hpp"

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "containerfile/predefined.hpp"
#include "containerfile/text.hpp"
#include "oci/signal_name.hpp"
#include "text/path.hpp"

namespace pinnace::frontend {

using namespace containerfile;
using base::Error;
using base::ErrorCode;
using nlohmann::json;

namespace {

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::invalid_input, message);
}

/// What the steps take in memory beside what was counted when it was expanded; about.
std::size_t size_of(const std::vector<std::string>& texts) {
  std::size_t size = 0;
  for (const std::string& text : texts) size += sizeof(text) + text.size();
  return size;
}
std::size_t size_of(const plan::CopyStep& step) {
  return sizeof(step) + step.destination.size();
}
std::size_t size_of(const plan::DirectoryStep& step) {
  return sizeof(step) + step.path.size();
}
std::size_t size_of(const plan::RunStep& step) {
  return sizeof(step) + size_of(step.arguments) + size_of(step.environment) +
         size_of(step.proxies) + step.directory.size() + step.user.size();
}

std::optional<std::vector<std::string>> unless_empty(std::vector<std::string> words) {
  return words.empty() ? std::nullopt : std::optional(std::move(words));
}

std::uint32_t parse_port(std::string_view text, const std::string& whole) {
  std::uint32_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65535)
    return port;
  refuse("EXPOSE " + whole + ": expected a port from 1 to 65535, as 8080, 53/udp or 8000-8010");
}

}  // namespace

std::vector<std::string> parse_ports(const std::string& text) {
  std::string_view rest = text;
  std::string protocol = "tcp";
  if (const std::size_t slash = rest.find('/'); slash != std::string_view::npos) {
    protocol = rest.substr(slash + 1);
    for (char& c : protocol) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    rest = rest.substr(0, slash);
  }
  if (protocol != "tcp" && protocol != "udp" && protocol != "sctp")
    refuse("EXPOSE " + text + ": expected the protocol tcp, udp or sctp");
  // An address and a port of the host may stand in front; they mean nothing here.
  rest = rest.substr(rest.rfind(':') + 1);
  const std::size_t dash = rest.find('-');
  const std::uint32_t first = parse_port(rest.substr(0, dash), text);
  const std::uint32_t last =
      dash == std::string_view::npos ? first : parse_port(rest.substr(dash + 1), text);
  if (last < first) refuse("EXPOSE " + text + ": the range ends before it starts");
  std::vector<std::string> ports;
  for (std::uint32_t port = first; port <= last; ++port)
    ports.push_back(std::to_string(port) + "/" + protocol);
  return ports;
}

StagePlanner::StagePlanner(plan::StagePlan& stage, GlobalScope& scope, Arguments arguments,
                           char escape, FindOrigin find_origin)
    : m_stage(stage),
      m_scope(scope),
      m_arguments(std::move(arguments)),
      m_execution(stage.config.execution()),
      m_escape(escape),
      m_find_origin(std::move(find_origin)) {
  for (const auto& [name, value] : m_arguments) m_declared.insert(name);
}

std::vector<std::string> StagePlanner::take_triggers() {
  return std::exchange(m_execution.triggers, std::nullopt).value_or(std::vector<std::string>());
}

std::optional<std::string> StagePlanner::find_variable(std::string_view name) const {
  if (auto value = m_execution.variables().find(name)) return value;
  const auto argument = m_arguments.find(name);
  return argument == m_arguments.end() ? std::nullopt : std::optional(argument->second);
}

Expander StagePlanner::expander() const {
  return Expander([this](std::string_view name) { return find_variable(name); }, m_escape);
}

void StagePlanner::note_undefined(const Expander& used) {
  for (const std::string& name : used.undefined()) {
    if (!m_declared.contains(name))
      m_findings.push_back(
          {"UndefinedVar", "$" + name + " is not set here", m_instruction->position});
  }
}

std::string StagePlanner::expand(const std::string& text, QuoteRule quotes) {
  Expander used = expander();
  std::string value = used.expand(text, quotes);
  m_scope.hold(value.size());
  note_undefined(used);
  return value;
}

std::vector<std::string> StagePlanner::expand_words(const std::string& text) {
  Expander used = expander();
  std::vector<std::string> words = used.expand_words(text);
  m_scope.hold(size_of(words));
  note_undefined(used);
  return words;
}

void StagePlanner::add(const Instruction& instruction) {
  m_instruction = &instruction;
  // Another stage may be planned here, whose errors have their own place.
  const Copy* copy = std::get_if<Copy>(&instruction.command);
  if (copy != nullptr && copy->from) m_origin = m_find_origin(*copy->from, instruction.position);
  if (const Run* run = std::get_if<Run>(&instruction.command)) {
    for (const Mount& mount : run->mounts) {
      const auto from = mount.options.find("from");
      if (from != mount.options.end() && !from->second.empty())
        m_mount_origins[&mount] = m_find_origin(from->second, mount.position);
    }
  }
  base::with_context(
      [&] { return instruction.position.str(); },
      [&] { std::visit([this](const auto& command) { plan(command); }, instruction.command); });
}

void StagePlanner::add_history() {
  m_stage.history.push_back({m_instruction->text, {}});
}

void StagePlanner::add_step(
    std::variant<plan::CopyStep, plan::DirectoryStep, plan::RunStep> action) {
  m_scope.hold(std::visit([](const auto& step) { return size_of(step); }, action));
  m_stage.history.push_back({m_instruction->text, m_stage.steps.size()});
  m_stage.steps.push_back(
      {m_instruction->text, m_instruction->position,
       std::visit([](auto&& step) { return plan::Action(std::move(step)); }, std::move(action))});
}

std::string StagePlanner::absolute(const std::string& path) const {
  if (path.find('\0') != std::string::npos) refuse("a path has a NUL byte");
  if (path.starts_with('/')) return text::clean_path(path);
  return text::clean_path("/" + m_execution.directory.value_or("") + "/" + path);
}

void StagePlanner::plan(const From&) {
  throw Error(ErrorCode::internal, "FROM within a stage");
}

void StagePlanner::plan(const Env& env) {
  // All values are those from before the instruction (Dockerfile reference, ENV).
  std::vector<std::pair<std::string, std::string>> expanded;
  for (const auto& [name, value] : env.variables)
    expanded.emplace_back(expand(name), expand(value));
  for (const auto& [name, value] : expanded) {
    if (name.empty() || name.find('=') != std::string::npos)
      refuse("ENV: expected the name of a variable, found " + base::quote(name));
    oci::made(m_execution.environment).set(name, value);
  }
  add_history();
}

void StagePlanner::plan(const Label& label) {
  auto& labels = oci::made(m_execution.labels);
  for (const auto& [name, value] : label.labels) {
    const std::string key = expand(name);
    if (key.empty()) refuse("LABEL: expected a name");
    labels[key] = expand(value);
  }
  add_history();
}

void StagePlanner::plan(const Arg& arg) {
  for (const auto& [written, value] : arg.arguments) {
    const std::string name = expand(written);
    m_declared.insert(name);
    auto chosen = m_scope.take_given(name);
    if (!chosen && value) chosen = expand(*value);
    if (!chosen) chosen = m_scope.find(name);
    if (!chosen) continue;
    m_scope.hold(chosen->size());
    m_arguments[name] = *std::move(chosen);
  }
  add_history();
}

void StagePlanner::plan(const Workdir& workdir) {
  const std::string path = absolute(expand(workdir.path));
  m_execution.directory = path;
  add_step(plan::DirectoryStep{path.substr(1), m_execution.user.value_or("")});
}

void StagePlanner::plan(const User& user) {
  m_execution.user = expand(user.user);
  add_history();
}

void StagePlanner::plan(const StopSignal& signal) {
  const std::string name = expand(signal.signal);
  const std::string known = upper(name);
  if (!oci::is_signal(known) && !oci::is_signal("SIG" + known))
    refuse("STOPSIGNAL " + name + ": expected a signal, as SIGTERM or 15");
  m_execution.stop_signal = name;
  add_history();
}

void StagePlanner::plan(const Maintainer& maintainer) {
  m_stage.config.json()["author"] = maintainer.name;
  add_history();
}

void StagePlanner::plan(const Expose& expose) {
  auto& ports = oci::made(m_execution.ports);
  for (const std::string& text : expose.ports) {
    for (const std::string& word : expand_words(text)) {
      const std::vector<std::string> found = parse_ports(word);
      m_scope.hold(size_of(found));
      for (const std::string& port : found) ports[port] = json::object();
    }
  }
  add_history();
}

void StagePlanner::plan(const Volume& volume) {
  auto& volumes = oci::made(m_execution.volumes);
  for (const std::string& path : volume.paths) {
    const std::string expanded = expand(path);
    if (expanded.empty()) refuse("VOLUME: expected a path");
    volumes[expanded] = json::object();
  }
  add_history();
}

std::vector<std::string> StagePlanner::command_words(const CommandLine& command) const {
  if (command.exec || command.words.empty()) return command.words;
  std::vector<std::string> words = m_execution.shell_or_default();
  words.push_back(command.words.front());
  return words;
}

void StagePlanner::plan(const Entrypoint& entrypoint) {
  m_execution.entrypoint = unless_empty(command_words(entrypoint.command));
  // A command that is the base's was meant for the base's entrypoint.
  if (!m_has_cmd) m_execution.command.reset();
  add_history();
}

void StagePlanner::plan(const Cmd& cmd) {
  m_execution.command = unless_empty(command_words(cmd.command));
  m_has_cmd = true;
  add_history();
}

void StagePlanner::plan(const Shell& shell) {
  m_execution.shell = shell.words;
  add_history();
}

void StagePlanner::plan(const Healthcheck& check) {
  json test = {"NONE"};
  if (check.command) {
    test = {check.command->exec ? "CMD" : "CMD-SHELL"};
    for (const std::string& word : check.command->words) test.push_back(word);
  }
  json health = {{"Test", std::move(test)}};
  const auto set = [&](const char* name, std::int64_t value) {
    if (value != 0) health[name] = value;
  };
  set("Interval", check.interval);
  set("Timeout", check.timeout);
  set("StartPeriod", check.start_period);
  set("StartInterval", check.start_interval);
  set("Retries", check.retries);
  m_execution.others["Healthcheck"] = std::move(health);
  add_history();
}

void StagePlanner::plan(const Onbuild& onbuild) {
  oci::made(m_execution.triggers).push_back(onbuild.instruction);
  add_history();
}

}  // namespace pinnace::frontend
