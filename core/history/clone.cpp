#include "history/clone.hpp"

#include <sstream>
#include <utility>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "files/look.hpp"
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

Clone::Clone(std::filesystem::path directory, const process::Environment& environment)
    : m_directory(std::move(directory)),
      m_git(files::work_tree_of(m_directory).value_or(m_directory), environment,
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
