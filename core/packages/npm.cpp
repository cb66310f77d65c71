#include "packages/npm.hpp"

#include "base/error.hpp"
#include "json/equal_keys.hpp"

namespace pinnace::packages {

namespace {

using Json = nlohmann::json;

/// The text of a field; empty if it is none.
std::string field(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return {};
  return text_of(found->get_ref<const std::string&>());
}

/// "MIT", or {"type": "MIT", "url": ...}, as old packages have it.
void add_licence(Package& package, const Json& value) {
  std::string licence;
  if (value.is_string()) licence = text_of(value.get_ref<const std::string&>());
  if (value.is_object()) licence = field(value, "type");
  if (!licence.empty()) package.licences.push_back(std::move(licence));
}

void add_licences(Package& package, const Json& json) {
  for (const char* name : {"license", "licenses"}) {
    const auto found = json.find(name);
    if (found == json.end()) continue;
    if (found->is_array()) {
      for (const Json& item : *found) add_licence(package, item);
    } else {
      add_licence(package, *found);
    }
  }
  sort_unique(package.licences);
}

}  // namespace

Found read_package_json(std::string_view text) {
  Found found;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  Json json;
  try {
    json = json::parse_as_javascript(text, "package.json");
  } catch (const base::Error& error) {
    found.problem(error.what());
    return found;
  }
  if (!json.is_object()) return found;
  Package package{.type = PackageType::npm};
  package.name = field(json, "name");
  package.version = field(json, "version");
  if (package.name.empty()) return found;
  const std::size_t slash = package.name.find('/');
  if (package.name.starts_with('@') && slash != std::string::npos) {
    package.group = package.name.substr(0, slash);
    package.name.erase(0, slash + 1);
  }
  add_licences(package, json);
  found.packages.push_back(std::move(package));
  return found;
}

}  // namespace pinnace::packages
