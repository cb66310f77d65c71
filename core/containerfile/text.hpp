#pragma once

#include <string>
#include <string_view>

namespace pinnace::containerfile {

/// The spaces of ASCII, which are all that a Containerfile is split at.
inline constexpr std::string_view k_spaces = " \t\v\f\r\n";

inline bool is_space(char c) noexcept {
  return k_spaces.find(c) != std::string_view::npos;
}

inline std::string_view trim_left(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(k_spaces);
  return begin == std::string_view::npos ? std::string_view{} : text.substr(begin);
}

inline std::string_view trim(std::string_view text) {
  text = trim_left(text);
  return text.substr(0, text.find_last_not_of(k_spaces) + 1);
}

inline std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

inline std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

}  // namespace pinnace::containerfile
