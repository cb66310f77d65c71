#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "source/commit_listing.hpp"

namespace pinnace::source {

/// A repository within a commit of another one.
struct Submodule {
  std::string name;    ///< in .gitmodules
  std::string path;    ///< its directory: relative, without "." and ".."
  std::string url;     ///< what git would ask, with user and password as they stand there
  std::string commit;  ///< 40 or 64 hexadecimal digits
};

/// The submodules at the places where a commit's tree has such, in that order. .gitmodules only
/// says who has them: it is a text like any other.
///
/// `settings` is what `git config --null --list` says of .gitmodules, `repository` the URL that the
/// commit is from, to which "./" and "../" refer as git has it. Submodules with "update = none" are
/// left out. Throws invalid_input for settings that say two things, for a submodule that they don't
/// name, and for a path that is none.
std::vector<Submodule> submodules_of(const std::vector<GitLink>& links, std::string_view settings,
                                     std::string_view repository);

/// What a submodule's URL means in a repository: "./x" and "../x" are beside it (git's
/// relative_url()), all else is as it stands.
std::string submodule_url(std::string_view repository, std::string_view url);

}  // namespace pinnace::source
