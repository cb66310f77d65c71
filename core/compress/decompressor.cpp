#include "compress/decompressor.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/checked_source.hpp"
#include "base/error.hpp"
#include "compress/compression.hpp"

namespace pinnace::compress {

namespace {

constexpr std::size_t k_magic_size = 6;
constexpr std::string_view k_xz_magic{
    "\xFD"
    "7zXZ\0",
    6};

bool is_gzip(base::Bytes magic) noexcept {
  return magic.size() >= 2 && magic[0] == std::byte{0x1f} && magic[1] == std::byte{0x8b};
}

/// A zstd frame, or a skippable one, which zstd streams may start with (RFC 8878, section 3.1).
bool is_zstd(base::Bytes magic) noexcept {
  if (magic.size() < 4) return false;
  const auto at = [&](std::size_t i) { return std::to_integer<unsigned>(magic[i]); };
  const bool frame = at(0) == 0x28 && at(1) == 0xb5 && at(2) == 0x2f && at(3) == 0xfd;
  const bool skippable = (at(0) & 0xf0) == 0x50 && at(1) == 0x2a && at(2) == 0x4d && at(3) == 0x18;
  return frame || skippable;
}

bool is_xz(base::Bytes magic) noexcept {
  return base::as_text(magic) == k_xz_magic;
}

/// "BZh", then the size of blocks from '1' to '9'.
bool is_bzip2(base::Bytes magic) noexcept {
  return magic.size() >= 4 && base::as_text(magic).starts_with("BZh") &&
         magic[3] >= std::byte{'1'} && magic[3] <= std::byte{'9'};
}

/// Gives back bytes that were read ahead, then the rest.
class RestoredSource final : public base::Source {
 public:
  RestoredSource(std::array<std::byte, k_magic_size> head, std::size_t size,
                 std::unique_ptr<base::Source> rest)
      : m_head(head), m_left(base::Bytes(m_head).first(size)), m_rest(std::move(rest)) {}

  std::size_t read(std::span<std::byte> buffer) override {
    if (m_left.empty()) return m_rest->read(buffer);
    const std::size_t size = std::min(m_left.size(), buffer.size());
    std::copy_n(m_left.begin(), size, buffer.begin());
    m_left = m_left.subspan(size);
    return size;
  }

 private:
  std::array<std::byte, k_magic_size> m_head;
  base::Bytes m_left;
  std::unique_ptr<base::Source> m_rest;
};

}  // namespace

base::Bytes InputBuffer::fill() {
  if (m_used == m_size && !m_ended) {
    m_used = 0;
    m_size = m_source->read(m_memory);
    m_position += m_size;
    m_ended = m_size == 0;
  }
  return base::Bytes(m_memory).subspan(m_used, m_size - m_used);
}

bool InputBuffer::ends() {
  const auto is_zero = [](std::byte byte) { return byte == std::byte{0}; };
  for (base::Bytes input = fill(); !input.empty(); input = fill()) {
    const auto behind = std::find_if_not(input.begin(), input.end(), is_zero);
    take(static_cast<std::size_t>(behind - input.begin()));
    if (behind != input.end()) return false;
  }
  return true;
}

void InputBuffer::fail(base::ErrorCode code, const std::string& problem) const {
  throw base::Error(code, m_what + ": " + problem + " before byte " +
                              std::to_string(m_position - (m_size - m_used)) +
                              " of the compressed stream");
}

namespace {

std::unique_ptr<base::Source> make_source(std::unique_ptr<base::Source> compressed,
                                          std::string what) {
  std::array<std::byte, k_magic_size> head{};
  const std::size_t size = base::read_full(*compressed, head);
  const base::Bytes magic = base::Bytes(head).first(size);
  auto restored = std::make_unique<RestoredSource>(head, size, std::move(compressed));
  if (is_gzip(magic)) return make_gzip_source(InputBuffer(std::move(restored), std::move(what)));
  if (is_bzip2(magic)) return make_bzip2_source(InputBuffer(std::move(restored), std::move(what)));
  if (is_xz(magic)) return make_xz_source(InputBuffer(std::move(restored), std::move(what)));
  if (is_zstd(magic)) return make_zstd_source(InputBuffer(std::move(restored), std::move(what)));
  return restored;
}

}  // namespace

std::unique_ptr<base::Source> make_decompressor(const base::Context& context,
                                                std::unique_ptr<base::Source> compressed,
                                                std::string what) {
  return std::make_unique<base::CheckedSource>(context,
                                               make_source(std::move(compressed), std::move(what)));
}

}  // namespace pinnace::compress
