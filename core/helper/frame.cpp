#include "helper/frame.hpp"

#include "base/error.hpp"

namespace pinnace::helper {

std::string encode_size(std::size_t size) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes += static_cast<char>(static_cast<unsigned char>(size >> shift));
  return bytes;
}

std::size_t decode_size(std::string_view bytes) {
  std::size_t size = 0;
  for (const char c : bytes) size = size << 8 | static_cast<unsigned char>(c);
  return size;
}

std::string frame_header(FrameType type, std::size_t size) {
  return static_cast<char>(type) + encode_size(size);
}

void FrameReader::add(std::string_view bytes, const std::function<void(Frame)>& take) {
  m_rest.append(bytes);
  std::string_view rest = m_rest;
  while (rest.size() >= k_frame_header) {
    const std::size_t size = decode_size(rest.substr(1, k_size_bytes));
    if (size > k_max_frame ||
        std::string_view("oesncrf").find(rest.front()) == std::string_view::npos)
      throw base::Error(base::ErrorCode::invalid_input, "the sandbox process wrote no frame");
    if (rest.size() < k_frame_header + size) break;
    take({static_cast<FrameType>(rest.front()), std::string(rest.substr(k_frame_header, size))});
    rest.remove_prefix(k_frame_header + size);
  }
  m_rest.erase(0, m_rest.size() - rest.size());
}

}  // namespace pinnace::helper
