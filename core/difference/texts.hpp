#pragma once

#include <string>
#include <string_view>

#include "packages/package.hpp"

namespace pinnace::difference {

/// A path of an image as a report has it: base::printable(), shortened beyond what one may show.
std::string shown_path(std::string_view path);

/// A text of an image as a report has it: base::printable(), at most packages::k_max_text bytes of
/// it.
std::string shown_text(std::string_view text);

/// "org.example:shop" of Maven, "@scope/name" of npm, else the name.
std::string shown_name(const packages::Package& package);

}  // namespace pinnace::difference
