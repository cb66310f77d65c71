#include "disk/layout_index.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "base/error.hpp"
#include "json/json.hpp"

namespace pinnace::disk {

using base::Error;
using base::ErrorCode;
using Json = nlohmann::json;

namespace {

constexpr std::size_t k_max_entries = 200'000;
constexpr std::size_t k_max_tag = 512;

/// Empty if the entry does not have it.
std::string annotation_of(const Json& entry, const char* key) {
  const auto annotations = entry.find("annotations");
  if (annotations == entry.end() || !annotations->is_object()) return {};
  const auto value = annotations->find(key);
  if (value == annotations->end() || !value->is_string()) return {};
  return value->get<std::string>();
}

/// The tag of an entry; empty if it has none.
std::string tag_of(const Json& entry) {
  return annotation_of(entry, k_ref_name);
}

bool has_digest(const Json& entry, const std::string& digest) {
  const auto place = entry.find("digest");
  return place != entry.end() && *place == digest;
}

bool same_digest(const Json& a, const Json& b) {
  const auto digest = a.find("digest");
  return digest != a.end() && digest->is_string() && has_digest(b, digest->get<std::string>());
}

/// "1.0" of "registry.example/shop/web:1.0"; empty for what is no full reference.
std::string_view tag_in(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  if (colon == std::string_view::npos || name.find('/', colon) != std::string_view::npos) return {};
  return name.substr(colon + 1);
}

bool is_digest(std::string_view text) {
  return text.starts_with("sha256:") || text.starts_with("sha512:");
}

}  // namespace

std::optional<hash::Digest> digest_named(std::string_view tag_or_digest) {
  return is_digest(tag_or_digest) ? std::optional(hash::Digest::parse(tag_or_digest))
                                  : std::nullopt;
}

void check_layout_tag(std::string_view tag) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-.:@+/").find(c) != std::string_view::npos;
  };
  if (!tag.empty() && tag.size() <= k_max_tag && !is_digest(tag) &&
      std::all_of(tag.begin(), tag.end(), allowed)) {
    return;
  }
  throw Error(ErrorCode::invalid_input,
              "invalid tag \"" + std::string(tag.substr(0, 160)) +
                  "\", expected up to 512 letters, digits and \"-._:@+/\", and no digest");
}

LayoutIndex::LayoutIndex()
    : m_json({{"schemaVersion", 2},
              {"mediaType", oci::media_type::k_index},
              {"manifests", Json::array()}}) {}

LayoutIndex LayoutIndex::parse(std::string_view text, const std::string& what) {
  LayoutIndex index;
  index.m_what = what;
  index.m_json = json::parse(text, what);
  const json::Node root(index.m_json, what);
  if (const auto version = root.object().optional_field("schemaVersion")) {
    if (version->json() != 2) version->fail("2");
  }
  // Go writes an empty list as null.
  if (index.m_json.contains("manifests") && index.m_json["manifests"].is_null()) {
    index.m_json["manifests"] = Json::array();
  }
  for (const json::Node& entry : root.field("manifests").items(k_max_entries)) {
    (void)entry.object();
  }
  return index;
}

std::vector<oci::Descriptor> LayoutIndex::entries() const {
  std::vector<oci::Descriptor> all;
  const json::Node root(m_json, m_what);
  for (const json::Node& entry : root.field("manifests").items(k_max_entries)) {
    all.push_back(oci::Descriptor::from_json(entry));
  }
  return all;
}

std::vector<std::string> LayoutIndex::tags() const {
  std::map<std::string, const Json*> first;
  std::set<std::string> shared;
  for (const Json& entry : m_json["manifests"]) {
    const std::string tag = tag_of(entry);
    if (!same_digest(*first.try_emplace(tag, &entry).first->second, entry)) shared.insert(tag);
  }
  std::set<std::string> names;
  for (const Json& entry : m_json["manifests"]) {
    const std::string tag = tag_of(entry);
    const std::string whole = annotation_of(entry, k_image_name);
    names.insert(whole.empty() || (!tag.empty() && !shared.contains(tag)) ? tag : whole);
  }
  names.erase("");
  return {names.begin(), names.end()};
}

std::vector<std::string> LayoutIndex::whole_names() const {
  std::set<std::string> names;
  for (const Json& entry : m_json["manifests"]) {
    const std::string whole = annotation_of(entry, k_image_name);
    names.insert(whole.empty() ? tag_of(entry) : whole);
  }
  names.erase("");
  return {names.begin(), names.end()};
}

std::optional<oci::Descriptor> LayoutIndex::find_tag(std::string_view tag) const {
  return find_tags({std::string(tag)}).front();
}

namespace {

/// What has a name, of an index.
struct Named {
  const Json* entry = nullptr;
  bool several = false;  ///< which differ

  void add(const Json& other) {
    several = several || (entry != nullptr && !same_digest(*entry, other));
    entry = &other;
  }
};

using NamedEntries = std::unordered_map<std::string, Named>;

/// Counts the entry for each of the names that is asked for, once.
void add(NamedEntries& all, const Json& entry, std::string_view first, std::string_view second) {
  const auto a = all.find(std::string(first));
  if (a != all.end()) a->second.add(entry);
  const auto b = all.find(std::string(second));
  if (b != all.end() && b != a) b->second.add(entry);
}

}  // namespace

