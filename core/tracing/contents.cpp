#include "tracing/contents.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include "difference/owners.hpp"
#include "difference/texts.hpp"
#include "packages/package.hpp"

namespace pinnace::tracing {

namespace {

using inventory::ImageInventory;
using inventory::InstalledPackage;
using origin::Owner;
using packages::PackageType;

constexpr std::size_t k_most = 10'000;

Owner owner_of(const TraceResult& result, std::size_t layer) {
  if (!result.base.layers) return Owner::unknown;
  return layer < *result.base.layers ? Owner::base : Owner::own;
}

bool is_of_system(PackageType type) {
  return type == PackageType::apk || type == PackageType::deb || type == PackageType::rpm;
}

bool is_artifact(PackageType type) {
  return type == PackageType::maven || type == PackageType::golang || type == PackageType::cargo;
}

/// Calls `use` for each path that a package of the system lists, as it stands in the image.
template <class Use>
void for_each_listed(const ImageInventory& found, Use use) {
  difference::FollowedPaths paths(found);
  for (const InstalledPackage& one : found.packages) {
    if (!is_of_system(one.package.type)) continue;
    for (const packages::FilePath& file : one.package.files) use(one, paths.follow(file.bytes));
  }
}

std::optional<std::string> digest_of(const ImageInventory& found, std::string_view path) {
  const auto file = found.files.find(path);
  if (file == found.files.end() || !file->second.entry.digest) return std::nullopt;
  return file->second.entry.digest->str();
}

std::string purl_of(const InstalledPackage& one, const ImageInventory& found) {
  return origin::shown(packages::purl(one.package, found.os));
}

/// The instruction that made each layer; none where the history does not tell them apart.
std::vector<std::string> instructions_of(const image::ImageContents& contents) {
  std::vector<std::string> made;
  const auto& json = contents.config.json();
  const auto history = json.find("history");
  if (history == json.end() || !history->is_array()) return {};
  for (const auto& one : *history) {
    if (!one.is_object() || one.value("empty_layer", nlohmann::json()) == true) continue;
    const auto by = one.find("created_by");
    const bool is_said = by != one.end() && by->is_string();
    made.push_back(is_said ? origin::shown(by->get_ref<const std::string&>()) : "");
  }
  if (made.size() != contents.layers.size()) made.clear();
  return made;
}

}  // namespace

void add_layers(const image::ImageContents& contents, const ImageInventory& found,
                TraceResult& result) {
  const std::vector<std::string> instructions = instructions_of(contents);
  for (std::size_t i = 0; i < contents.layers.size(); ++i) {
    result.layers.push_back(
        {contents.layers[i].digest.str(), contents.layers[i].size, owner_of(result, i), {}, 0});
    if (!instructions.empty() && !instructions[i].empty())
      result.layers.back().instruction = instructions[i];
  }
  for (const InstalledPackage& one : found.packages) ++result.layers.at(one.layer).packages;
}

void add_contents(const ImageInventory& found, TraceResult& result) {
  std::map<std::string, origin::Count> counts;
  std::map<std::string, const InstalledPackage*> artifacts;
  for (const InstalledPackage& one : found.packages) {
    const std::string type = json::Kind<PackageType>::write(one.package.type).get<std::string>();
    origin::Count& count = counts[type];
    count.type = type;
    ++count.count;
    if (result.base.layers)
      count.of_base =
          count.of_base.value_or(0) + (owner_of(result, one.layer) == Owner::base ? 1 : 0);
    if (!is_artifact(one.package.type)) continue;
    const InstalledPackage*& itself = artifacts[one.path];
    if (itself == nullptr || (one.package.inside.empty() && !itself->package.inside.empty()))
      itself = &one;
  }
  for (auto& [type, count] : counts) result.packages.push_back(std::move(count));
  if (!artifacts.empty())
    for_each_listed(
        found, [&](const InstalledPackage&, const std::string& path) { artifacts.erase(path); });
  for (const auto& [path, one] : artifacts) {
    if (owner_of(result, one->layer) == Owner::base) continue;
    if (result.artifacts.size() == k_most) {
      ++result.left_out;
      continue;
    }
    result.artifacts.push_back(
        {difference::shown_path(path), digest_of(found, path), purl_of(*one, found), one->layer});
  }
}

void answer_package(const ImageInventory& found, const std::string& name, TraceResult& result) {
  const std::size_t equals = name.find('=');
  const std::string wanted = origin::shown(name.substr(0, equals));
  for (const InstalledPackage& one : found.packages) {
    if (one.package.name != wanted && difference::shown_name(one.package) != wanted) continue;
    if (equals != std::string::npos && one.package.version != name.substr(equals + 1)) continue;
    if (result.answers.size() == k_most) {
      ++result.left_out;
      continue;
    }
    result.answers.push_back({difference::shown_path(one.path),
                              digest_of(found, one.path),
                              purl_of(one, found),
                              one.layer,
                              owner_of(result, one.layer),
                              {},
                              {}});
  }
}

void answer_path(const ImageInventory& found, const std::string& path, TraceResult& result) {
  const std::string wanted = difference::FollowedPaths(found).follow(packages::relative_path(path));
  const auto file = found.files.find(wanted);
  if (file == found.files.end()) return;
  const std::size_t layer = file->second.layer;
  result.answers.push_back({difference::shown_path(wanted),
                            digest_of(found, wanted),
                            {},
                            layer,
                            owner_of(result, layer),
                            {},
                            {}});
  std::optional<std::string>& purl = result.answers.back().purl;
  for (const InstalledPackage& one : found.packages) {
    if (one.path == wanted && one.package.inside.empty() && is_artifact(one.package.type))
      purl = purl_of(one, found);
  }
  for_each_listed(found, [&](const InstalledPackage& one, const std::string& listed) {
    if (listed == wanted) purl = purl_of(one, found);
  });
}

}  // namespace pinnace::tracing
