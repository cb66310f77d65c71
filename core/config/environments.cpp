#include "config/environments.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "base/suggest.hpp"
#include "files/file.hpp"
#include "yaml/document.hpp"

namespace pinnace::config {

using base::Error;
using base::ErrorCode;
using base::quote;
using yaml::Node;

namespace {

bool is_environment_name(std::string_view name) {
  const auto is_allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= 128 && name.front() != '.' && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), is_allowed);
}

oci::ImageName parse_repository(const std::string& text) {
  oci::ImageName name = oci::parse_image_name(text);
  const auto* layout = std::get_if<oci::LayoutName>(&name);
  const auto* reference = std::get_if<oci::Reference>(&name);
  if (layout == nullptr && reference == nullptr)
    throw Error(ErrorCode::invalid_input,
                "expected registry/path or oci:DIR, found " + quote(text));
  const bool is_image = layout == nullptr ? reference->bare() != *reference
                                          : layout->tag.has_value() || layout->digest.has_value();
  if (is_image)
    throw Error(ErrorCode::invalid_input,
                "expected a repository without tag and digest, found " + quote(text));
  // "shop" would mean docker.io/library/shop, which nobody means here.
  if (to_string(name) != text)
    throw Error(ErrorCode::invalid_input, "expected registry/path or oci:DIR, found " +
                                              quote(text) + " (that would be " + to_string(name) +
                                              ")");
  return name;
}

Requirement read_requirement(const Node& node) {
  if (node.kind() == Node::Kind::map) {
    const Node key = node.only({"signature"}).get("signature");
    return {Requirement::Kind::signature, key.name()};
  }
  const std::string name = node.text();
  if (name == "sbom") return {Requirement::Kind::sbom, ""};
  if (name == "provenance") return {Requirement::Kind::provenance, ""};
  node.fail("expected sbom, provenance or {signature: KEYFILE}, found " + quote(name));
}

/// A rule that says nothing would admit everything, which nobody who writes one means.
std::vector<Node> rules_of(const Node& list) {
  std::vector<Node> items = list.items();
  if (items.empty()) list.fail("expected one at least; leave the key out for no such rule");
  return items;
}

Admits read_admits(const Node& node) {
  node.only({"from", "soak", "requires"});
  Admits admits;
  if (const auto from = node.find("from")) {
    for (const Node& item : rules_of(*from)) admits.from.push_back(item.name());
  }
  if (const auto soak = node.find("soak")) {
    admits.soak = soak->convert([](const std::string& text) { return parse_duration(text); });
    if (admits.from.empty()) soak->fail("soak needs \"from\": where it must have been that long");
  }
  if (const auto list = node.find("requires")) {
    for (const Node& item : rules_of(*list)) {
      admits.requirements.push_back(read_requirement(item));
    }
  }
  if (admits == Admits{})
    node.fail("expected from, soak or requires; leave admits out to admit everything");
  return admits;
}

Environment read_environment(const Node& key, const Node& node) {
  const std::string name = key.text();
  if (!is_environment_name(name)) {
    key.fail("expected a name of letters, digits and ._-, found " + quote(name));
  }
  node.only({"repository", "immutable", "admits"});
  const Node repository = node.get("repository");
  (void)repository.name();
  Environment environment{name, repository.convert(parse_repository), false, {}, key.position()};
  if (const auto immutable = node.find("immutable")) environment.immutable = immutable->boolean();
  if (const auto admits = node.find("admits")) environment.admits = read_admits(*admits);
  return environment;
}

template <class Map>
std::vector<std::string_view> keys_of(const Map& map) {
  std::vector<std::string_view> keys;
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys;
}

/// Each name in admits.from must be an environment, and another one. Needs the whole file.
template <class Map>
void check_from(const Node& node, const std::string& name, const Map& environments) {
  const auto admits = node.find("admits");
  const auto from = admits ? admits->find("from") : std::nullopt;
  if (!from) return;
  for (const Node& item : from->items()) {
    const std::string other = item.text();
    if (other == name) item.fail("an environment can't admit from itself");
    if (!environments.contains(other)) {
      item.fail("unknown environment " + quote(other) +
                base::suggestion(other, keys_of(environments)));
    }
  }
}

bool is_version(const Node& key, const Node& value) {
  if (key.text() != "version" || value.kind() == Node::Kind::map) return false;
  if (value.integer(0, INT32_MAX) != 1) {
    value.fail("a version of the format that is not known; known is 1", ErrorCode::unsupported);
  }
  return true;
}

}  // namespace

Environments Environments::load(const std::filesystem::path& file) {
  return parse(files::read_file(file, yaml::k_max_document), file.string());
}

Environments Environments::parse(std::string_view text, const std::string& file) {
  Environments result;
  result.m_file = file;
  // A definition may have named any file of ours.
  const Node root = yaml::parse_unquoted(text, file);
  if (root.is_null()) root.fail("the file is empty, expected environments");
  for (const auto& [key, value] : root.entries()) {
    if (is_version(key, value)) continue;
    result.m_environments.emplace(key.text(), read_environment(key, value));
  }
  for (const auto& [key, value] : root.entries()) {
    if (!is_version(key, value)) check_from(value, key.text(), result.m_environments);
  }
  return result;
}

const Environment& Environments::get(std::string_view name) const {
  const auto found = m_environments.find(name);
  if (found != m_environments.end()) return found->second;
  const std::vector<std::string_view> known = keys_of(m_environments);
  const std::string_view near = base::nearest(name, known);
  std::string message = m_file + ": no environment " + quote(name) + "; known are ";
  for (std::size_t index = 0; index < known.size(); ++index) {
    message += (index > 0 ? ", " : "") + std::string(known[index]);
  }
  if (known.empty()) message += "none";
  if (!near.empty()) message += "; did you mean " + quote(near) + "?";
  throw Error(ErrorCode::not_found, message);
}

std::vector<std::string> Environments::names() const {
  std::vector<std::string> names;
  for (const auto& [name, environment] : m_environments) names.push_back(name);
  return names;
}

}  // namespace pinnace::config
