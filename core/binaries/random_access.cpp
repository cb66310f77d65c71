#include "binaries/random_access.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace pinnace::binaries {

namespace {

[[noreturn]] void fail_cut_off() {
  throw base::Error(base::ErrorCode::invalid_input, "it is cut off");
}

}  // namespace

std::string read_range(const RandomAccess& file, std::uint64_t offset, std::size_t size) {
  if (offset > file.size() || size > file.size() - offset) fail_cut_off();
  std::string bytes(size, '\0');
  const auto to = std::as_writable_bytes(std::span(bytes.data(), bytes.size()));
  if (file.read_at(offset, to) != size) fail_cut_off();
  return bytes;
}

std::size_t MemoryAccess::read_at(std::uint64_t offset, std::span<std::byte> to) const {
  if (offset >= m_bytes.size()) return 0;
  const auto from = base::as_bytes(m_bytes).subspan(offset);
  const std::size_t size = std::min(from.size(), to.size());
  std::copy_n(from.begin(), size, to.begin());
  return size;
}

PartAccess::PartAccess(const RandomAccess& file, std::uint64_t offset, std::uint64_t size)
    : m_file(file), m_offset(offset), m_size(size) {
  if (offset > file.size() || size > file.size() - offset) fail_cut_off();
}

std::size_t PartAccess::read_at(std::uint64_t offset, std::span<std::byte> to) const {
  if (offset >= m_size) return 0;
  const std::size_t size = std::min<std::uint64_t>(to.size(), m_size - offset);
  return m_file.read_at(m_offset + offset, to.first(size));
}

}  // namespace pinnace::binaries
