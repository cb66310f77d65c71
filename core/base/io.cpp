#include "base/io.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/error.hpp"

namespace pinnace::base {

namespace {
constexpr std::size_t k_copy_buffer = 128 * 1024;
}

std::size_t MemorySource::read(std::span<std::byte> buffer) {
  const std::size_t size = std::min(buffer.size(), m_rest.size());
  if (size != 0) std::memcpy(buffer.data(), m_rest.data(), size);
  m_rest = m_rest.subspan(size);
  return size;
}

std::uint64_t copy(Source& source, Sink& sink) {
  std::vector<std::byte> buffer(k_copy_buffer);
  std::uint64_t total = 0;
  while (const std::size_t size = source.read(buffer)) {
    sink.write(Bytes(buffer).first(size));
    total += size;
  }
  return total;
}

std::string read_all(Source& source, std::size_t limit, std::string_view what) {
  std::string text;
  std::vector<std::byte> buffer(std::min(k_copy_buffer, limit + 1));
  while (const std::size_t size = source.read(buffer)) {
    if (size > limit - text.size()) {
      throw Error(ErrorCode::invalid_input, std::string(what) + " is larger than the limit of " +
                                                std::to_string(limit) + " bytes");
    }
    text.append(as_text(Bytes(buffer).first(size)));
  }
  return text;
}

std::size_t read_full(Source& source, std::span<std::byte> buffer) {
  std::size_t total = 0;
  while (total < buffer.size()) {
    const std::size_t size = source.read(buffer.subspan(total));
    if (size == 0) break;
    total += size;
  }
  return total;
}

}  // namespace pinnace::base
