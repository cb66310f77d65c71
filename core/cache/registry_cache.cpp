#include "cache/registry_cache.hpp"

#include "base/error.hpp"
#include "json/json.hpp"
#include "oci/image_platform.hpp"
#include "oci/manifest.hpp"
#include "store/moved_tag.hpp"
#include "transfer/missing_blobs.hpp"

namespace pinnace::cache {

using base::Error;
using base::ErrorCode;
using Json = nlohmann::json;

namespace {

constexpr std::string_view k_records_type = "application/vnd.pinnace.cache.records.v1+json";
constexpr std::size_t k_max_records_blob = std::size_t{8} << 20;
constexpr std::size_t k_max_records = 20'000;
constexpr int k_version = 1;

Records parse_records(const std::string& text, const oci::Manifest& manifest) {
  const Json whole = json::parse(text, "records");
  if (!whole.is_object() || !whole.contains("version"))
    throw Error(ErrorCode::invalid_input, "expected JSON with \"version\" and \"records\"");
  if (whole.at("version") != k_version)
    throw Error(ErrorCode::unsupported, "version " + whole.at("version").dump().substr(0, 20) +
                                            " of the build cache; this Pinnace knows 1");
  const auto found = whole.find("records");
  if (found == whole.end() || !found->is_object() || found->size() > k_max_records)
    throw Error(ErrorCode::invalid_input, "expected \"records\", at most 20,000");
  std::map<hash::Digest, std::uint64_t> listed;
  for (const oci::Descriptor& layer : manifest.layers) listed[layer.digest] = layer.size;
  Records records;
  for (const auto& [key, value] : found->items()) {
    Record record = Record::from_json(value);
    if (record.layer) {
      const auto blob = listed.find(record.layer->descriptor.digest);
      if (blob == listed.end() || blob->second != record.layer->descriptor.size)
        throw Error(ErrorCode::invalid_input, "the layer " + record.layer->descriptor.digest.str() +
                                                  " is not in the manifest");
    }
    records.emplace(hash::Digest::parse(key), std::move(record));
  }
  return records;
}

bool is_cache(const oci::RawManifest& raw) {
  return !raw.is_index() && oci::Manifest::parse(raw).artifact_type == oci::k_build_cache;
}

}  // namespace

void check_cache_tag(const base::Context& context, store::BlobStore& store, std::string_view tag) {
  const auto present = store::find_sound(store, context, tag);
  if (!present || is_cache(*present)) return;
  throw Error(ErrorCode::conflict, "tag " + std::string(tag) + " of " + store.where() +
                                       " leads to " + present->digest.str() +
                                       ", which is no build cache, and stays; expected another "
                                       "tag for the cache");
}

std::optional<ImportedCache> ImportedCache::read(const base::Context& context,
                                                 std::shared_ptr<store::BlobStore> store,
                                                 std::string_view tag_or_digest) {
  const auto raw = store->find_manifest(context, tag_or_digest);
  if (!raw) return std::nullopt;
  return base::with_context(
      [&] { return "build cache " + raw->digest.str() + " of " + store->where(); },
      [&]() -> ImportedCache {
        if (raw->is_index())
          throw Error(ErrorCode::invalid_input, "expected a build cache, found an index of images");
        const oci::Manifest manifest = oci::Manifest::parse(*raw);
        if (manifest.artifact_type != oci::k_build_cache || manifest.layers.empty() ||
            manifest.layers.front().media_type != k_records_type)
          throw Error(ErrorCode::invalid_input,
                      "expected an artifact of type " + std::string(oci::k_build_cache));
        const std::string text =
            store::read_blob(*store, context, manifest.layers.front(), k_max_records_blob);
        Records records = parse_records(text, manifest);
        return {store, std::move(records)};
      });
}

std::optional<Record> ImportedCache::find(const hash::Digest& key) const {
  const auto found = m_records.find(key);
  return found == m_records.end() ? std::nullopt : std::optional(found->second);
}

void export_cache(const base::Context& context, store::BlobStore& store, std::string_view tag,
                  const Records& records) {
  check_cache_tag(context, store, tag);
  Json list = Json::object();
  std::map<hash::Digest, oci::Descriptor> layers;
  for (const auto& [key, record] : records) {
    list[key.str()] = record.to_json();
    if (record.layer) layers.emplace(record.layer->descriptor.digest, record.layer->descriptor);
  }
  const Json whole = {{"version", k_version}, {"records", std::move(list)}};
  std::vector<transfer::Offer> offered;
  const auto put = [&](const std::string& bytes, std::string_view type) {
    const oci::Descriptor blob = store::put_bytes(store, context, bytes, type);
    offered.push_back({blob, [bytes](const base::Context&) {
                         return std::make_unique<base::StringSource>(bytes);
                       }});
    return blob;
  };
  oci::Manifest manifest{
      std::string(oci::media_type::k_manifest), put("{}", oci::media_type::k_empty),
      {put(whole.dump(), k_records_type)},      {},
      std::string(oci::k_build_cache),          {}};
  for (const auto& [digest, layer] : layers) manifest.layers.push_back(layer);
  transfer::put_with_blobs(context, store, offered,
                           [&] { store::put_tag(store, context, manifest.to_raw(), tag); });
}

}  // namespace pinnace::cache
