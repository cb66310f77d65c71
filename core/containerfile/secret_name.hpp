#pragma once

#include <string_view>

namespace pinnace::containerfile {

/// Whether a variable's name looks like a secret's: "DB_PASSWORD", but not "PUBLIC_KEY" or
/// "KEYBOARD".
bool is_secret_name(std::string_view name);

}  // namespace pinnace::containerfile
