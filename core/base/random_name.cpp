#include "base/random_name.hpp"

#include <random>
#include <string_view>

namespace pinnace::base {

std::string random_name() {
  static constexpr std::string_view k_letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::random_device device;
  std::string name(16, 'x');
  for (char& letter : name) letter = k_letters[device() % k_letters.size()];
  return name;
}

}  // namespace pinnace::base
