#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "files/file.hpp"
#include "policy/policy.hpp"
#include "signing/key_files.hpp"
#include "signing/statement.hpp"
#include "yaml/document.hpp"

namespace pinnace::policy {

using base::Error;
using base::ErrorCode;
using yaml::Node;

namespace {

constexpr std::size_t k_max_keys = 100;

/// A rule that says nothing would admit everything, which nobody who writes one means.
std::vector<Node> rules_of(const Node& list) {
  std::vector<Node> items = list.items();
  if (items.empty()) list.fail("expected one at least; leave the key out for no such rule");
  return items;
}

std::size_t number_needed(std::string_view need, std::size_t keys) {
  if (need == "all") return keys;
  if (need == "any") return 1;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(need.data(), need.data() + need.size(), number);
  if (error != std::errc() || end != need.data() + need.size() || number == 0 || number > keys)
    throw Error(ErrorCode::invalid_input, "expected all, any or a number from 1 to " +
                                              std::to_string(keys) + ", found " +
                                              base::quote(need));
  return number;
}

void add_key(KeyRule& rule, TrustedKey key) {
  // Twice the same would count twice.
  const auto same = std::find_if(rule.keys.begin(), rule.keys.end(),
                                 [&](const TrustedKey& one) { return one.key == key.key; });
  if (same != rule.keys.end())
    throw Error(ErrorCode::invalid_input,
                key.name + ": the same key as " + same->name + ", which would count twice");
  if (rule.keys.size() == k_max_keys)
    throw Error(ErrorCode::invalid_input, "more than " + std::to_string(k_max_keys) + " keys");
  rule.keys.push_back(std::move(key));
}

/// Of a map that has "keys", and "need" where there are several.
KeyRule read_keys(const Node& node, const std::filesystem::path& directory) {
  KeyRule rule;
  const Node list = node.get("keys");
  for (const Node& item : rules_of(list)) {
    const std::string name = item.name();
    item.convert([&](const std::string& text) {
      add_key(rule, {base::shown(name), signing::read_public_key(directory / text)});
      return 0;
    });
  }
  rule.needed = rule.keys.size();
  const auto need = node.find("need");
  if (!need && rule.keys.size() > 1)
    list.fail("several keys: expected need: all, any or a number beside them");
  if (need)
    rule.needed = need->convert(
        [&](const std::string& text) { return number_needed(text, rule.keys.size()); });
  return rule;
}

AttestationRule read_attestation(const Node& node, const Policy& policy,
                                 const std::filesystem::path& directory) {
  node.only({"type", "keys", "need"});
  AttestationRule rule;
  rule.type = node.get("type").convert(
      [](const std::string& text) { return signing::predicate_type_of(text); });
  if (node.find("keys")) {
    rule.keys = read_keys(node, directory);
  } else if (policy.signatures) {
    rule.keys = *policy.signatures;
  } else {
    node.fail("expected keys here, or signatures with keys for all");
  }
  return rule;
}

template <class Comparable>
std::vector<Prefix> read_prefixes(const Node& list, Comparable comparable) {
  std::vector<Prefix> prefixes;
  for (const Node& item : rules_of(list)) {
    std::string text = item.name();
    const bool is_whole = !text.ends_with('*');
    if (!is_whole) text.pop_back();
    if (text.find('*') != std::string::npos || (!is_whole && !text.ends_with('/')))
      item.fail("expected a whole name, or the beginning of one up to a / with * behind it");
    prefixes.push_back({is_whole ? item.convert(comparable) : text, is_whole});
  }
  return prefixes;
}

packages::PackageType read_type(const std::string& text) {
  std::string known;
  for (const auto& [type, name] : json::NamesOf<packages::PackageType>::k_names) {
    if (name == text) return type;
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  throw Error(ErrorCode::invalid_input,
              "unknown type of packages " + base::quote(text) + ", expected one of " + known);
}

ForbiddenPackage read_package(const Node& node) {
  node.only({"name", "type", "version"});
  ForbiddenPackage package{node.get("name").name(), {}, {}};
  if (const auto type = node.find("type")) package.type = type->convert(read_type);
  if (const auto version = node.find("version"))
    package.bounds = version->convert([](const std::string& text) { return parse_bounds(text); });
  return package;
}

void read_claims(const Node& root, Policy& policy) {
  const auto sources = root.find("sources");
  const auto bases = root.find("bases");
  if (sources) policy.sources = read_prefixes(*sources, comparable_source);
  if (bases) policy.bases = read_prefixes(*bases, comparable_image);
  // Anybody can write any source into an image.
  if ((sources || bases) && !policy.signatures)
    (sources ? sources : bases)
        ->fail(
            "is what an image says of itself: expected signatures, too, by which somebody "
            "vouches for it");
}

}  // namespace

KeyRule key_rule(const std::vector<std::filesystem::path>& files, std::string_view need) {
  KeyRule rule;
  for (const std::filesystem::path& file : files)
    add_key(rule, {base::shown(file.string()), signing::read_public_key(file)});
  rule.needed = base::with_context([] { return "how many keys it takes"; },
                                   [&] { return number_needed(need, rule.keys.size()); });
  return rule;
}

Policy Policy::load(const std::filesystem::path& file) {
  const Node root = yaml::load(file);
  if (root.is_null()) root.fail("the file is empty, expected a policy");
  root.only({"version", "signatures", "attestations", "sources", "bases", "packages"});
  if (root.get("version").integer(0, INT32_MAX) != 1)
    root.get("version").fail("a version of the format that is not known; known is 1",
                             ErrorCode::unsupported);
  if (root.entries().size() == 1) root.fail("expected rules, found none");
  const std::filesystem::path directory = file.parent_path();
  Policy policy;
  if (const auto node = root.find("signatures"))
    policy.signatures = read_keys(node->only({"keys", "need"}), directory);
  if (const auto list = root.find("attestations")) {
    for (const Node& item : rules_of(*list))
      policy.attestations.push_back(read_attestation(item, policy, directory));
  }
  read_claims(root, policy);
  if (const auto node = root.find("packages")) {
    for (const Node& item : rules_of(node->only({"forbidden"}).get("forbidden")))
      policy.forbidden.push_back(read_package(item));
  }
  return policy;
}

}  // namespace pinnace::policy
