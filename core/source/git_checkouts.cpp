#include "source/git_checkouts.hpp"

#include <sstream>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "files/look.hpp"
#include "source/git_server.hpp"
#include "web/redact.hpp"

namespace pinnace::source {

using base::Context;
using base::Error;
using base::ErrorCode;
namespace fs = std::filesystem;

namespace {

/// Submodules of submodules.
constexpr std::size_t k_max_depth = 16;

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

/// By their names, of what `git config --null --list` says: "submodule.NAME.path\nVALUE\0".
std::map<std::string, GitCheckouts::Submodule> submodule_settings(const std::string& list) {
  constexpr std::string_view k_section = "submodule.";
  std::map<std::string, GitCheckouts::Submodule> all;
  std::istringstream input(list);
  for (std::string line; std::getline(input, line, '\0');) {
    const std::size_t end = line.find('\n');
    const std::size_t dot = line.rfind('.', end);
    if (!line.starts_with(k_section) || end == std::string::npos || dot < k_section.size())
      continue;
    const std::string key = line.substr(dot + 1, end - dot - 1);
    GitCheckouts::Submodule& one = all[line.substr(k_section.size(), dot - k_section.size())];
    if (key == "path") one.path = line.substr(end + 1);
    if (key == "url") one.url = line.substr(end + 1);
  }
  return all;
}

}  // namespace

GitCheckouts::GitCheckouts(const fs::path& scratch, GitProgram::Options options)
    : m_scratch(scratch), m_git(m_scratch, std::move(options)) {}

std::string GitCheckouts::resolve(const Context& context, const GitSource& source) {
  if (is_commit(source.reference)) return source.reference;
  const std::string reference = source.reference.empty() ? "HEAD" : source.reference;
  const std::string lines =
      m_git.ask(context, repository_of(source), source.repository, [&](const std::string& url) {
        return std::vector<std::string>{"ls-remote", "--", url, reference, reference + "^{}"};
      });
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
  const auto fetch = [&](std::vector<std::string> options, std::vector<std::string> what) {
    const auto arguments = [&](const std::string& url) {
      std::vector<std::string> all = {"fetch", "--progress"};
      all.insert(all.end(), options.begin(), options.end());
      all.push_back(url);
      all.insert(all.end(), what.begin(), what.end());
      return all;
    };
    m_git.ask(context, shown, source.repository, arguments, directory);
  };
  try {
    fetch({"--depth=1", "--no-tags"}, {commit});
  } catch (const GitRefusal&) {
    fetch({}, {"+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"});
  }
}

void GitCheckouts::check_out(const Context& context, const GitSource& source,
                             const std::string& commit, const fs::path& directory) {
  const std::string shown = repository_of(source) + " at " + commit;
  m_git.run(
      context, shown,
      {"-c", "init.defaultBranch=main", "init", "--quiet", "--template=", directory.string()});
  m_git.run(context, shown, {"remote", "add", "origin", source.repository}, directory);
  m_git.run(context, shown, {"config", "core.logAllRefUpdates", "false"}, directory);
  fetch(context, source, commit, directory);
  m_git.run(context, shown, {"checkout", "--quiet", "--detach", commit}, directory);
  add_submodules(context, source.repository, directory, 0);
  if (!source.keep_git) return;
  // The index would have the inodes and times of this disk.
  m_git.run(context, shown, {"read-tree", "HEAD"}, directory);
  fs::remove(directory / ".git/FETCH_HEAD");
}

void GitCheckouts::update(const Context& context, const std::string& shown,
                          const Submodule& submodule, const std::string& name,
                          const fs::path& directory) {
  const auto arguments = [&](const std::string& url) {
    std::vector<std::string> all;
    if (url != submodule.url) all = {"-c", "submodule." + name + ".url=" + url};
    for (const char* word : {"submodule", "update", "--progress", "--depth=1", "--"})
      all.emplace_back(word);
    all.push_back(submodule.path);
    return all;
  };
  m_git.ask(context, shown, submodule.url, arguments, directory);
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
  m_git.run(context, shown, {"submodule", "--quiet", "init"}, directory);
  const auto settings = [&](const char* file) {
    return submodule_settings(
        m_git.run(context, shown, {"config", file, "--null", "--list"}, directory));
  };
  const auto paths = settings("--file=.gitmodules");
  for (const auto& [name, place] : settings("--local")) {
    const auto found = paths.find(name);
    if (place.url.empty() || found == paths.end()) continue;
    const std::string what = shown + ": submodule " + base::quote(name);
    if (const std::string why = why_no_submodule(repository, place.url); !why.empty())
      throw Error(ErrorCode::denied, what + " leads to " + web::redact_url(place.url) + ", " + why);
    update(context, what, Submodule{found->second.path, place.url}, name, directory);
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
