#include "api/content_length.hpp"

#include <charconv>
#include <string_view>

namespace pinnace::api {

std::optional<std::uint64_t> content_length(const http::Response& response) {
  const std::string_view text = response.headers.get("Content-Length");
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace pinnace::api
