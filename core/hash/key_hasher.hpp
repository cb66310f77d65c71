#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "hash/hasher.hpp"

namespace pinnace::hash {

/// Hashes a sequence of values so that no two sequences look alike: a text goes with its length.
/// The digest is the same on every machine.
class KeyHasher {
 public:
  void add(std::uint64_t value) {
    std::array<char, 8> bytes;
    for (unsigned i = 0; i < bytes.size(); ++i)
      bytes[i] = static_cast<char>(value >> (8 * i) & 0xffU);
    m_waiting.append(bytes.data(), bytes.size());
    if (m_waiting.size() >= k_batch) flush();
  }
  void add(std::string_view text) {
    add(std::uint64_t{text.size()});
    m_waiting += text;
  }
  Digest finish() {
    flush();
    return m_hasher.finish();
  }

 private:
  void flush() {
    m_hasher.write(base::as_bytes(m_waiting));
    m_waiting.clear();
  }

  static constexpr std::size_t k_batch = 64 * 1024;
  Hasher m_hasher;
  std::string m_waiting;
};

}  // namespace pinnace::hash
