#include "base/secret.hpp"

namespace pinnace::base {

void wipe(std::string& text) noexcept {
  text.resize(text.capacity());
  volatile char* bytes = text.data();
  for (std::size_t index = 0; index < text.size(); ++index) bytes[index] = '\0';
  text.clear();
}

}  // namespace pinnace::base
