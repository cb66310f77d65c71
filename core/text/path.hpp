#pragma once

#include <string>
#include <string_view>

/// What paths mean by their text alone; where links lead is asked elsewhere (tree/open_root.hpp,
/// tree/layer_placement.hpp).
namespace pinnace::text {

/// `path` without empty and "." segments, with ".." taken back as far as that goes, and without a
/// slash at its end: what Go's path.Clean does. "" and "." give ".".
std::string clean_path(std::string_view path);

/// A path below a root, clean and relative to it; the root itself is empty. ".." at the front leads
/// nowhere, as in other builders. Throws invalid_input for a NUL byte.
std::string rooted_path(std::string_view path);

/// A path within a directory, clean. Throws invalid_input, naming `what`, for one that is empty,
/// absolute, has ".." or a NUL byte, or is longer than Linux takes.
std::string relative_path(std::string_view path, std::string_view what);

/// A path in an image, clean. Throws invalid_input for one that is not absolute, has ".." or a NUL
/// byte, or is longer than Linux takes.
std::string absolute_path(std::string_view path, std::string_view what);

}  // namespace pinnace::text
