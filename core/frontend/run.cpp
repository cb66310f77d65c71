#include <algorithm>
#include <array>
#include <charconv>

#include "base/error.hpp"
#include "containerfile/words.hpp"
#include "frontend/stage.hpp"
#include "spec/seccomp.hpp"
#include "text/path.hpp"

namespace pinnace::frontend {

using namespace containerfile;
using base::Error;
using base::ErrorCode;

namespace {

/// A program's file stands where no image has anything (the place that BuildKit chose).
constexpr const char* k_script_directory = "/dev/pipes/";

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::invalid_input, message);
}

/// The options of one mount, with what each type allows.
class MountOptions {
 public:
  MountOptions(const Mount& mount, std::function<std::string(const std::string&)> expand)
      : m_mount(mount), m_expand(std::move(expand)) {}

  std::string text(const std::string& name, const std::string& otherwise) {
    const std::string* value = find(name);
    return value == nullptr ? otherwise : m_expand(*value);
  }
  bool flag(const std::string& name, bool otherwise) {
    const std::string* value = find(name);
    if (value == nullptr) return otherwise;
    if (*value == "true" || *value == "1") return true;
    if (*value == "false" || *value == "0") return false;
    fail(name, "true or false");
  }
  std::uint32_t number(const std::string& name, int base, std::uint32_t otherwise) {
    const std::string* value = find(name);
    if (value == nullptr) return otherwise;
    std::uint32_t result = 0;
    const char* end = value->data() + value->size();
    const auto [stop, error] = std::from_chars(value->data(), end, result, base);
    if (error != std::errc() || stop != end) fail(name, base == 8 ? "an octal mode" : "a number");
    return result;
  }
  /// "64m", "1gb": units of 1024 (Docker's go-units, RAMInBytes).
  std::uint64_t size(const std::string& name) {
    const std::string* value = find(name);
    if (value == nullptr) return 0;
    double result = 0;
    const char* end = value->data() + value->size();
    const auto [stop, error] = std::from_chars(value->data(), end, result);
    std::string unit(stop, end);
    std::transform(unit.begin(), unit.end(), unit.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (unit.ends_with('b')) unit.pop_back();
    const std::size_t power = std::string_view(" kmgt").find(unit.empty() ? ' ' : unit.front());
    if (error != std::errc() || unit.size() > 1 || power == std::string_view::npos || result < 1 ||
        result > 1e15)
      fail(name, "a size, as 64m or 1g");
    return static_cast<std::uint64_t>(result * static_cast<double>(1ULL << (10 * power)));
  }
  /// What nobody has asked for is for another type.
  void end() const {
    for (const auto& [name, value] : m_mount.options) {
      if (name != "type" && !m_taken.contains(name))
        refuse("--mount=type=" + m_mount.options.at("type") + " has no option " + name);
    }
  }
  [[noreturn]] void fail(const std::string& name, const std::string& expected) const {
    refuse("--mount: " + name + "=" + m_mount.options.at(name) + ": expected " + expected);
  }

 private:
  const std::string* find(const std::string& name) {
    m_taken.insert(name);
    const auto found = m_mount.options.find(name);
    return found == m_mount.options.end() ? nullptr : &found->second;
  }

  const Mount& m_mount;
  std::function<std::string(const std::string&)> m_expand;
  std::set<std::string> m_taken;
};

plan::RunMount::Type type_of(const std::string& name) {
  static const std::array<std::pair<const char*, plan::RunMount::Type>, 5> k_types = {
      {{"bind", plan::RunMount::Type::bind},
       {"cache", plan::RunMount::Type::cache},
       {"tmpfs", plan::RunMount::Type::tmpfs},
       {"secret", plan::RunMount::Type::secret},
       {"ssh", plan::RunMount::Type::ssh}}};
  for (const auto& [known, type] : k_types) {
    if (name == known) return type;
  }
  throw Error(ErrorCode::internal, "a mount of an unknown type");
}

std::string last_component(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

/// Clean, without a slash in front.
std::string source_of(MountOptions& options) {
  return text::rooted_path(options.text("source", "/"));
}

void take_owner(MountOptions& options, plan::RunMount& mount, std::uint32_t mode) {
  mount.mode = options.number("mode", 8, mode);
  mount.uid = options.number("uid", 10, 0);
  mount.gid = options.number("gid", 10, 0);
}

bool take_writable(MountOptions& options, bool otherwise) {
  const bool writable = options.flag("rw", otherwise);
  return !options.flag("ro", !writable);
}

plan::RunMount::Sharing take_sharing(MountOptions& options) {
  const std::string sharing = options.text("sharing", "shared");
  if (sharing == "shared") return plan::RunMount::Sharing::shared;
  if (sharing == "private") return plan::RunMount::Sharing::exclusive;
  if (sharing == "locked") return plan::RunMount::Sharing::locked;
  options.fail("sharing", "shared, private or locked");
}

/// The words of the command: here-documents go back to where the shell will read them.
std::vector<std::string> words_of(const Run& run, std::optional<plan::InlineFile>& script) {
  std::vector<std::string> words = run.command.words;
  if (run.files.empty()) return words;
  std::string& line = words.front();
  if (!parse_heredoc(line)) {
    for (const Heredoc& file : run.files) line += "\n" + file.content + file.name;
    return words;
  }
  const Heredoc& file = run.files.front();
  line = file.content;
  if (!file.content.starts_with("#!")) return words;
  line = k_script_directory + file.name;
  script = plan::InlineFile{line, file.content};
  return words;
}

}  // namespace

plan::RunMount StagePlanner::plan_mount(const Mount& written, std::size_t number) {
  plan::RunMount mount;
  mount.position = written.position;
  mount.type = type_of(written.options.at("type"));
  MountOptions options(written, [this](const std::string& text) { return expand(text); });
  const std::string target = options.text("target", "");
  if (!target.empty()) mount.target = absolute(target);
  if (mount.target == "/")
    options.fail("target",
                 "a directory or file below the root directory, where nothing can be mounted");
  switch (mount.type) {
    case plan::RunMount::Type::bind:
      if (!options.text("from", "").empty()) mount.origin = m_mount_origins.at(&written);
      mount.source = source_of(options);
      mount.writable = take_writable(options, false);
      break;
    case plan::RunMount::Type::cache:
      mount.source = source_of(options);
      if (!options.text("from", "").empty())
        mount.origin = m_mount_origins.at(&written);
      else if (!mount.source.empty())
        refuse(
            "--mount=type=cache: source=... is a directory of a stage or image, and needs "
            "from=...");
      mount.id = options.text("id", mount.target);
      mount.sharing = take_sharing(options);
      mount.writable = take_writable(options, true);
      take_owner(options, mount, 0755);
      break;
    case plan::RunMount::Type::tmpfs:
      mount.size = options.size("size");
      mount.writable = true;
      break;
    case plan::RunMount::Type::secret:
      mount.id = options.text("id", options.text("source", last_component(mount.target)));
      mount.variable = options.text("env", "");
      if (mount.id.empty()) refuse("--mount=type=secret needs id=... or target=...");
      if (mount.target.empty() && mount.variable.empty()) mount.target = "/run/secrets/" + mount.id;
      mount.required = options.flag("required", false);
      take_owner(options, mount, 0400);
      break;
    case plan::RunMount::Type::ssh:
      mount.id = options.text("id", "default");
      if (mount.target.empty()) mount.target = "/run/buildkit/ssh_agent." + std::to_string(number);
      mount.required = options.flag("required", false);
      take_owner(options, mount, 0600);
      break;
  }
  options.end();
  return mount;
}

std::vector<std::string> StagePlanner::run_environment() const {
  const oci::Variables& variables = m_execution.variables();
  std::vector<std::string> environment = variables.texts();
  if (!variables.has("PATH")) environment.push_back(std::string("PATH=") + oci::k_default_path);
  for (const auto& [name, value] : m_arguments) {
    if (!variables.has(name)) environment.push_back(name + "=" + value);
  }
  return environment;
}

void StagePlanner::plan(const Run& run) {
  plan::RunStep step;
  const CommandLine command{run.command.exec, words_of(run, step.script)};
  step.arguments = command_words(command);
  step.environment = run_environment();
  for (std::string& proxy : m_scope.proxies()) {
    if (!m_arguments.contains(proxy.substr(0, proxy.find('='))))
      step.proxies.push_back(std::move(proxy));
  }
  step.user = m_execution.user.value_or("");
  step.directory = absolute("");
  step.network = run.network;
  step.platform = m_stage.config.platform();
  step.has_socketcall = spec::needs_socketcall(m_scope.target());
  std::size_t sockets = 0;
  for (const Mount& mount : run.mounts) {
    step.mounts.push_back(plan_mount(mount, sockets));
    if (step.mounts.back().type == plan::RunMount::Type::ssh) ++sockets;
  }
  add_step(std::move(step));
}

}  // namespace pinnace::frontend
