#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace pinnace::json {

/// As parse(), but where one object has equal keys the last one counts, as for JavaScript.
nlohmann::json parse_as_javascript(std::string_view text, std::string_view what);

}  // namespace pinnace::json
