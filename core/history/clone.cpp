#include "history/clone.hpp"

#include <iterator>
#include <sstream>
#include <utility>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "files/look.hpp"
#include "process/environment.hpp"
#include "source/remote_source.hpp"

namespace pinnace::history {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t k_max_output = std::size_t{4} << 20;
constexpr std::size_t k_short = 12;

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

Clone::Clone(std::filesystem::path directory)
    : m_directory(std::move(directory)),
      m_git(files::work_tree_of(m_directory).value_or(m_directory), process::current_environment(),
            clone::Git::Settings::none) {}

std::string Clone::git(const base::Context& context,
                       const std::vector<std::string>& arguments) const {
  const process::Result result = m_git.run(context, arguments, k_max_output);
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

namespace {

/// How git lists commits, so that neither the user nor the clone has a say.
std::vector<std::string> log_of(std::size_t most, const char* format) {
  return {"log",           "--max-count=" + std::to_string(most),
          "--no-color",    "--no-show-signature",
          "--no-decorate", "--no-notes",
          "--no-mailmap",  "--encoding=UTF-8",
          "--no-patch",    format};
}

}  // namespace

std::optional<std::string> Clone::file(const base::Context& context, const std::string& id,
                                       const std::string& path, std::size_t limit) const {
  try {
    const process::Result result = m_git.run(context, {"cat-file", "blob", id + ":" + path}, limit);
    if (result.succeeded()) return result.output;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_input) throw;  // beyond the limit
  }
  return std::nullopt;
}

std::vector<Change> Clone::changes(const base::Context& context, const std::string& id,
                                   const std::string& path, std::size_t most) const {
  std::vector<std::string> arguments = log_of(most, "--format=%H%n%P%n%aI%n%an%n%s");
  arguments.insert(arguments.end(), {"--parents", id, "--", ":(top,literal)" + path});
  std::istringstream lines(git(context, arguments));
  std::vector<Change> changes;
  Commit one;
  std::string parents;
  while (std::getline(lines, one.id) && std::getline(lines, parents) &&
         std::getline(lines, one.date) && std::getline(lines, one.author) &&
         std::getline(lines, one.subject)) {
    std::istringstream names(parents);
    changes.push_back({one, {std::istream_iterator<std::string>(names), {}}});
  }
  return changes;
}

std::vector<std::string> Clone::differing(const base::Context& context, const std::string& from,
                                          const std::string& to,
                                          const std::string& pathspec) const {
  std::istringstream names(git(
      context, {"diff-tree", "-r", "-z", "--name-only", "--no-renames", from, to, "--", pathspec}));
  std::vector<std::string> files;
  for (std::string name; std::getline(names, name, '\0');) files.push_back(name);
  return files;
}

bool Clone::is_shallow(const base::Context& context) const {
  return git(context, {"rev-parse", "--is-shallow-repository"}).starts_with("true");
}

Commits Clone::between(const base::Context& context, const std::string& from, const std::string& to,
                       std::size_t most, const std::vector<std::string>& paths) const {
  std::vector<std::string> arguments = log_of(most + 1, "--format=%H%n%aI%n%an%n%s");
  arguments.insert(arguments.end(), {from + ".." + to, "--"});
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
