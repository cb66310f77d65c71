#include "clone/git.hpp"

#include <utility>

namespace pinnace::clone {

namespace {

process::Environment environment_of(const process::Environment& host, Git::Settings settings) {
  process::Environment environment = {
      {"LC_ALL", "C"},
      {"GIT_ALLOW_PROTOCOL", "none"},  // a partial clone may not fetch what it lacks
      {"GIT_NO_LAZY_FETCH", "1"},
      {"GIT_NO_REPLACE_OBJECTS", "1"},
      {"GIT_OPTIONAL_LOCKS", "0"},
      {"GIT_TERMINAL_PROMPT", "0"},
  };
  std::vector<const char*> passed = {"PATH"};
  if (settings == Git::Settings::of_user) {
    passed.insert(passed.end(), {"HOME", "XDG_CONFIG_HOME"});
  } else {
    environment.insert({{"HOME", "/nonexistent"},
                        {"GIT_ATTR_NOSYSTEM", "1"},
                        {"GIT_CONFIG_GLOBAL", "/dev/null"},
                        {"GIT_CONFIG_NOSYSTEM", "1"}});
  }
  for (const char* name : passed) {
    if (const auto value = process::variable(host, name)) environment[name] = *value;
  }
  return environment;
}

}  // namespace

Git::Git(std::filesystem::path root, const process::Environment& environment, Settings settings)
    : m_root(std::move(root)), m_environment(environment_of(environment, settings)) {
  m_environment["GIT_CEILING_DIRECTORIES"] = m_root.parent_path().string();
}

process::Result Git::run(const base::Context& context, const std::vector<std::string>& arguments,
                         std::size_t output_limit) const {
  process::Command command;
  command.arguments = {"git"};
  for (const char* setting :
       {"core.hooksPath=/dev/null", "core.fsmonitor=false", "safe.bareRepository=explicit"})
    command.arguments.insert(command.arguments.end(), {"-c", setting});
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  command.environment = m_environment;
  command.directory = m_root;
  command.output_limit = output_limit;
  return process::run(context, command);
}

}  // namespace pinnace::clone
