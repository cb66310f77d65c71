#pragma once

#include <string_view>

#include "packages/package.hpp"

namespace pinnace::packages {

/// Reads Alpine's lib/apk/db/installed: lines of a letter, ":" and a value, paragraphs parted by
/// empty lines (wiki.alpinelinux.org/wiki/Apk_spec).
Found read_apk_installed(std::string_view text);

}  // namespace pinnace::packages
