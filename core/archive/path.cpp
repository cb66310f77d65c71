#include "archive/path.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace pinnace::archive {

namespace {

constexpr std::size_t k_max_shown = 200;

[[noreturn]] void refuse(std::string_view path, const char* why) {
  throw base::Error(base::ErrorCode::invalid_input, "path \"" + printable(path) + "\" " + why);
}

void append_hex(std::string& out, unsigned char byte) {
  static constexpr std::string_view k_digits = "0123456789abcdef";
  out += "\\x";
  out += k_digits[byte >> 4];
  out += k_digits[byte & 15];
}

}  // namespace

std::string clean_path(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) refuse(path, "holds a NUL byte");
  std::string clean;
  clean.reserve(path.size());
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view component = path.substr(begin, end - begin);
    begin = end + 1;
    if (component.empty() || component == ".") continue;
    if (component == "..") refuse(path, "leads upwards by \"..\"");
    if (!clean.empty()) clean += '/';
    clean += component;
  }
  return clean;
}

std::string printable(std::string_view path) {
  std::string text;
  for (const char c : path.substr(0, k_max_shown)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      append_hex(text, byte);
    } else {
      text += c;
    }
  }
  if (path.size() > k_max_shown) text += "...";
  return text;
}

}  // namespace pinnace::archive
