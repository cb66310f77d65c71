#include "difference/packages.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "difference/texts.hpp"
#include "versions/versions.hpp"

namespace pinnace::difference {

namespace {

using inventory::InstalledPackage;
using packages::PackageType;
using Key = std::tuple<PackageType, std::string, std::string, std::string>;
using Installed = std::vector<const InstalledPackage*>;

/// The versions of a package that only one of the images has, lowest first.
struct Versions {
  Installed from;
  Installed to;
};

bool is_older(const InstalledPackage* a, const InstalledPackage* b) {
  const packages::Package& left = a->package;
  const packages::Package& right = b->package;
  const auto order = versions::compare(left.type, left.version, right.version);
  return order != 0 ? order < 0 : left.version < right.version;
}

/// Each version once, lowest first.
void sort_unique(Installed& installed) {
  std::stable_sort(installed.begin(), installed.end(), is_older);
  const auto end = std::unique(installed.begin(), installed.end(), [](auto* a, auto* b) {
    return a->package.version == b->package.version;
  });
  installed.erase(end, installed.end());
}

void remove_common(Versions& versions) {
  const auto texts = [](const Installed& all) {
    std::set<std::string_view> texts;
    for (const InstalledPackage* one : all) texts.insert(one->package.version);
    return texts;
  };
  const auto from = texts(versions.from);
  const auto to = texts(versions.to);
  std::erase_if(versions.from, [&](const auto* one) { return to.contains(one->package.version); });
  std::erase_if(versions.to, [&](const auto* one) { return from.contains(one->package.version); });
}

PackageChange::Kind kind_of(const InstalledPackage* from, const InstalledPackage* to) {
  using Kind = PackageChange::Kind;
  if (from == nullptr) return Kind::added;
  if (to == nullptr) return Kind::removed;
  const auto order =
      versions::compare(to->package.type, from->package.version, to->package.version);
  if (order == 0) return Kind::changed;
  return order < 0 ? Kind::up : Kind::down;
}

ComparedPackage compared(const InstalledPackage* from, const InstalledPackage* to) {
  const InstalledPackage& one = to != nullptr ? *to : *from;
  PackageChange change;
  change.kind = kind_of(from, to);
  change.type = one.package.type;
  change.name = shown_name(one.package);
  change.architecture = shown_text(one.package.architecture);
  if (from != nullptr) change.from = shown_text(from->package.version);
  if (to != nullptr) change.to = shown_text(to->package.version);
  change.path = shown_path(one.path);
  return {std::move(change), from, to};
}

/// Pairs what is at the same place, and takes it out of both lists.
void pair_places(Versions& versions, std::vector<ComparedPackage>& all) {
  std::map<std::pair<std::string_view, std::string_view>, const InstalledPackage*> places;
  for (const InstalledPackage* one : versions.to)
    places.insert({{one->path, one->package.inside}, one});
  std::set<const InstalledPackage*> paired;
  std::erase_if(versions.from, [&](const InstalledPackage* one) {
    const auto place = places.find({one->path, one->package.inside});
    if (place == places.end() || !paired.insert(place->second).second) return false;
    all.push_back(compared(one, place->second));
    return true;
  });
  std::erase_if(versions.to, [&](const InstalledPackage* one) { return paired.contains(one); });
}

/// Of the rest the lowest belong together; what then is left was added or removed.
void pair_rest(const Versions& versions, std::vector<ComparedPackage>& all) {
  for (std::size_t i = 0; i < std::max(versions.from.size(), versions.to.size()); ++i)
    all.push_back(compared(i < versions.from.size() ? versions.from[i] : nullptr,
                           i < versions.to.size() ? versions.to[i] : nullptr));
}

}  // namespace

std::vector<ComparedPackage> compare_packages(const inventory::ImageInventory& from,
                                              const inventory::ImageInventory& to) {
  std::map<Key, Versions> all;
  const auto at = [&](const InstalledPackage& one) -> Versions& {
    return all[{one.package.type, one.package.group, one.package.name, one.package.architecture}];
  };
  for (const InstalledPackage& one : from.packages) at(one).from.push_back(&one);
  for (const InstalledPackage& one : to.packages) at(one).to.push_back(&one);
  std::vector<ComparedPackage> changes;
  for (auto& [key, versions] : all) {
    sort_unique(versions.from);
    sort_unique(versions.to);
    remove_common(versions);
    pair_places(versions, changes);
    pair_rest(versions, changes);
  }
  return changes;
}

}  // namespace pinnace::difference
