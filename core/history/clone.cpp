#include "history/clone.hpp"

#include <sstream>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "files/look.hpp"
#include "process/process.hpp"
#include "source/remote_source.hpp"

namespace pinnace::history {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t k_max_output = std::size_t{4} << 20;
constexpr std::size_t k_short = 12;

process::Environment environment_of(const process::Environment& host) {
  process::Environment environment = {
      {"HOME", "/nonexistent"},        {"LC_ALL", "C"},
      {"GIT_ALLOW_PROTOCOL", "none"},  // a partial clone may not fetch what it lacks
      {"GIT_ATTR_NOSYSTEM", "1"},      {"GIT_CONFIG_GLOBAL", "/dev/null"},
      {"GIT_CONFIG_NOSYSTEM", "1"},    {"GIT_NO_LAZY_FETCH", "1"},
      {"GIT_NO_REPLACE_OBJECTS", "1"}, {"GIT_OPTIONAL_LOCKS", "0"},
      {"GIT_TERMINAL_PROMPT", "0"},
  };
  if (const auto path = process::variable(host, "PATH")) environment["PATH"] = *path;
  return environment;
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

std::string Clone::git(const base::Context& context,
                       const std::vector<std::string>& arguments) const {
  process::Command command;
  command.arguments = {"git",
                       "-c",
                       "core.hooksPath=/dev/null",
                       "-c",
                       "core.fsmonitor=false",
                       "-c",
                       "log.showSignature=false",
                       "-c",
                       "safe.bareRepository=explicit"};
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  command.environment = environment_of(m_environment);
  // The clone itself: below it git could take somebody's files for a repository.
  command.directory = files::work_tree_of(m_directory).value_or(m_directory);
  command.output_limit = k_max_output;
  const process::Result result = process::run(context, command);
  if (!result.succeeded())
    throw Error(ErrorCode::unavailable,
                "git: " + result.status() + ": " + base::shown(first_line(result.error)));
  return result.output;
}

std::optional<std::string> Clone::why_not(const base::Context& context,
                                          const std::vector<std::string>& ids) const {
  try {
    (void)git(context, {"rev-parse", "--git-dir"});
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) throw;
    return base::quote(m_directory.string()) + " is no git clone that can be read (" +
           error.message() + ")";
  }
  for (const std::string& id : ids) {
    if (!source::is_commit(id)) return base::quote(id) + " is no whole name of a commit of git";
    try {
      (void)git(context, {"cat-file", "-e", id + "^{commit}"});
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) throw;
      return "the clone " + base::quote(m_directory.string()) + " does not have the commit " +
             id.substr(0, k_short);
    }
  }
  return std::nullopt;
}

Commits Clone::between(const base::Context& context, const std::string& from, const std::string& to,
                       std::size_t most, const std::vector<std::string>& paths) const {
  std::vector<std::string> arguments = {"log",
                                        "--max-count=" + std::to_string(most + 1),
                                        "--no-color",
                                        "--no-show-signature",
                                        "--no-decorate",
                                        "--no-notes",
                                        "--no-mailmap",
                                        "--encoding=UTF-8",
                                        "--no-patch",
                                        "--format=%H%n%aI%n%an%n%s",
                                        from + ".." + to,
                                        "--"};
  arguments.insert(arguments.end(), paths.begin(), paths.end());
  std::istringstream lines(git(context, arguments));
  Commits commits;
  Commit one;
  while (std::getline(lines, one.id) && std::getline(lines, one.date) &&
         std::getline(lines, one.author) && std::getline(lines, one.subject)) {
    if (commits.commits.size() == most) {
      commits.has_more = true;
      break;
    }
    commits.commits.push_back(one);
  }
  return commits;
}

}  // namespace pinnace::history