std::vector<std::optional<oci::Descriptor>> LayoutIndex::find_tags(
    const std::vector<std::string>& tags) const {
  NamedEntries exact;
  for (const std::string& tag : tags) exact.try_emplace(tag);
  NamedEntries similar = exact;
  for (const Json& entry : m_json["manifests"]) {
    const std::string name = tag_of(entry);
    const std::string image = annotation_of(entry, k_image_name);
    add(exact, entry, name, image);
    add(similar, entry, tag_in(name), tag_in(image));
  }
  std::vector<std::optional<oci::Descriptor>> found;
  for (const std::string& tag : tags) {
    const Named& named = exact.at(tag);
    if (named.several) {
      throw Error(ErrorCode::invalid_input, m_what + ": the tag \"" + tag +
                                                "\" stands at several manifests, expected one; "
                                                "use a digest");
    }
    const Named& other = similar.at(tag);
    const Json* entry = named.entry != nullptr || other.several ? named.entry : other.entry;
    found.push_back(entry == nullptr ? std::nullopt
                                     : std::optional(oci::Descriptor::from_json(
                                           *entry, m_what + ": entry \"" + tag_of(*entry) + "\"")));
  }
  return found;
}

std::optional<oci::Descriptor> LayoutIndex::find_digest(const hash::Digest& digest) const {
  for (const Json& entry : m_json["manifests"]) {
    if (!has_digest(entry, digest.str())) continue;
    return oci::Descriptor::from_json(entry, m_what + ": entry " + digest.str());
  }
  return std::nullopt;
}

namespace {

/// An entry as a person names it: its tag, else its digest and platform.
std::string shown(const Json& entry) {
  if (const std::string tag = tag_of(entry); !tag.empty()) return tag;
  if (const std::string name = annotation_of(entry, k_image_name); !name.empty()) return name;
  const auto digest = entry.find("digest");
  std::string text =
      digest != entry.end() && digest->is_string() ? digest->get<std::string>() : "?";
  const auto platform = entry.find("platform");
  if (platform == entry.end() || !platform->is_object()) return text;
  for (const char* part : {"os", "architecture", "variant"}) {
    const auto value = platform->find(part);
    if (value == platform->end() || !value->is_string()) continue;
    text += (part == std::string_view("os") ? " (" : "/") + value->get<std::string>();
  }
  return text + (text.find(" (") == std::string::npos ? "" : ")");
}

/// Whether all entries of a list point to the same.
bool is_one(const std::vector<const Json*>& entries) {
  return !entries.empty() && std::all_of(entries.begin(), entries.end(), [&](const Json* entry) {
    return same_digest(*entries.front(), *entry);
  });
}

}  // namespace

std::optional<oci::Descriptor> LayoutIndex::find_default() const {
  if (auto latest = find_tag("latest")) return latest;
  std::vector<const Json*> all;
  std::vector<const Json*> named;
  for (const Json& entry : m_json["manifests"]) {
    all.push_back(&entry);
    if (!tag_of(entry).empty()) named.push_back(&entry);
  }
  if (all.empty()) return std::nullopt;
  if (is_one(named)) return oci::Descriptor::from_json(*named.front(), m_what);
  if (named.empty() && is_one(all)) return oci::Descriptor::from_json(*all.front(), m_what);
  fail_several();
}

void LayoutIndex::fail_several() const {
  constexpr std::size_t k_shown = 10;
  std::string list;
  std::size_t count = 0;
  for (const Json& entry : m_json["manifests"]) {
    if (++count <= k_shown) list += (list.empty() ? "" : ", ") + shown(entry).substr(0, 160);
  }
  if (count > k_shown) list += " and " + std::to_string(count - k_shown) + " more";
  throw Error(
      ErrorCode::invalid_input,
      m_what + " lists several images, expected the tag or digest (@sha256:...) of one: " + list);
}

bool LayoutIndex::list(const std::vector<oci::RawManifest>& manifests) {
  Json& list = m_json["manifests"];
  std::set<std::string> listed;
  for (const Json& entry : list) {
    const auto digest = entry.find("digest");
    if (digest != entry.end() && digest->is_string()) listed.insert(digest->get<std::string>());
  }
  const std::size_t before = list.size();
  for (const oci::RawManifest& manifest : manifests) {
    if (listed.insert(manifest.digest.str()).second)
      list.push_back(manifest.descriptor().to_json());
  }
  return list.size() != before;
}

bool LayoutIndex::move_tag(const oci::RawManifest& manifest, std::string_view tag) {
  const std::string digest = manifest.digest.str();
  Json& list = m_json["manifests"];
  bool changed = false;
  bool found = false;
  Json kept = Json::array();
  for (Json& entry : list) {
    const bool tagged = tag_of(entry) == tag;
    const bool same = has_digest(entry, digest);
    if (tagged && (!same || found)) {
      changed = true;
      continue;
    }
    found = found || tagged;
    kept.push_back(std::move(entry));
  }
  list = std::move(kept);
  if (found) return changed;
  Json entry = manifest.descriptor().to_json();
  entry["annotations"][k_ref_name] = tag;
  list.push_back(std::move(entry));
  return true;
}

void LayoutIndex::keep(const oci::Descriptor& entry) {
  m_json["manifests"].push_back(entry.to_json());
}

bool LayoutIndex::remove_if(const std::function<bool(const oci::Descriptor&)>& drop) {
  Json& list = m_json["manifests"];
  Json kept = Json::array();
  for (Json& entry : list) {
    if (!drop(oci::Descriptor::from_json(entry, m_what + ": entry"))) {
      kept.push_back(std::move(entry));
    }
  }
  const bool any = kept.size() != list.size();
  list = std::move(kept);
  return any;
}

std::string LayoutIndex::text() const {
  return json::dump(m_json, m_what);
}

std::string layout_path(const hash::Digest& digest) {
  return "blobs/" + std::string(hash::to_string(digest.algorithm())) + "/" +
         std::string(digest.hex());
}

}  // namespace pinnace::disk
