#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "files/directory.hpp"
#include "files/scratch.hpp"
#include "source/commit_listing.hpp"
#include "source/git_program.hpp"
#include "source/remote_source.hpp"

namespace pinnace::source {

/// Commits of git repositories on disk, each fetched once. Submodules are fetched from where
/// why_no_submodule() has nothing against it. Several threads may use it.
class GitCheckouts {
 public:
  GitCheckouts(const std::filesystem::path& scratch, GitProgram::Options options);

  /// The commit that a source names now; nobody is asked for one that is named by its digits.
  /// Throws unsupported without git, not_found for what the repository doesn't have, integrity if
  /// it isn't the one that it has to be, denied for a server that may not be asked, unavailable.
  std::string commit_of(const base::Context& context, const GitSource& source);
  /// All files of that commit, submodules too, and .git, which is fit for an image only if it is to
  /// be kept.
  std::shared_ptr<const files::Directory> files_of(const base::Context& context,
                                                   const GitSource& source);

 private:
  std::string resolve(const base::Context& context, const GitSource& source);
  void fetch(const base::Context& context, const GitSource& source, const std::string& commit,
             const std::filesystem::path& directory);
  /// What has been checked out for one ADD already.
  struct Progress {
    CheckoutBudget budget;
    std::size_t depth = 0;  ///< of submodules within submodules
  };

  void check_out(const base::Context& context, const GitSource& source, const std::string& commit,
                 const std::filesystem::path& directory, Progress& progress);
  void add_submodules(const base::Context& context, const GitSource& source,
                      const std::filesystem::path& directory, const std::vector<GitLink>& links,
                      Progress& progress);

  files::ScratchDirectory m_scratch;
  GitProgram m_git;
  std::mutex m_mutex;
  std::map<std::string, std::string> m_commits;
  std::map<std::string, std::shared_ptr<const files::Directory>> m_files;
};

}  // namespace pinnace::source
