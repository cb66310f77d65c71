#pragma once

#include <string_view>

#include "packages/package.hpp"

namespace pinnace::packages {

/// Reads specifications/NAME-VERSION.gemspec, which RubyGems has written of an installed gem. It is
/// a program in Ruby of a fixed form: what is looked for are the assignments of texts in it.
Found read_gemspec(std::string_view text);

}  // namespace pinnace::packages
