#include "oci/config.hpp"

#include <cstdint>

#include "base/error.hpp"
#include "json/json.hpp"
#include "oci/manifest.hpp"
#include "text/rfc3339.hpp"

namespace pinnace::oci {

using base::Error;
using base::ErrorCode;
using Json = nlohmann::json;

namespace {

constexpr std::size_t k_max_layers = 1000;
constexpr std::size_t k_max_items = 100'000;

void check_text(const json::Node& node, const char* field) {
  if (const auto value = node.optional_field(field)) (void)value->text();
}

Execution execution_at(const json::Node& root) {
  const auto node = root.optional_field("config");
  return node ? Execution::parse(node->object()) : Execution{};
}

std::vector<hash::Digest> diff_ids_at(const json::Node& root) {
  std::vector<hash::Digest> ids;
  const json::Node rootfs = root.field("rootfs");
  const auto list = rootfs.object().optional_field("diff_ids");
  if (!list) return ids;
  for (const json::Node& item : list->items(k_max_layers)) ids.push_back(item.digest());
  return ids;
}

void check(const json::Node& root) {
  (void)root.object().field("architecture").text();
  (void)root.field("os").text();
  for (const char* field : {"variant", "os.version", "created", "author"}) check_text(root, field);
  (void)diff_ids_at(root);
  if (const auto type = root.field("rootfs").optional_field("type");
      type && type->json() != "layers") {
    type->fail("\"layers\"");
  }
  (void)execution_at(root);
  if (const auto history = root.optional_field("history")) {
    for (const json::Node& line : history->items(k_max_items)) (void)line.object();
  }
}

/// An array or object in place of an absent or null field.
Json& member(Json& object, const char* field, Json::value_t type) {
  Json& value = object[field];
  if (value.is_null()) value = Json(type);
  return value;
}

}  // namespace

Config::Config(const Platform& platform)
    : m_json({{"os", platform.os},
              {"architecture", platform.architecture},
              {"config", Json::object()},
              {"rootfs", {{"type", "layers"}, {"diff_ids", Json::array()}}}}) {
  if (!platform.variant.empty()) m_json["variant"] = platform.variant;
  if (!platform.os_version.empty()) m_json["os.version"] = platform.os_version;
}

Config Config::parse(std::string_view bytes) {
  if (bytes.size() > k_max_config) {
    throw Error(ErrorCode::invalid_input, "image configuration: " + std::to_string(bytes.size()) +
                                              " bytes, the limit is 16 MiB");
  }
  Config config(json::parse(bytes, "image configuration"));
  check(json::Node(config.m_json, "image configuration"));
  return config;
}

Platform Config::platform() const {
  const json::Node root(m_json, "image configuration");
  const auto text = [&](const char* field) {
    const auto value = root.optional_field(field);
    return value ? value->text() : std::string();
  };
  return {root.field("os").text(), root.field("architecture").text(), text("variant"),
          text("os.version")};
}

void Config::set_variant(const Platform& wish) {
  const Platform want = wish.normalized();
  const Platform have = platform().normalized();
  if (want.os != have.os || want.architecture != have.architecture || want.variant == have.variant)
    return;
  if (want.variant.empty()) {
    m_json.erase("variant");
  } else {
    m_json["variant"] = want.variant;
  }
}

std::vector<hash::Digest> Config::diff_ids() const {
  return diff_ids_at(json::Node(m_json, "image configuration"));
}

void Config::add_layer(const hash::Digest& diff_id, const Json& history) {
  Json& rootfs = member(m_json, "rootfs", Json::value_t::object);
  rootfs["type"] = "layers";
  member(rootfs, "diff_ids", Json::value_t::array).push_back(diff_id.str());
  if (!history.is_null()) member(m_json, "history", Json::value_t::array).push_back(history);
}

Execution Config::execution() const {
  return execution_at(json::Node(m_json, "image configuration"));
}

void Config::set_execution(const Execution& execution) {
  m_json["config"] = execution.to_json();
}

void Config::set_created(std::int64_t epoch_seconds) {
  m_json["created"] = text::to_rfc3339(epoch_seconds);
}

std::string Config::to_bytes() const {
  return json::dump(m_json, "image configuration");
}

}  // namespace pinnace::oci
