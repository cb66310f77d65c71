#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "packages/package.hpp"

/// Debian's packages, as dpkg keeps them below var/lib/dpkg (dpkg(1), deb822(5)).
namespace pinnace::packages {

/// Reads `status`, or a file of `status.d` (images that are made without dpkg have one a package).
/// Packages that are removed, or of which only the configuration is left, are none. A field that
/// stands twice is a problem. Their files of
/// configuration are those whose digests dpkg keeps there.
Found read_dpkg_status(std::string_view text);

/// The paths that a package has, of info/NAME.list, relative to the root: directories, too. Like
/// the next one throws invalid_input for more than are kept (PathBudget).
FilePaths read_dpkg_list(std::string_view text);

/// The same, of files alone and with their digests, of info/NAME.md5sums or status.d/NAME.md5sums.
FilePaths read_dpkg_md5sums(std::string_view text);

/// The short names of licences in usr/share/doc/NAME/copyright, sorted; empty if it is not in the
/// machine-readable format (DEP-5).
std::vector<std::string> read_debian_copyright(std::string_view text);

}  // namespace pinnace::packages
