#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/io.hpp"

namespace pinnace::helper {

/// What the sandbox's helper process writes to us, one after the other: a letter, a size of four
/// bytes (big-endian), and so many bytes.
enum class FrameType : char {
  output = 'o',   ///< what the container wrote to its standard output
  error = 'e',    ///< and to its standard error
  started = 's',  ///< JSON: {"ports"} as published; {}: the program runs; {"listens"}: at that port
  note = 'n',     ///< a line for the log: what happens beside the container
  change = 'c',   ///< a part of the tar archive of what was changed
  result = 'r',   ///< JSON: the last one of an operation that succeeded
  failure = 'f',  ///< JSON: an Error; the last one of an operation that failed
};

inline constexpr std::size_t k_frame_header = 5;  ///< the letter and the size
/// Larger ones are split, or refused.
inline constexpr std::size_t k_max_frame = std::size_t{1} << 20;

struct Frame {
  FrameType type = FrameType::result;
  std::string payload;
};

/// Sizes on the way to and from the helper: four bytes, big-endian.
inline constexpr std::size_t k_size_bytes = 4;
std::string encode_size(std::size_t size);
std::size_t decode_size(std::string_view bytes);

std::string frame_header(FrameType type, std::size_t size);

/// Takes bytes as they come, gives frames as they are complete. Throws invalid_input for what is no
/// frame.
class FrameReader {
 public:
  void add(std::string_view bytes, const std::function<void(Frame)>& take);
  /// Whether a frame is incomplete.
  bool is_amidst() const noexcept { return !m_rest.empty(); }

 private:
  std::string m_rest;
};

}  // namespace pinnace::helper
