#include "difference/texts.hpp"

#include "base/shown.hpp"

namespace pinnace::difference {

std::string shown_path(std::string_view path) {
  constexpr std::size_t k_most = 4096;
  return base::shortened(base::printable(path), k_most);
}

std::string shown_text(std::string_view text) {
  return base::printable(text.substr(0, packages::k_max_text));
}

std::string shown_name(const packages::Package& package) {
  if (package.group.empty()) return shown_text(package.name);
  const bool is_maven = package.type == packages::PackageType::maven;
  return shown_text(package.group + (is_maven ? ":" : "/") + package.name);
}

}  // namespace pinnace::difference
