#include "source/git_checkouts.hpp"

#include <sstream>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "files/file.hpp"
#include "files/look.hpp"
#include "source/git_server.hpp"
#include "source/submodules.hpp"
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

/// The directory of a submodule, where a checkout has made an empty one for it. No name leads out
/// of the checkout, or through a link within.
fs::path place_for(const fs::path& checkout, const std::string& path) {
  const files::Directory there =
      files::Directory(checkout).open_directory(path, files::Directory::Links::refuse);
  if (!there.names().empty())
    throw Error(ErrorCode::invalid_input,
                "the directory of the submodule at " + base::quote(path) + " is not empty");
  return checkout / path;
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
  m_git.check(repository_of(source), source.repository);
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

/// Into an empty directory.
void GitCheckouts::check_out(const Context& context, const GitSource& source,
                             const std::string& commit, const fs::path& directory,
                             Progress& progress) {
  const std::string shown = repository_of(source) + " at " + commit;
  const auto git = [&](const std::vector<std::string>& arguments) {
    m_git.run(context, shown, arguments, directory);
  };
  git({"-c", "init.defaultBranch=main", "init", "--quiet", "--template="});
  git({"remote", "add", "origin", source.repository});
  git({"config", "core.logAllRefUpdates", "false"});
  fetch(context, source, commit, directory);
  CommitListing listing(progress.budget);
  base::with_context([&] { return shown; },
                     [&] {
                       m_git.run(context, shown, {"ls-tree", "-r", "-t", "-l", "-z", commit},
                                 directory, [&](std::string_view text) { listing.add(text); });
                     });
  git({"checkout", "--quiet", "--detach", commit});
  add_submodules(context, source, directory, listing.links(), progress);
  if (!source.keep_git) return;
  // The index would have the inodes and times of this disk.
  git({"read-tree", "HEAD"});
  fs::remove(directory / ".git/FETCH_HEAD");
}

/// Each is a checkout of its own: nothing of what the repository says is a place for git to work
/// in.
void GitCheckouts::add_submodules(const Context& context, const GitSource& source,
                                  const fs::path& directory, const std::vector<GitLink>& links,
                                  Progress& progress) {
  const std::string shown = repository_of(source);
  const auto file = files::link_status(directory / ".gitmodules");
  if (links.empty() || !file || !S_ISREG(file->st_mode)) return;
  if (++progress.depth > k_max_depth)
    throw Error(ErrorCode::invalid_input,
                shown + ": submodules are nested deeper than " + std::to_string(k_max_depth));
  const std::string settings =
      m_git.run(context, shown, {"config", "--file=.gitmodules", "--null", "--list"}, directory);
  const auto submodules = base::with_context(
      [&] { return shown; }, [&] { return submodules_of(links, settings, source.repository); });
  for (const Submodule& submodule : submodules) {
    const std::string what = shown + ": submodule " + base::quote(submodule.name);
    if (const auto why = why_no_submodule(source.repository, submodule.url); !why.empty())
      throw Error(ErrorCode::denied,
                  what + " leads to " + web::redact_url(submodule.url) + ", " + why);
    GitSource inner;
    inner.repository = submodule.url;
    inner.keep_git = source.keep_git;
    base::with_context([&] { return what; },
                       [&] {
                         check_out(context, inner, submodule.commit,
                                   place_for(directory, submodule.path), progress);
                       });
  }
  --progress.depth;
}

std::shared_ptr<const files::Directory> GitCheckouts::files_of(const Context& context,
                                                               const GitSource& source) {
  const std::string commit = commit_of(context, source);
  const std::lock_guard lock(m_mutex);
  auto& files = m_files[source.repository + "#" + commit + (source.keep_git ? " .git" : "")];
  if (!files) {
    const fs::path directory = m_scratch.path() / std::to_string(m_files.size());
    files::make_directories(directory);
    Progress progress;
    check_out(context, source, commit, directory, progress);
    files = std::make_shared<const files::Directory>(directory);
  }
  return files;
}

}  // namespace pinnace::source
