#include "cache/record.hpp"

#include "base/error.hpp"

namespace pinnace::cache {

using base::Error;
using base::ErrorCode;
using nlohmann::json;

namespace {

constexpr std::uint64_t k_max_layer = std::uint64_t{1} << 40;

bool is_layer_type(const std::string& type) {
  using namespace oci::media_type;
  return type == k_layer || type == k_layer_gzip || type == k_layer_zstd;
}

[[noreturn]] void refuse(const std::string& expected) {
  throw Error(ErrorCode::invalid_input, "a record of a build cache: expected " + expected);
}

const std::string& text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string())
    refuse("the text \"" + std::string(name) + "\"");
  return found->get_ref<const std::string&>();
}

}  // namespace

json Record::to_json() const {
  if (!layer) return {{"layer", nullptr}};
  return {{"layer",
           {{"mediaType", layer->descriptor.media_type},
            {"digest", layer->descriptor.digest.str()},
            {"size", layer->descriptor.size},
            {"diffId", layer->diff_id.str()}}}};
}

Record Record::from_json(const json& record) {
  if (!record.is_object() || !record.contains("layer")) refuse("an object with \"layer\"");
  const json& layer = record.at("layer");
  if (layer.is_null()) return {};
  if (!layer.is_object()) refuse("\"layer\" to be an object or null");
  const std::string& type = text_of(layer, "mediaType");
  if (!is_layer_type(type)) refuse("the media type of a layer");
  const auto size = layer.find("size");
  if (size == layer.end() || !size->is_number_unsigned() ||
      size->get<std::uint64_t>() > k_max_layer)
    refuse("a size of at most 1 TiB");
  // Before the aggregate: GCC 12 destroys members twice where a later initializer throws.
  const hash::Digest digest = hash::Digest::parse(text_of(layer, "digest"));
  const hash::Digest diff_id = hash::Digest::parse(text_of(layer, "diffId"));
  oci::Descriptor descriptor{type, digest, size->get<std::uint64_t>(), {}, {}, {}, json::object()};
  return {CachedLayer{std::move(descriptor), diff_id}};
}

}  // namespace pinnace::cache
