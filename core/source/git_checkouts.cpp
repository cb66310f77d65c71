#include "source/git_checkouts.hpp"

#include <sstream>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "files/look.hpp"
#include "process/process.hpp"
#include "source/git_server.hpp"
#include "web/link_service.hpp"
#include "web/redact.hpp"

namespace pinnace::source {

using base::Context;
using base::Error;
using base::ErrorCode;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::hours k_deadline{1};
/// Submodules of submodules.
constexpr std::size_t k_max_depth = 16;

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

/// What git complained of, without the lines that say how far it was.
std::string complaint_of(const std::string& said) {
  std::string complaint;
  std::istringstream input(said);
  for (std::string line; std::getline(input, line);) {
    line.erase(0, line.rfind('\r') + 1);
    if (line.starts_with("fatal: ") || line.starts_with("error: "))
      complaint += (complaint.empty() ? "" : "\n") + line;
  }
  return complaint.empty() ? said.substr(0, said.find_last_not_of('\n') + 1) : complaint;
}

struct Submodule {
  std::string path;
  std::string url;
};

/// By their names, of what `git config --null --list` says: "submodule.NAME.path\nVALUE\0".
std::map<std::string, Submodule> submodule_settings(const std::string& list) {
  constexpr std::string_view k_section = "submodule.";
  std::map<std::string, Submodule> all;
  std::istringstream input(list);
  for (std::string line; std::getline(input, line, '\0');) {
    const std::size_t end = line.find('\n');
    const std::size_t dot = line.rfind('.', end);
    if (!line.starts_with(k_section) || end == std::string::npos || dot < k_section.size())
      continue;
    const std::string key = line.substr(dot + 1, end - dot - 1);
    Submodule& one = all[line.substr(k_section.size(), dot - k_section.size())];
    if (key == "path") one.path = line.substr(end + 1);
    if (key == "url") one.url = line.substr(end + 1);
  }
  return all;
}

}  // namespace

GitCheckouts::GitCheckouts(fs::path scratch, process::Environment environment, std::string agent,
                           std::chrono::milliseconds silence)
    : m_scratch(std::move(scratch)),
      m_environment(std::move(environment)),
      m_agent(std::move(agent)),
      m_silence(silence) {}

/// Runs git to its end and returns what it says. `shown` names what is done, for messages.
std::string GitCheckouts::git(const Context& context, const std::string& shown,
                              std::vector<std::string> arguments, const fs::path& directory,
                              const std::string& server) {
  process::Command command;
  command.arguments = {"git", "-c", "core.hooksPath=/dev/null", "-c", "core.askPass="};
  command.environment = environment_of(m_environment, m_scratch.path(), m_agent);
  if (const auto asked = git_server_of(server)) {
    if (web::is_link_service(asked->host))
      throw Error(ErrorCode::denied, shown + ": is at a link-local address");
    // Nobody is led to plain http on another machine: from https not to http, from http nowhere.
    command.environment["GIT_ALLOW_PROTOCOL"] = asked->scheme;
    if (asked->scheme == "http")
      command.arguments.insert(command.arguments.end(), {"-c", "http.followRedirects=false"});
    // It says how far it is each second while bytes come.
    command.silence = m_silence;
  }
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
  if (!result.succeeded())
    throw Error(ErrorCode::unavailable, shown + ": git: " + result.status() + ": " +
                                            web::quote_text(complaint_of(result.error)));
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
    git(context, shown, {"fetch", "--progress", "--depth=1", "--no-tags", "origin", commit},
        directory, source.repository);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::unavailable) throw;
    git(context, shown,
        {"fetch", "--progress", "origin", "+refs/heads/*:refs/remotes/origin/*",
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
  add_submodules(context, source.repository, directory, 0);
  if (!source.keep_git) return;
  // The index would have the inodes and times of this disk.
  git(context, shown, {"read-tree", "HEAD"}, directory);
  fs::remove(directory / ".git/FETCH_HEAD");
}

/// Each is fetched by itself, as its own server is asked; relative URLs are what git makes of them.
void GitCheckouts::add_submodules(const Context& context, const std::string& repository,
                                  const fs::path& directory, std::size_t depth) {
  const std::string shown = web::redact_url(repository);
  const auto file = files::link_status(directory / ".gitmodules");
  if (!file || !S_ISREG(file->st_mode)) return;
  if (depth == k_max_depth)
    throw Error(ErrorCode::invalid_input,
                shown + ": submodules are nested deeper than " + std::to_string(k_max_depth));
  git(context, shown, {"submodule", "--quiet", "init"}, directory);
  const auto settings = [&](const char* file) {
    return submodule_settings(git(context, shown, {"config", file, "--null", "--list"}, directory));
  };
  const auto paths = settings("--file=.gitmodules");
  for (const auto& [name, place] : settings("--local")) {
    const auto found = paths.find(name);
    if (place.url.empty() || found == paths.end()) continue;
    const std::string what = shown + ": submodule " + base::quote(name);
    if (const std::string why = why_no_submodule(repository, place.url); !why.empty())
      throw Error(ErrorCode::denied, what + " leads to " + web::redact_url(place.url) + ", " + why);
    git(context, what, {"submodule", "update", "--progress", "--depth=1", "--", found->second.path},
        directory, place.url);
    add_submodules(context, place.url, directory / found->second.path, depth + 1);
  }
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

}  // namespace pinnace::source
