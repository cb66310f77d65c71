#include "files/random_name.hpp"

#include <random>
#include <string_view>

namespace pinnace::files {

namespace {

std::string random_of(std::string_view letters, std::size_t length) {
  std::random_device device;
  std::uniform_int_distribution<std::size_t> place(0, letters.size() - 1);
  std::string name(length, 'x');
  for (char& letter : name) letter = letters[place(device)];
  return name;
}

}  // namespace

std::string random_name() {
  return random_of("abcdefghijklmnopqrstuvwxyz0123456789", 16);
}

std::string random_hex(std::size_t digits) {
  return random_of("0123456789abcdef", digits);
}

}  // namespace pinnace::files
