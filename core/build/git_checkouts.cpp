#include "build/git_checkouts.hpp"

#include <sstream>

#include "base/error.hpp"
#include "files/look.hpp"
#include "process/process.hpp"
#include "web/redact.hpp"

namespace pinnace::build {

using base::Context;
using base::Error;
using base::ErrorCode;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::hours k_deadline{1};

/// What of the host's environment concerns the way to a server.
constexpr const char* k_passed[] = {"PATH",         "http_proxy",    "https_proxy",   "HTTPS_PROXY",
                                    "all_proxy",    "ALL_PROXY",     "no_proxy",      "NO_PROXY",
                                    "SSL_CERT_DIR", "SSL_CERT_FILE", "GIT_SSL_CAINFO"};

process::Environment environment_of(const process::Environment& host, const fs::path& home,
                                    const std::string& agent) {
  process::Environment environment = {
      {"HOME", home.string()},  // no .netrc, no settings
      {"LC_ALL", "C"},
      {"GIT_ALLOW_PROTOCOL", "https:http:git:ssh"},
      {"GIT_ATTR_NOSYSTEM", "1"},
      {"GIT_CONFIG_GLOBAL", "/dev/null"},
      {"GIT_CONFIG_NOSYSTEM", "1"},
      {"GIT_LFS_SKIP_SMUDGE", "1"},
      {"GIT_TERMINAL_PROMPT", "0"},
      // The user's keys are not ours to use; an agent was given on purpose.
      {"GIT_SSH_COMMAND", "ssh -F none -o BatchMode=yes -o IdentityFile=none"},
  };
  for (const char* name : k_passed) {
    if (const auto value = process::variable(host, name)) environment[name] = *value;
  }
  if (!agent.empty()) environment["SSH_AUTH_SOCK"] = agent;
  return environment;
}

std::string repository_of(const GitSource& source) {
  return web::redact_url(source.repository);
}

/// The commit in the lines "<commit>\t<name>" of ls-remote; empty: none. A branch goes before a
/// tag, as in git; of an annotated tag, what it stands for counts.
std::string choose(const std::string& lines, const std::string& reference) {
  std::map<std::string, std::string> commits;
  std::istringstream input(lines);
  for (std::string line; std::getline(input, line);) {
    const std::size_t tab = line.find('\t');
    if (tab != std::string::npos && is_commit(line.substr(0, tab)))
      commits[line.substr(tab + 1)] = line.substr(0, tab);
  }
  for (const std::string& name : {"refs/heads/" + reference, "refs/tags/" + reference + "^{}",
                                  "refs/tags/" + reference, reference + "^{}", reference}) {
    if (const auto found = commits.find(name); found != commits.end()) return found->second;
  }
  return {};
}

}  // namespace

GitCheckouts::GitCheckouts(fs::path scratch, process::Environment environment, std::string agent)
    : m_scratch(std::move(scratch)),
      m_environment(std::move(environment)),
      m_agent(std::move(agent)) {}

/// Runs git to its end and returns what it says. `shown` names what is done, for messages.
std::string GitCheckouts::git(const Context& context, const std::string& shown,
                              std::vector<std::string> arguments, const fs::path& directory,
                              const std::string& server) {
  process::Command command;
  command.arguments = {"git", "-c", "core.hooksPath=/dev/null", "-c", "core.askPass="};
  command.environment = environment_of(m_environment, m_scratch.path(), m_agent);
  // Nobody is led to plain http on another machine: from https not to http, from http nowhere.
  if (server.starts_with("https://")) command.environment["GIT_ALLOW_PROTOCOL"] = "https";
  if (server.starts_with("http://"))
    command.arguments.insert(command.arguments.end(), {"-c", "http.followRedirects=false"});
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  command.directory = directory.empty() ? m_scratch.path() : directory;
  command.deadline = k_deadline;
  process::Result result;
  try {
    result = process::run(context, command);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
    throw Error(
        ErrorCode::unsupported,
        "ADD of a git repository needs git, which is not there; as root: apt-get install git");
  }
  if (!result.succeeded()) {
    while (result.error.ends_with('\n')) result.error.pop_back();
    throw Error(ErrorCode::unavailable,
                shown + ": git: " + result.status() + ": " + web::quote_text(result.error));
  }
  return result.output;
}

std::string GitCheckouts::resolve(const Context& context, const GitSource& source) {
  if (is_commit(source.reference)) return source.reference;
  const std::string reference = source.reference.empty() ? "HEAD" : source.reference;
  const std::string lines = git(
      context, repository_of(source),
      {"ls-remote", "--", source.repository, reference, reference + "^{}"}, {}, source.repository);
  std::string commit = choose(lines, reference);
  if (commit.empty())
    throw Error(ErrorCode::not_found,
                repository_of(source) + " has no branch or tag \"" + reference + "\"");
  return commit;
}

std::string GitCheckouts::commit_of(const Context& context, const GitSource& source) {
  const std::lock_guard lock(m_mutex);
  std::string& commit = m_commits[source.repository + "#" + source.reference];
  if (commit.empty()) commit = resolve(context, source);
  if (source.commit && commit != *source.commit)
    throw Error(ErrorCode::integrity,
                describe(source) + " is the commit " + commit + ", expected " + *source.commit);
  return commit;
}

/// A server that doesn't give single commits gives all branches and tags.
void GitCheckouts::fetch(const Context& context, const GitSource& source, const std::string& commit,
                         const fs::path& directory) {
  const std::string shown = repository_of(source);
  try {
    git(context, shown, {"fetch", "--quiet", "--depth=1", "--no-tags", "origin", commit}, directory,
        source.repository);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::unavailable) throw;
    git(context, shown,
        {"fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*",
         "+refs/tags/*:refs/tags/*"},
        directory, source.repository);
  }
}

void GitCheckouts::check_out(const Context& context, const GitSource& source,
                             const std::string& commit, const fs::path& directory) {
  const std::string shown = repository_of(source) + " at " + commit;
  git(context, shown,
      {"-c", "init.defaultBranch=main", "init", "--quiet", "--template=", directory.string()});
  git(context, shown, {"remote", "add", "origin", source.repository}, directory);
  git(context, shown, {"config", "core.logAllRefUpdates", "false"}, directory);
  fetch(context, source, commit, directory);
  git(context, shown, {"checkout", "--quiet", "--detach", commit}, directory);
  if (files::link_status(directory / ".gitmodules"))
    git(context, shown, {"submodule", "--quiet", "update", "--init", "--recursive", "--depth=1"},
        directory);
  if (!source.keep_git) return;
  // The index would have the inodes and times of this disk.
  git(context, shown, {"read-tree", "HEAD"}, directory);
  fs::remove(directory / ".git/FETCH_HEAD");
}

std::shared_ptr<const files::Directory> GitCheckouts::files_of(const Context& context,
                                                               const GitSource& source) {
  const std::string commit = commit_of(context, source);
  const std::lock_guard lock(m_mutex);
  auto& files = m_files[source.repository + "#" + commit + (source.keep_git ? " .git" : "")];
  if (!files) {
    const fs::path directory = m_scratch.path() / std::to_string(m_files.size());
    check_out(context, source, commit, directory);
    files = std::make_shared<const files::Directory>(directory);
  }
  return files;
}

}  // namespace pinnace::build
