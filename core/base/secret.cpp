#include "base/secret.hpp"

#include <cstring>

namespace pinnace::base {

void wipe(void* memory, std::size_t size) noexcept {
  ::explicit_bzero(memory, size);
}

void wipe(std::string& text) noexcept {
  text.resize(text.capacity());
  wipe(text.data(), text.size());
  text.clear();
}

Secret Secret::join(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  std::string text;
  text.reserve(size);
  for (const std::string_view part : parts) text += part;
  return Secret(std::move(text));
}

}  // namespace pinnace::base
