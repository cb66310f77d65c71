#pragma once

#include <memory>
#include <string>

#include "source/downloads.hpp"
#include "source/git_checkouts.hpp"
#include "source/remote_source.hpp"
#include "steps/copy_origin.hpp"

namespace pinnace::steps {

/// The sources of ADD that are not in the context: for all stages of a build, by several threads.
class RemoteFiles {
 public:
  struct Options {
    source::Downloads::Options downloads;
    source::GitProgram::Options git;
  };
  /// `scratch`: where repositories are checked out.
  RemoteFiles(Options options, layer::Spool& spool, const std::filesystem::path& scratch);

  /// A digest of what the source leads to now. Throws as Downloads::find() and
  /// GitCheckouts::commit_of().
  hash::Digest key(const base::Context& context, const source::RemoteSource& source);

  /// Where a copy takes the files from, and which of them.
  struct Place {
    std::unique_ptr<CopyOrigin> origin;
    std::string path;
  };
  /// `epoch` is the time of files that have no other.
  Place place(const base::Context& context, const source::RemoteSource& source, std::int64_t epoch);

 private:
  Place place(const base::Context& context, const source::UrlSource& source, std::int64_t epoch);
  Place place(const base::Context& context, const source::GitSource& source, std::int64_t epoch);

  source::Downloads m_downloads;
  source::GitCheckouts m_git;
};

}  // namespace pinnace::steps
