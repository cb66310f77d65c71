#include "hash/seal.hpp"

#include "hash/key_hasher.hpp"

namespace pinnace::hash {

namespace {

std::string line_of(std::string_view name, std::string_view text) {
  KeyHasher hasher;
  hasher.add(name);
  hasher.add(text);
  return std::string(hasher.finish().hex()) + '\n';
}

}  // namespace

std::string sealed(std::string_view name, std::string_view text) {
  return line_of(name, text) + std::string(text);
}

std::optional<std::string_view> unsealed(std::string_view name, std::string_view whole) {
  const std::size_t end = whole.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view text = whole.substr(end + 1);
  if (whole.substr(0, end + 1) != line_of(name, text)) return std::nullopt;
  return text;
}

}  // namespace pinnace::hash
