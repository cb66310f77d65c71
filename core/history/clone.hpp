#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "clone/git.hpp"

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

/// A commit that changed a file, and the ones before it that did, or from which it took that.
struct Change {
  Commit commit;
  std::vector<std::string> parents;
};

/// The commits of a git clone on this machine, which may be a stranger's (clone/git.hpp).
class Clone {
 public:
  /// `directory`: in the clone.
  explicit Clone(std::filesystem::path directory);

  /// Why the commits between two can't be listed: "the clone /x does not have ..."; nullopt: they
  /// can. Whatever is no whole commit's name is not had. Throws cancelled.
  std::optional<std::string> why_not(const base::Context& context,
                                     const std::vector<std::string>& ids) const;
  /// Those that `to` has and `from` has not, at most so many; if paths are given, those of them
  /// that changed one (pathspecs of git). Throws cancelled, and unavailable with what git says.
  Commits between(const base::Context& context, const std::string& from, const std::string& to,
                  std::size_t most, const std::vector<std::string>& paths = {}) const;
  /// The file as that commit has it; nullopt: it has no such file, or one beyond the limit. Throws
  /// cancelled.
  std::optional<std::string> file(const base::Context& context, const std::string& id,
                                  const std::string& path, std::size_t limit) const;
  /// Those up to a commit that changed the file, newest first, at most so many. Throws as
  /// between().
  std::vector<Change> changes(const base::Context& context, const std::string& id,
                              const std::string& path, std::size_t most) const;
  /// Which of the files that a pathspec of git names differ between two commits. Throws as
  /// between().
  std::vector<std::string> differing(const base::Context& context, const std::string& from,
                                     const std::string& to, const std::string& pathspec) const;
  /// Whether it lacks commits before the ones that it has.
  bool is_shallow(const base::Context& context) const;

 private:
  std::string git(const base::Context& context, const std::vector<std::string>& arguments) const;

  std::filesystem::path m_directory;
  clone::Git m_git;
};

}  // namespace pinnace::history
