#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pinnace::packages {

/// The unsigned number that bytes are in an order; of more than 8 the last ones of the reading.
constexpr std::uint64_t number_of(std::string_view bytes, std::endian order) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t at = order == std::endian::big ? i : bytes.size() - 1 - i;
    value = value << 8U | static_cast<unsigned char>(bytes[at]);
  }
  return value;
}

/// The same of the 4 bytes at `at`, which must be there.
constexpr std::uint32_t number32_at(std::string_view bytes, std::size_t at,
                                    std::endian order) noexcept {
  return static_cast<std::uint32_t>(number_of(bytes.substr(at, 4), order));
}

}  // namespace pinnace::packages
