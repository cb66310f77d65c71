#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "process/environment.hpp"

namespace pinnace::provenance {

/// Which state of which git repository a directory has.
struct SourceRevision {
  /// "git+https://host/shop.git", without user info; empty: of no remote repository.
  std::string repository;
  std::string revision;   ///< 40 or 64 hex digits
  std::string directory;  ///< in the repository, without slashes at its ends; empty: its root
  bool is_dirty = false;  ///< it has files that differ from the revision's, or are not in it

  bool operator==(const SourceRevision&) const = default;
};

/// What git says of a directory; nullopt where there is no git, no repository, or no commit, and
/// where git refuses, which the log tells. `own`: paths in the directory that are none of its
/// source. Nothing is written. What runs in containers may have written the clone's settings: none
/// of their programs runs. Of submodules only the commit counts.
std::optional<SourceRevision> find_source(const base::Context& context,
                                          const std::filesystem::path& directory,
                                          const process::Environment& environment,
                                          const std::vector<std::string>& own);

/// The URI of a remote repository (SPDX 2.3, 7.7: "git+https://..."), without user info; empty for
/// a path on this machine.
std::string repository_uri(std::string_view remote);

}  // namespace pinnace::provenance
