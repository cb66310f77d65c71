#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "oci/image_name.hpp"
#include "policy/policy.hpp"
#include "versions/characters.hpp"
#include "versions/versions.hpp"

namespace pinnace::policy {

using base::Error;
using base::ErrorCode;

namespace {

constexpr std::array<std::pair<std::string_view, Bound::Relation>, 5> k_relations = {
    {{"<=", Bound::Relation::at_most},
     {">=", Bound::Relation::at_least},
     {"<", Bound::Relation::less},
     {">", Bound::Relation::more},
     {"=", Bound::Relation::equal}}};

void skip_spaces(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
}

Bound take_bound(std::string_view& rest) {
  for (const auto& [sign, relation] : k_relations) {
    if (!rest.starts_with(sign)) continue;
    rest.remove_prefix(sign.size());
    skip_spaces(rest);
    const std::string_view version = rest.substr(0, rest.find_first_of(" <>=,"));
    rest.remove_prefix(version.size());
    if (version.empty()) break;
    return {relation, std::string(version)};
  }
  throw Error(ErrorCode::invalid_input,
              "expected bounds of versions as in \">=1.2 <1.3\", found " + base::quote(rest));
}

/// PEP 503, "Normalized Names"; crates.io knows no ".".
constexpr std::string_view k_same = "-_.";

/// In lower case, with "-" for each run of these characters.
std::string one_case(std::string_view name, std::string_view same) {
  std::string text;
  for (const char c : name) {
    const bool is_same = same.find(c) != std::string_view::npos;
    if (is_same && text.ends_with('-')) continue;
    text += is_same ? '-' : versions::lower(c);
  }
  return text;
}

bool holds(std::weak_ordering order, Bound::Relation relation) {
  switch (relation) {
    case Bound::Relation::less:
      return order < 0;
    case Bound::Relation::at_most:
      return order <= 0;
    case Bound::Relation::equal:
      return order == 0;
    case Bound::Relation::at_least:
      return order >= 0;
    case Bound::Relation::more:
      return order > 0;
  }
  return false;
}

}  // namespace

bool Prefix::matches(std::string_view name) const {
  if (is_whole) return name == text;
  if (!name.starts_with(text)) return false;
  const std::string below = "/" + std::string(name.substr(text.size())) + "/";
  return below.find("/../") == std::string::npos &&
         below.find_first_of("%\\?;") == std::string::npos &&
         std::none_of(below.begin(), below.end(), [](unsigned char c) { return c < ' '; });
}

std::vector<Bound> parse_bounds(std::string_view text) {
  std::vector<Bound> bounds;
  for (skip_spaces(text); !text.empty() || bounds.empty(); skip_spaces(text))
    bounds.push_back(take_bound(text));
  return bounds;
}

bool is_named(packages::PackageType type, std::string_view installed, std::string_view forbidden) {
  if (installed == forbidden) return true;
  const auto is_group_unknown = [&] {
    return installed.find(':') == std::string_view::npos &&
           forbidden.substr(forbidden.rfind(':') + 1) == installed;
  };
  switch (type) {
    case packages::PackageType::pypi:
    case packages::PackageType::cargo:
      return one_case(installed, k_same) == one_case(forbidden, k_same);
    case packages::PackageType::golang:
      return one_case(installed, {}) == one_case(forbidden, {});
    case packages::PackageType::maven:
      return is_group_unknown();
    default:
      return false;
  }
}

bool is_within(packages::PackageType type, std::string_view version,
               const std::vector<Bound>& bounds) {
  if (!versions::is_version(type, version)) return true;
  return std::all_of(bounds.begin(), bounds.end(), [&](const Bound& bound) {
    return holds(versions::compare(type, version, bound.version), bound.relation);
  });
}

std::string comparable_source(std::string_view url) {
  if (url.starts_with("git+")) url.remove_prefix(4);
  url = url.substr(0, url.find('#'));
  while (url.ends_with('/')) url.remove_suffix(1);
  if (url.ends_with(".git")) url.remove_suffix(4);
  return std::string(url);
}

std::string comparable_image(std::string_view name) {
  return to_string(oci::parse_image_name(name));
}

}  // namespace pinnace::policy
