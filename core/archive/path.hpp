#pragma once

#include <string>
#include <string_view>

namespace pinnace::archive {

/// The path of an archive's entry as a relative one without "." and doubled or outer slashes:
/// "./a//b/" and "/a/b" become "a/b", "./" becomes "". Throws invalid_input for a ".." component
/// and for NUL bytes; never guesses what they could mean.
std::string clean_path(std::string_view path);

/// A path or name as it may stand in a message: control bytes as \xNN, cut when it is long.
std::string printable(std::string_view path);

}  // namespace pinnace::archive
