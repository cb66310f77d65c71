#include "output/created.hpp"

#include <algorithm>
#include <string_view>

namespace pinnace::output {

using nlohmann::json;

namespace {

/// Whether each '0' of the pattern is a digit in the text, and all else the same.
bool matches(std::string_view text, std::string_view pattern) {
  return std::equal(
      text.begin(), text.end(), pattern.begin(), pattern.end(),
      [](char c, char wanted) { return wanted == '0' ? c >= '0' && c <= '9' : c == wanted; });
}

/// As RFC 3339 has it; what is no time in an image stops programs in Go that read it.
bool is_time(std::string_view text) {
  constexpr std::string_view k_seconds = "0000-00-00T00:00:00";
  if (!matches(text.substr(0, k_seconds.size()), k_seconds)) return false;
  text.remove_prefix(k_seconds.size());
  if (text.starts_with('.')) {
    const std::size_t end = text.find_first_not_of("0123456789", 1);
    if (end == std::string_view::npos || end == 1) return false;
    text.remove_prefix(end);
  }
  return text == "Z" || matches(text, "+00:00") || matches(text, "-00:00");
}

}  // namespace

void set_created(oci::Config& config, std::optional<std::int64_t> source_date) {
  const json& root = config.json();
  const auto present = root.find("created");
  const bool says_time = present != root.end() && present->is_string() &&
                         is_time(present->get_ref<const std::string&>());
  if (source_date || !says_time) config.set_created(source_date.value_or(0));
}

}  // namespace pinnace::output
