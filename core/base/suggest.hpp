#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pinnace::base {

/// The candidate that was probably meant by `written`: the nearest by edit distance (Damerau,
/// optimal string alignment), at most a third of the longer one's length away. Empty if none is
/// near.
std::string_view nearest(std::string_view written, const std::vector<std::string_view>& candidates);

/// ", did you mean \"x\"?" or, without a near one, "; known are a, b, c".
std::string suggestion(std::string_view written, const std::vector<std::string_view>& candidates);

}  // namespace pinnace::base
