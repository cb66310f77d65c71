#pragma once

#include <string_view>

namespace pinnace::oci {

/// Whether tag `a` is an older version than `b`: numbers in them are compared as numbers, of any
/// length, all else by its bytes, so that "1.9" comes before "1.10", and "1.10" before
/// "1.10-alpine". A strict total order of texts: what has equal numbers ("1.01" and "1.1") is in
/// the order of its bytes.
bool is_older_version(std::string_view a, std::string_view b) noexcept;

}  // namespace pinnace::oci
