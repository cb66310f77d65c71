#pragma once

#include <memory>
#include <string>

#include "build/copy_origin.hpp"
#include "build/downloads.hpp"
#include "build/git_checkouts.hpp"
#include "build/remote_source.hpp"

namespace pinnace::build {

/// The sources of ADD that are not in the context: for all stages of a build, by several threads.
class RemoteFiles {
 public:
  struct Options {
    Downloads::Options downloads;
    process::Environment environment;           ///< for git
    std::string ssh_agent;                      ///< a socket; empty: none
    std::chrono::milliseconds silence{60'000};  ///< of a git server, before it is given up
  };
  /// `scratch`: where repositories are checked out.
  RemoteFiles(Options options, layer::Spool& spool, const std::filesystem::path& scratch);

  /// A digest of what the source leads to now. Throws as Downloads::find() and
  /// GitCheckouts::commit_of().
  hash::Digest key(const base::Context& context, const RemoteSource& source);

  /// Where a copy takes the files from, and which of them.
  struct Place {
    std::unique_ptr<CopyOrigin> origin;
    std::string path;
  };
  /// `epoch` is the time of files that have no other.
  Place place(const base::Context& context, const RemoteSource& source, std::int64_t epoch);

 private:
  Place place(const base::Context& context, const UrlSource& source, std::int64_t epoch);
  Place place(const base::Context& context, const GitSource& source, std::int64_t epoch);

  Downloads m_downloads;
  GitCheckouts m_git;
};

}  // namespace pinnace::build
