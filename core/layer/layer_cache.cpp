#include "layer/layer_cache.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.hpp"
#include "files/cache_files.hpp"
#include "files/file.hpp"
#include "hash/key_hasher.hpp"
#include "hash/seal.hpp"
#include "json/json.hpp"

namespace pinnace::layer {

namespace fs = std::filesystem;

namespace {

/// Raised when a layer's bytes change for another reason than the encoder's version.
constexpr std::uint64_t k_key_version = 1;
constexpr std::chrono::seconds k_racy{2};
constexpr std::size_t k_max_record = 16 * 1024;
constexpr std::size_t k_kept_records = 1000;

void add_entry(hash::KeyHasher& key, const tree::TreeEntry& entry) {
  const archive::TarEntry& header = entry.header;
  key.add(header.path);
  key.add(header.link_target);
  const tree::FileStamp& stamp = entry.content.stamp;
  for (const std::uint64_t value :
       {static_cast<std::uint64_t>(header.type), std::uint64_t{header.mode}, header.uid, header.gid,
        header.size, static_cast<std::uint64_t>(header.mtime), std::uint64_t{header.device_major},
        std::uint64_t{header.device_minor}, stamp.device, stamp.inode,
        static_cast<std::uint64_t>(stamp.modified), static_cast<std::uint64_t>(stamp.changed),
        std::uint64_t{entry.content.inode.has_value()}, std::uint64_t{header.xattrs.size()}}) {
    key.add(value);
  }
  for (const auto& [name, value] : header.xattrs) {
    key.add(name);
    key.add(value);
  }
}

bool is_settled(const tree::FileStamp& stamp, std::chrono::system_clock::time_point now) {
  const auto limit =
      std::chrono::duration_cast<std::chrono::nanoseconds>((now - k_racy).time_since_epoch());
  return stamp.known() && std::max(stamp.changed, stamp.modified) < limit.count();
}

}  // namespace

std::optional<hash::Digest> layer_key(const tree::FileTree& tree,
                                      const compress::Compression& compression,
                                      std::chrono::system_clock::time_point now) {
  hash::KeyHasher key;
  key.add(k_key_version);
  key.add(PINNACE_VERSION);
  key.add(compression.str());
  key.add(compression.encoder());
  for (const tree::TreeEntry& entry : tree.entries()) {
    const bool is_file = entry.header.type == archive::EntryType::file;
    if (is_file && !is_settled(entry.content.stamp, now)) return std::nullopt;
    add_entry(key, entry);
  }
  return key.finish();
}

fs::path LayerCache::file(const hash::Digest& key) const {
  return m_directory / (std::string(key.hex()) + ".json");
}

std::optional<LayerResult> LayerCache::find(const hash::Digest& key) const {
  try {
    const std::string whole = files::read_file(file(key), k_max_record);
    const auto text = hash::unsealed(key.hex(), whole);
    if (!text) return std::nullopt;
    const auto record = json::parse(*text, "record of a layer");
    // Before the aggregate: GCC 12 destroys members twice where a later initializer throws.
    const auto type = record.at("mediaType").get<std::string>();
    const auto digest = hash::Digest::parse(record.at("digest").get<std::string>());
    const auto diff_id = hash::Digest::parse(record.at("diffId").get<std::string>());
    const auto size = record.at("size").get<std::uint64_t>();
    const auto tar_size = record.at("tarSize").get<std::uint64_t>();
    return LayerResult{
        {type, digest, size, {}, {}, {}, nlohmann::json::object()}, diff_id, tar_size};
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

void LayerCache::put(const base::Context& context, const hash::Digest& key,
                     const LayerResult& layer) const {
  const nlohmann::json record = {{"mediaType", layer.descriptor.media_type},
                                 {"digest", layer.descriptor.digest.str()},
                                 {"size", layer.descriptor.size},
                                 {"diffId", layer.diff_id.str()},
                                 {"tarSize", layer.tar_size}};
  try {
    files::write_cache_file(file(key), hash::sealed(key.hex(), record.dump()));
    forget_oldest();
  } catch (const std::exception& error) {
    context.warn("cannot remember the layer: " + std::string(error.what()));
  }
}

void LayerCache::forget_oldest() const {
  const files::Directory directory(m_directory);
  if (directory.names().size() <= 2 * k_kept_records) return;
  const std::vector<files::CacheFile> records = files::cache_files(directory);
  for (std::size_t i = k_kept_records; i < records.size(); ++i)
    files::remove_cache_file(directory, records[i].name);
}

}  // namespace pinnace::layer
