#include "layer/layer_difference.hpp"

#include <algorithm>
#include <vector>

#include "archive/tar_reader.hpp"
#include "base/quote.hpp"

namespace pinnace::layer {

using archive::TarEntry;
using archive::TarReader;

namespace {

constexpr std::size_t k_buffer = 64 * 1024;

std::string octal(std::uint32_t mode) {
  std::string digits;
  for (int shift = 9; shift >= 0; shift -= 3)
    digits += static_cast<char>('0' + ((mode >> shift) & 7U));
  return digits;
}

std::string owner(const TarEntry& entry) {
  return std::to_string(entry.uid) + ":" + std::to_string(entry.gid);
}

/// "mode 0644 and 0755".
std::optional<std::string> header_difference(const TarEntry& a, const TarEntry& b) {
  const auto both = [](const std::string& what, const std::string& one, const std::string& other) {
    return what + " " + one + " and " + other;
  };
  if (a.type != b.type) return both("type", archive::to_string(a.type), archive::to_string(b.type));
  if (a.mode != b.mode) return both("mode", octal(a.mode), octal(b.mode));
  if (a.uid != b.uid || a.gid != b.gid) return both("owner", owner(a), owner(b));
  if (a.link_target != b.link_target)
    return both("target", base::shown(a.link_target), base::shown(b.link_target));
  if (a.mtime != b.mtime) return both("time", std::to_string(a.mtime), std::to_string(b.mtime));
  if (a.xattrs != b.xattrs) return "its extended attributes";
  if (a.device_major != b.device_major || a.device_minor != b.device_minor)
    return "its device numbers";
  return std::nullopt;
}

/// The offset of the first byte that differs; the shorter content ends before the longer one.
std::optional<std::uint64_t> content_difference(const base::Context& context, base::Source& a,
                                                base::Source& b) {
  std::vector<std::byte> one(k_buffer);
  std::vector<std::byte> other(k_buffer);
  for (std::uint64_t offset = 0;;) {
    context.check();
    const std::size_t x = base::read_full(a, one);
    const std::size_t y = base::read_full(b, other);
    const std::size_t shorter = std::min(x, y);
    const auto end = one.begin() + static_cast<std::ptrdiff_t>(shorter);
    const auto place = std::mismatch(one.begin(), end, other.begin()).first;
    if (place != end) return offset + static_cast<std::uint64_t>(place - one.begin());
    if (x != y) return offset + shorter;
    if (x == 0) return std::nullopt;
    offset += x;
  }
}

}  // namespace

std::optional<std::string> first_difference(const base::Context& context, base::Source& first,
                                            base::Source& second) {
  TarReader one(first, "first layer");
  TarReader other(second, "second layer");
  for (;;) {
    const auto a = one.next();
    const auto b = other.next();
    if (!a && !b) return std::nullopt;
    // Layers are sorted: the lower path is the one that the other layer lacks.
    if (!a || (b && b->path < a->path))
      return "/" + base::shown(b->path) + " is only in the second one";
    if (!b || a->path < b->path) return "/" + base::shown(a->path) + " is only in the first one";
    const std::string path = "/" + base::shown(a->path) + ": ";
    if (const auto header = header_difference(*a, *b)) return path + *header;
    if (const auto byte = content_difference(context, one.content(), other.content()))
      return path + "byte " + std::to_string(*byte) + " of its content";
  }
}

}  // namespace pinnace::layer
