#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "clone/git.hpp"
#include "process/environment.hpp"

namespace pinnace::history {

/// A commit, as git writes it: texts are whatever their author wrote, one line each.
struct Commit {
  std::string id;
  std::string date;  ///< of the author, ISO 8601
  std::string author;
  std::string subject;
};

/// Commits, newest first.
struct Commits {
  std::vector<Commit> commits;
  bool has_more = false;
};

/// The commits of a git clone on this machine, which may be a stranger's (clone/git.hpp).
class Clone {
 public:
  /// `directory`: in the clone. `environment` has PATH.
  Clone(std::filesystem::path directory, const process::Environment& environment);

  /// Why the commits between two can't be listed: "the clone /x does not have ..."; nullopt: they
  /// can. Whatever is no whole commit's name is not had. Throws cancelled.
  std::optional<std::string> why_not(const base::Context& context,
                                     const std::vector<std::string>& ids) const;
  /// Those that `to` has and `from` has not, at most so many; if paths are given, those of them
  /// that changed one (pathspecs of git). Throws cancelled, and unavailable with what git says.
  Commits between(const base::Context& context, const std::string& from, const std::string& to,
                  std::size_t most, const std::vector<std::string>& paths = {}) const;

 private:
  std::string git(const base::Context& context, const std::vector<std::string>& arguments) const;

  std::filesystem::path m_directory;
  clone::Git m_git;
};

}  // namespace pinnace::history
