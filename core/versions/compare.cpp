#include "versions/characters.hpp"
#include "versions/versions.hpp"

namespace pinnace::versions {

using packages::PackageType;

std::weak_ordering compare(PackageType type, std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return !a.empty() <=> !b.empty();
  switch (type) {
    case PackageType::apk:
      return compare_apk(a, b);
    case PackageType::deb:
      return compare_dpkg(a, b);
    case PackageType::gem:
      return compare_gem(a, b);
    case PackageType::maven:
      return compare_maven(a, b);
    case PackageType::pypi:
      return compare_pypi(a, b);
    case PackageType::rpm:
      return compare_rpm(a, b);
    case PackageType::cargo:
    case PackageType::golang:
    case PackageType::npm:
      return compare_semver(a, b);
  }
  return std::weak_ordering::equivalent;
}

bool is_version(PackageType type, std::string_view text) {
  switch (type) {
    case PackageType::cargo:
    case PackageType::gem:
    case PackageType::golang:
    case PackageType::npm:
    case PackageType::pypi:
      if (text.starts_with('v')) text.remove_prefix(1);
      return !text.empty() && is_digit(text.front());
    default:
      return !text.empty();
  }
}

}  // namespace pinnace::versions
