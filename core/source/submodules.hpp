#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pinnace::source {

/// A repository within a commit of another one.
struct Submodule {
  std::string name;    ///< in .gitmodules
  std::string path;    ///< its directory: relative, without "." and ".."
  std::string url;     ///< what git would ask, with user and password as they stand there
  std::string commit;  ///< 40 or 64 hexadecimal digits
};

/// The submodules of a commit, in the order of their paths. The commit's own tree says where they
/// are, and .gitmodules only who has them: it is a text like any other.
///
/// `index` is what `git ls-files --stage -z` says, `settings` what `git config --null --list` says
/// of .gitmodules, `repository` the URL that the commit is from, to which "./" and "../" refer as
/// git has it. Submodules with "update = none" are left out. Throws invalid_input for settings that
/// say two things, for a submodule that they don't name, and for a path that is none.
std::vector<Submodule> submodules_of(std::string_view index, std::string_view settings,
                                     std::string_view repository);

/// What a submodule's URL means in a repository: "./x" and "../x" are beside it (git's
/// relative_url()), all else is as it stands.
std::string submodule_url(std::string_view repository, std::string_view url);

}  // namespace pinnace::source
