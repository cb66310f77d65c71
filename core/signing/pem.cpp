#include "signing/pem.hpp"

#include <algorithm>

#include "text/base64.hpp"

namespace pinnace::signing {

namespace {

constexpr std::string_view k_dashes = "-----";
constexpr std::string_view k_spaces = " \t\r\n";
constexpr std::size_t k_line = 64;

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(k_spaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(k_spaces) - begin + 1);
}

std::string line_of(std::string_view word, std::string_view label) {
  return std::string(k_dashes) + std::string(word) + " " + std::string(label) +
         std::string(k_dashes);
}

}  // namespace

std::optional<std::string_view> pem_label(std::string_view text) {
  constexpr std::string_view k_begin = "-----BEGIN ";
  const std::size_t at = text.find(k_begin);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(at + k_begin.size());
  const std::size_t end = rest.find(k_dashes);
  if (end == std::string_view::npos || end > k_line) return std::nullopt;
  return rest.substr(0, end);
}

std::optional<std::string> strict_base64(std::string_view text) {
  std::optional<std::string> bytes = text::base64_decode(text);
  if (!bytes || text::base64_encode(*bytes) != text) return std::nullopt;
  return bytes;
}

std::optional<std::string> pem_bytes(std::string_view text, std::string_view label) {
  text = trim(text);
  const std::string begin = line_of("BEGIN", label);
  const std::string end = line_of("END", label);
  if (text.size() < begin.size() + end.size() || !text.starts_with(begin) || !text.ends_with(end))
    return std::nullopt;
  std::string body(text.substr(begin.size(), text.size() - begin.size() - end.size()));
  std::erase_if(body, [](char c) { return k_spaces.find(c) != std::string_view::npos; });
  return strict_base64(body);
}

std::string pem_block(std::string_view bytes, std::string_view label) {
  const std::string body = text::base64_encode(bytes);
  std::string block = line_of("BEGIN", label) + "\n";
  for (std::size_t at = 0; at < body.size(); at += k_line) block += body.substr(at, k_line) + "\n";
  return block + line_of("END", label) + "\n";
}

}  // namespace pinnace::signing
