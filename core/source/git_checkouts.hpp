#pragma once

#include <chrono>
#include <filesystem>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "files/directory.hpp"
#include "files/scratch.hpp"
#include "process/environment.hpp"
#include "source/remote_source.hpp"

namespace pinnace::source {

/// Commits of git repositories on disk, by the git program of the host, each fetched once. Git gets
/// no credentials, settings, hooks or filters of the user, asks nobody, and speaks only https,
/// http, git and ssh, which may use an agent that is given. Submodules are fetched from where
/// why_no_submodule() has nothing against it. A server that is silent is given up. Several threads
/// may use it.
class GitCheckouts {
 public:
  /// `environment` has PATH, and the variables for proxies and authorities that git understands;
  /// `agent` is the socket of an SSH agent; empty: none. A server may be silent for so long.
  GitCheckouts(std::filesystem::path scratch, process::Environment environment, std::string agent,
               std::chrono::milliseconds silence);

  /// The commit that a source names now. Throws unsupported without git, not_found for what the
  /// repository doesn't have, integrity if it isn't the one that it has to be, unavailable.
  std::string commit_of(const base::Context& context, const GitSource& source);
  /// All files of that commit, submodules too, and .git, which is fit for an image only if it is to
  /// be kept.
  std::shared_ptr<const files::Directory> files_of(const base::Context& context,
                                                   const GitSource& source);

 private:
  /// `server`: the repository that is asked, if one is.
  std::string git(const base::Context& context, const std::string& shown,
                  std::vector<std::string> arguments, const std::filesystem::path& directory = {},
                  const std::string& server = {});
  std::string resolve(const base::Context& context, const GitSource& source);
  void fetch(const base::Context& context, const GitSource& source, const std::string& commit,
             const std::filesystem::path& directory);
  void check_out(const base::Context& context, const GitSource& source, const std::string& commit,
                 const std::filesystem::path& directory);
  void add_submodules(const base::Context& context, const std::string& repository,
                      const std::filesystem::path& directory, std::size_t depth);

  files::ScratchDirectory m_scratch;
  process::Environment m_environment;
  std::string m_agent;
  std::chrono::milliseconds m_silence;
  std::mutex m_mutex;
  std::map<std::string, std::string> m_commits;
  std::map<std::string, std::shared_ptr<const files::Directory>> m_files;
};

}  // namespace pinnace::source
