#include "web/date.hpp"

#include <curl/curl.h>

#include <string>

#include "web/headers.hpp"

namespace pinnace::web {

std::optional<std::int64_t> parse_date(std::string_view value) {
  const std::string_view text = trim(value);
  // curl takes a number alone for a date, too.
  if (text.size() > 64 || text.find(':') == std::string_view::npos) return std::nullopt;
  const time_t date = curl_getdate(std::string(text).c_str(), nullptr);
  if (date < 0) return std::nullopt;
  return date;
}

}  // namespace pinnace::web
