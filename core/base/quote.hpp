#pragma once

#include <string>
#include <string_view>

namespace pinnace::base {

/// `text` in double quotes as base::printable() has it, without user info, cut off after 80 bytes.
std::string quote(std::string_view text);

/// A path or name of an archive as it may stand in a message: base::printable(), cut off after 200
/// bytes.
std::string shown(std::string_view text);

}  // namespace pinnace::base
