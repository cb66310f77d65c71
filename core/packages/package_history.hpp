#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "packages/package.hpp"

namespace pinnace::packages {

/// Of each file that tells of packages: since which layer each of them is there.
class PackageHistory {
 public:
  /// The file tells of these from `layer` on; what it told before is still there since it was.
  void tell(const std::string& path, const std::vector<Package>& packages, std::size_t layer) {
    auto& known = m_since[path];
    Layers now;
    for (const Package& package : packages) {
      const std::string key = key_of(package);
      const auto before = known.find(key);
      now[key] = before == known.end() ? layer : before->second;
    }
    known = std::move(now);
  }
  /// Forgets the files that are gone.
  template <typename IsGone>
  void forget(IsGone is_gone) {
    std::erase_if(m_since, [&](const auto& one) { return is_gone(one.first); });
  }
  /// `otherwise`: if it has never told.
  std::size_t since(const std::string& path, const Package& package, std::size_t otherwise) const {
    const auto file = m_since.find(path);
    if (file == m_since.end()) return otherwise;
    const auto known = file->second.find(key_of(package));
    return known == file->second.end() ? otherwise : known->second;
  }

 private:
  using Layers = std::map<std::string, std::size_t>;

  /// What makes it the same package in the next layer's database.
  static std::string key_of(const Package& package) {
    std::string key = std::to_string(static_cast<int>(package.type));
    for (const std::string* text :
         {&package.group, &package.name, &package.version, &package.architecture, &package.inside})
      key.append(1, '\0').append(*text);
    return key;
  }

  std::map<std::string, Layers> m_since;
};

}  // namespace pinnace::packages
