#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>

#include "base/io.hpp"

namespace pinnace::hash {

enum class Algorithm { sha256, sha512 };

std::string_view to_string(Algorithm algorithm) noexcept;

/// A content digest as OCI writes it: "sha256:<64 hex digits>" or "sha512:<128>", lower case (OCI
/// image specification, descriptor.md#digests). A value of this type is always well formed.
class Digest {
 public:
  /// Throws invalid_input for anything else, or an unregistered algorithm.
  static Digest parse(std::string_view text);
  static Digest from_raw(Algorithm algorithm, base::Bytes raw);
  /// SHA-256 of `bytes`.
  static Digest of(base::Bytes bytes, Algorithm algorithm = Algorithm::sha256);
  static Digest of(std::string_view text) { return of(base::as_bytes(text)); }

  Algorithm algorithm() const noexcept { return m_algorithm; }
  std::string_view hex() const noexcept;
  /// "sha256:<hex>".
  const std::string& str() const noexcept { return m_text; }
  /// The first 12 hex digits, for people.
  std::string short_hex() const { return std::string(hex().substr(0, 12)); }

  friend auto operator<=>(const Digest& a, const Digest& b) noexcept {
    return a.m_text <=> b.m_text;
  }
  friend bool operator==(const Digest& a, const Digest& b) noexcept { return a.m_text == b.m_text; }

 private:
  Digest(Algorithm algorithm, std::string text) : m_algorithm(algorithm), m_text(std::move(text)) {}
  Algorithm m_algorithm;
  std::string m_text;
};

}  // namespace pinnace::hash

template <>
struct std::hash<pinnace::hash::Digest> {
  std::size_t operator()(const pinnace::hash::Digest& digest) const noexcept {
    return std::hash<std::string>{}(digest.str());
  }
};
