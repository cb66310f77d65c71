#include "store/digest_finder.hpp"

#include <charconv>

namespace pinnace::store {

namespace {

constexpr std::size_t k_sha256 = 64;
constexpr std::size_t k_sha512 = 128;
constexpr std::size_t k_escape = 6;

bool is_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Whether `c` may stand at a place of "\u00xx".
bool goes_on(std::size_t place, char c) {
  if (place == 1) return c == 'u';
  return place < 4 ? c == '0' : is_digit(c);
}

}  // namespace

void DigestFinder::write(base::Bytes bytes) {
  for (const std::byte byte : bytes) put(static_cast<char>(byte));
}

void DigestFinder::put(char c) {
  if (m_escape.empty() && c != '\\') return take(c);
  if (!m_escape.empty() && !goes_on(m_escape.size(), c)) {
    m_escape.clear();
    end_digits();
    return put(c);
  }
  m_escape += c;
  if (m_escape.size() < k_escape) return;
  unsigned char value = 0;
  std::from_chars(m_escape.data() + 4, m_escape.data() + k_escape, value, 16);
  m_escape.clear();
  take(static_cast<char>(value));
}

void DigestFinder::take(char c) {
  if (!is_digit(c)) return end_digits();
  if (m_digits.size() <= k_sha512) m_digits += c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
}

void DigestFinder::end_digits() {
  if (m_digits.size() == k_sha256) m_found(hash::Digest::parse("sha256:" + m_digits));
  if (m_digits.size() == k_sha512) m_found(hash::Digest::parse("sha512:" + m_digits));
  m_digits.clear();
}

}  // namespace pinnace::store
