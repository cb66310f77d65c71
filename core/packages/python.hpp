#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "packages/package.hpp"

/// Python's distributions, as pip and others leave them in site-packages
/// (packaging.python.org/specifications).
namespace pinnace::packages {

/// Reads NAME.dist-info/METADATA, NAME.egg-info/PKG-INFO or a file NAME.egg-info.
Found read_python_metadata(std::string_view text);

/// What a distribution is called whose metadata don't say it: by its directory,
/// "NAME-VERSION.dist-info", as pip does.
Package named_by_directory(std::string_view name);

/// The files of NAME.dist-info/RECORD with their digests, as it has them: relative to the directory
/// that NAME.dist-info is in, or absolute. Like the next one throws invalid_input for more than are
/// kept.
FilePaths read_python_record(std::string_view text);

/// The files of NAME.egg-info/installed-files.txt, relative to NAME.egg-info.
FilePaths read_installed_files(std::string_view text);

/// "site-packages/../../bin/x" of a directory and a path of the above: "bin/x", relative to the
/// root. Empty if it leads out of the root.
std::string path_below(std::string_view directory, std::string_view path);

}  // namespace pinnace::packages
