#include "archive/tar_format.hpp"

namespace pinnace::archive {

TarChecksum tar_checksum(std::string_view block) noexcept {
  TarChecksum sum;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const bool masked = i - k_checksum.offset < k_checksum.size;
    const auto byte = static_cast<unsigned char>(masked ? ' ' : block[i]);
    sum.of_unsigned += byte;
    sum.of_signed += static_cast<signed char>(byte);
  }
  return sum;
}

}  // namespace pinnace::archive
