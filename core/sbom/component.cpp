#include "sbom/component.hpp"

#include <map>

#include "hash/digest.hpp"

namespace pinnace::sbom {

namespace {

constexpr std::size_t k_max_name = 80;

std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, k_max_name)) {
    const bool stays =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.';
    out += stays ? c : '-';
  }
  return out;
}

/// A package may be found in several places, and one place may tell of it twice.
std::string id_of(const inventory::InstalledPackage& one, const std::string& purl,
                  std::map<std::string, std::size_t>& taken) {
  const std::string all = purl + '\0' + one.path + '\0' + one.package.inside;
  const std::string type =
      json::Kind<packages::PackageType>::write(one.package.type).get<std::string>();
  const std::string stem = type + "-" + plain(one.package.name) + "-" +
                           std::string(hash::Digest::of(all).hex().substr(0, 16));
  const std::size_t number = ++taken[stem];
  return number == 1 ? stem : stem + "-" + std::to_string(number);
}

}  // namespace

std::vector<Component> components_of(const inventory::ImageInventory& image) {
  std::vector<Component> all;
  std::map<std::string, std::size_t> taken;
  std::map<std::string, std::size_t> archives;  // by the file that is one
  for (const inventory::InstalledPackage& one : image.packages) {
    Component component;
    component.purl = packages::purl(one.package, image.os);
    component.id = id_of(one, component.purl, taken);
    component.name = one.package.name;
    for (const std::string& text : one.package.licences)
      if (!text.empty()) component.licences.push_back(licence_of(one.package.type, text));
    component.package = &one;
    if (one.package.type == packages::PackageType::maven && one.package.inside.empty())
      archives.emplace(one.path, all.size());
    all.push_back(std::move(component));
  }
  for (Component& component : all) {
    if (component.package->package.inside.empty()) continue;
    const auto found = archives.find(component.package->path);
    if (found != archives.end()) component.parent = found->second;
  }
  return all;
}

}  // namespace pinnace::sbom
