#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace pinnace::compress {

/// Bytes that look a little like a layer: words, runs and noise in turn. A function of both
/// numbers.
inline std::string make_data(std::size_t size, std::uint64_t seed) {
  std::string data;
  data.reserve(size + 64);
  std::uint64_t state = seed * 2654435761U + 88172645463325252U;
  const auto next = [&state] {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
  };
  while (data.size() < size) {
    const std::uint64_t dice = next();
    if (dice % 16 == 0) {
      data.append(dice % 61, static_cast<char>(dice >> 8));
    } else if (dice % 4 == 0) {
      for (int i = 0; i < 8; ++i) data += static_cast<char>(next() >> 24);
    } else {
      data += "word" + std::to_string(dice % 997) + " ";
    }
  }
  data.resize(size);
  return data;
}

}  // namespace pinnace::compress
