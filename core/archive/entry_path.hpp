#pragma once

#include <string>
#include <string_view>

namespace pinnace::archive {

/// The path of an archive's entry as a relative one: "./a//b/" and "/a/b" become "a/b", "./"
/// becomes "". Throws invalid_input for ".." and for a NUL byte; never guesses what they could
/// mean.
std::string entry_path(std::string_view path);

}  // namespace pinnace::archive
