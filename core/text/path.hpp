#pragma once

#include <string>
#include <string_view>

namespace pinnace::text {

/// `path` without empty and "." segments, with ".." taken back as far as that goes, and without a
/// slash at its end: what Go's path.Clean does. "" and "." give ".".
std::string clean_path(std::string_view path);

/// A path within a directory, clean. Throws invalid_input, naming `what`, for one that is empty,
/// absolute, has
/// ".." or a NUL byte.
std::string relative_path(std::string_view path, std::string_view what);

/// A path in an image, clean. Throws invalid_input for one that is not absolute, has ".." or a NUL
/// byte.
std::string absolute_path(std::string_view path, std::string_view what);

}  // namespace pinnace::text
