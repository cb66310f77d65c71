#include "oci/descriptor.hpp"

#include <array>

#include "json/json.hpp"

namespace pinnace::oci {

using Json = nlohmann::json;

namespace {

constexpr std::array<const char*, 4> k_platform_fields = {"os", "architecture", "variant",
                                                          "os.version"};
constexpr std::array<const char*, 6> k_fields = {"mediaType", "digest",      "size",
                                                 "platform",  "annotations", "artifactType"};

std::string optional_text(const json::Node& node, const char* field) {
  const auto value = node.optional_field(field);
  return value ? value->text() : std::string();
}

Platform platform_from(const json::Node& node) {
  return {optional_text(node, "os"), optional_text(node, "architecture"),
          optional_text(node, "variant"), optional_text(node, "os.version")};
}

/// `known` fields taken out; the rest.
template <std::size_t Count>
Json without(Json object, const std::array<const char*, Count>& known) {
  for (const char* field : known) object.erase(field);
  return object;
}

Json platform_json(const Platform& platform) {
  Json object = {{"os", platform.os}, {"architecture", platform.architecture}};
  if (!platform.variant.empty()) object["variant"] = platform.variant;
  if (!platform.os_version.empty()) object["os.version"] = platform.os_version;
  return object;
}

}  // namespace

Descriptor Descriptor::from_json(const Json& value, const std::string& where) {
  return from_json(json::Node(value, where));
}

Descriptor Descriptor::from_json(const json::Node& node) {
  Descriptor descriptor{node.object().field("mediaType").text(),
                        node.field("digest").digest(),
                        node.field("size").size(),
                        {},
                        {},
                        {},
                        without(node.json(), k_fields)};
  if (descriptor.media_type.empty()) node.field("mediaType").fail("a media type");
  if (const auto platform = node.optional_field("platform")) {
    descriptor.platform = platform_from(platform->object());
    Json rest = without(platform->json(), k_platform_fields);
    if (!rest.empty()) descriptor.other["platform"] = std::move(rest);
  }
  if (const auto annotations = node.optional_field("annotations")) {
    descriptor.annotations = annotations->text_map();
  }
  if (const auto type = node.optional_field("artifactType"))
    descriptor.artifact_type = type->text();
  return descriptor;
}

Json Descriptor::to_json() const {
  Json object = other;
  object["mediaType"] = media_type;
  object["digest"] = digest.str();
  object["size"] = size;
  if (platform) {
    Json whole = platform_json(*platform);
    if (const auto rest = other.find("platform"); rest != other.end()) whole.update(*rest);
    object["platform"] = std::move(whole);
  }
  if (!annotations.empty()) object["annotations"] = annotations;
  if (artifact_type) object["artifactType"] = *artifact_type;
  return object;
}

}  // namespace pinnace::oci
