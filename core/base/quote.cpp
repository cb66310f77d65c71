#include "base/quote.hpp"

#include <algorithm>

#include "base/shown.hpp"
#include "base/utf8.hpp"

namespace pinnace::base {

namespace {

/// At most that many bytes, and not a part of a character.
std::string cut(std::string_view text, std::size_t most) {
  std::size_t end = std::min(text.size(), most);
  for (int i = 0; i < 3 && end < text.size() && base::continues_character(text[end]); ++i) --end;
  return base::printable(text.substr(0, end)) + (end < text.size() ? "..." : "");
}

}  // namespace

std::string quote(std::string_view text) {
  // Before it is cut, so that no password loses what it is known by.
  return "\"" + cut(base::without_user_info(text), 80) + "\"";
}

std::string shown(std::string_view text) {
  return cut(text, 200);
}

}  // namespace pinnace::base
