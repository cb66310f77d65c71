#include "hash/digest.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "hash/hasher.hpp"

namespace pinnace::hash {

using base::Error;
using base::ErrorCode;

namespace {

std::size_t hex_size(Algorithm algorithm) noexcept {
  return algorithm == Algorithm::sha256 ? 64 : 128;
}

bool is_lower_hex(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

std::string quoted(std::string_view text) {
  return "\"" + std::string(text.substr(0, 160)) + "\"";
}

}  // namespace

std::string_view to_string(Algorithm algorithm) noexcept {
  return algorithm == Algorithm::sha256 ? "sha256" : "sha512";
}

Digest Digest::parse(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  if (colon == std::string_view::npos || (name != "sha256" && name != "sha512")) {
    throw Error(ErrorCode::invalid_input, "invalid digest " + quoted(text) +
                                              ", expected sha256:<64 hex> or sha512:<128 hex>");
  }
  const Algorithm algorithm = name == "sha256" ? Algorithm::sha256 : Algorithm::sha512;
  const std::string_view hex = text.substr(colon + 1);
  if (hex.size() != hex_size(algorithm) || !std::all_of(hex.begin(), hex.end(), is_lower_hex)) {
    throw Error(ErrorCode::invalid_input, "invalid digest " + quoted(text) + ", expected " +
                                              std::to_string(hex_size(algorithm)) +
                                              " lower-case hex digits after " + std::string(name) +
                                              ":");
  }
  return Digest(algorithm, std::string(text));
}

Digest Digest::from_raw(Algorithm algorithm, base::Bytes raw) {
  static constexpr std::string_view k_hex = "0123456789abcdef";
  std::string text = std::string(to_string(algorithm)) + ":";
  for (const std::byte value : raw) {
    text += k_hex[std::to_integer<unsigned>(value) >> 4U];
    text += k_hex[std::to_integer<unsigned>(value) & 15U];
  }
  return Digest(algorithm, std::move(text));
}

Digest Digest::of(base::Bytes bytes, Algorithm algorithm) {
  Hasher hasher(algorithm);
  hasher.write(bytes);
  return hasher.finish();
}

std::string_view Digest::hex() const noexcept {
  return std::string_view(m_text).substr(7);
}

}  // namespace pinnace::hash
