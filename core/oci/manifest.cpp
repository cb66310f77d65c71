#include "oci/manifest.hpp"

#include <array>
#include <utility>

#include "base/error.hpp"
#include "json/json.hpp"

namespace pinnace::oci {

using base::Error;
using base::ErrorCode;
using Json = nlohmann::json;

namespace {

constexpr std::size_t k_max_layers = 1000;
constexpr std::size_t k_max_entries = 10'000;

[[noreturn]] void fail(const std::string& reason) {
  throw Error(ErrorCode::invalid_input, reason);
}

/// Without parameters ("; charset=utf-8") and blanks, in lower case.
std::string bare_type(std::string_view content_type) {
  std::string type;
  for (const char c : content_type.substr(0, content_type.find(';'))) {
    if (c == ' ' || c == '\t') continue;
    type += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return type;
}

std::string in_quotes(std::string_view text) {
  return "\"" + std::string(text.substr(0, 120)) + "\"";
}

enum class Shape { none, image, index };

/// Refuses what two readers could take for two different things (CVE-2021-41190).
Shape shape_of(const json::Node& root) {
  const bool image = root.has("layers") || root.has("config");
  const bool index = root.has("manifests");
  if (image && index) {
    fail("the manifest has both \"manifests\" and \"layers\" or \"config\", expected one of them");
  }
  if (index) return Shape::index;
  return image ? Shape::image : Shape::none;
}

void refuse_schema_1(const json::Node& root, std::string_view type) {
  const auto version = root.json().find("schemaVersion");
  const bool old = version != root.json().end() && *version == 1;
  if (old || root.has("fsLayers") ||
      type.starts_with("application/vnd.docker.distribution.manifest.v1")) {
    fail(
        "a manifest of Docker schema 1 is not accepted, expected an OCI or Docker schema 2 "
        "manifest");
  }
}

std::string choose_type(const json::Node& root, std::string_view content_type) {
  const auto own_node = root.optional_field("mediaType");
  const std::string own = own_node ? own_node->text() : std::string();
  refuse_schema_1(root, own.empty() ? content_type : own);
  const Shape shape = shape_of(root);
  if (!own.empty() && media_type::is_any_manifest(content_type) && own != content_type) {
    fail("the manifest calls itself " + in_quotes(own) + " but came as " + in_quotes(content_type));
  }
  if (!own.empty() && !media_type::is_any_manifest(own)) {
    throw Error(ErrorCode::unsupported, "the manifest has the media type " + in_quotes(own) +
                                            ", expected an image manifest or index");
  }
  std::string type =
      !own.empty() ? own
                   : std::string(media_type::is_any_manifest(content_type) ? content_type : "");
  if (type.empty()) {
    if (shape == Shape::none) fail("the manifest has neither \"manifests\" nor \"layers\"");
    return std::string(shape == Shape::index ? media_type::k_index : media_type::k_manifest);
  }
  const Shape expected = media_type::is_index(type) ? Shape::index : Shape::image;
  if (shape != Shape::none && shape != expected) {
    fail("the manifest has the media type " + in_quotes(type) + " but the fields of " +
         (shape == Shape::index ? "an index" : "an image"));
  }
  return type;
}

/// The parsed bytes behind a RawManifest, and how to name them.
struct Document {
  Json value;
  std::string what;

  explicit Document(const RawManifest& raw, std::string_view kind)
      : what(std::string(kind) + " " + raw.digest.str()) {
    if (raw.bytes.size() > k_max_manifest) fail(what + " is larger than 4 MiB");
    value = json::parse(raw.bytes, what);
    const json::Node version = root().object().field("schemaVersion");
    if (version.json() != 2) version.fail("2");
  }
  json::Node root() const { return {value, what}; }
};

std::vector<Descriptor> descriptors_at(const json::Node& root, const char* field,
                                       std::size_t limit) {
  std::vector<Descriptor> all;
  // Go writes an empty list as null.
  if (root.json().contains(field) && root.json()[field].is_null()) return all;
  for (const json::Node& item : root.field(field).items(limit))
    all.push_back(Descriptor::from_json(item));
  return all;
}

/// Manifest and Index share these optional fields.
template <class Target>
void read_common(const json::Node& root, Target& target) {
  if (const auto subject = root.optional_field("subject"))
    target.subject = Descriptor::from_json(*subject);
  if (const auto type = root.optional_field("artifactType")) target.artifact_type = type->text();
  if (const auto notes = root.optional_field("annotations")) target.annotations = notes->text_map();
}

template <class From>
Json common_json(const From& from) {
  Json object = {{"schemaVersion", 2}, {"mediaType", from.media_type}};
  if (from.subject) object["subject"] = from.subject->to_json();
  if (from.artifact_type) object["artifactType"] = *from.artifact_type;
  if (!from.annotations.empty()) object["annotations"] = from.annotations;
  return object;
}

Json list_json(const std::vector<Descriptor>& descriptors) {
  Json list = Json::array();
  for (const Descriptor& descriptor : descriptors) list.push_back(descriptor.to_json());
  return list;
}

RawManifest raw_of(const Json& value, const std::string& media_type) {
  std::string bytes = json::dump(value, "manifest");
  if (bytes.size() > k_max_manifest) fail("the manifest would be larger than 4 MiB");
  const hash::Digest digest = hash::Digest::of(bytes);
  return {media_type, std::move(bytes), digest};
}

}  // namespace

RawManifest RawManifest::from_bytes(std::string bytes, std::string_view content_type) {
  if (bytes.size() > k_max_manifest) {
    fail("the manifest has " + std::to_string(bytes.size()) + " bytes, the limit is 4 MiB");
  }
  const Json value = json::parse(bytes, "manifest");
  const json::Node root(value, "manifest");
  std::string type = choose_type(root.object(), bare_type(content_type));
  const hash::Digest digest = hash::Digest::of(bytes);
  return {std::move(type), std::move(bytes), digest};
}

Manifest Manifest::parse(const RawManifest& raw) {
  if (!media_type::is_manifest(raw.media_type)) {
    fail("expected an image manifest, but " + raw.digest.str() + " is " +
         in_quotes(raw.media_type));
  }
  const Document document(raw, "manifest");
  const json::Node root = document.root();
  Manifest manifest{raw.media_type,
                    Descriptor::from_json(root.field("config")),
                    descriptors_at(root, "layers", k_max_layers),
                    {},
                    {},
                    {}};
  read_common(root, manifest);
  return manifest;
}

RawManifest Manifest::to_raw() const {
  Json value = common_json(*this);
  value["config"] = config.to_json();
  value["layers"] = list_json(layers);
  return raw_of(value, media_type);
}

Index Index::parse(const RawManifest& raw) {
  if (!media_type::is_index(raw.media_type)) {
    fail("expected an image index, but " + raw.digest.str() + " is " + in_quotes(raw.media_type));
  }
  const Document document(raw, "index");
  const json::Node root = document.root();
  Index index{raw.media_type, descriptors_at(root, "manifests", k_max_entries), {}, {}, {}};
  read_common(root, index);
  return index;
}

RawManifest Index::to_raw() const {
  Json value = common_json(*this);
  value["manifests"] = list_json(manifests);
  return raw_of(value, media_type);
}

const Descriptor* Index::find(const Platform& platform) const {
  std::vector<Platform> offered;
  for (const Descriptor& entry : manifests)
    offered.push_back(entry.platform.value_or(Platform{"unknown", "unknown", "", ""}));
  const auto found = choose_platform(platform, offered);
  return found ? &manifests[*found] : nullptr;
}

}  // namespace pinnace::oci
