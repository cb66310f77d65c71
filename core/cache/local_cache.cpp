#include "cache/local_cache.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "base/error.hpp"
#include "disk/layout_files.hpp"
#include "files/cache_files.hpp"
#include "files/look.hpp"
#include "files/temporary.hpp"
#include "hash/seal.hpp"
#include "json/json.hpp"

namespace pinnace::cache {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;

namespace {

constexpr std::size_t k_max_record = 4096;

/// A record's file, and what it says; nothing if it is damaged.
struct Entry {
  files::CacheFile file;
  std::optional<Record> record;
};

std::optional<Record> read_record(const fs::path& path) {
  try {
    const std::string whole = files::read_file(path, k_max_record);
    const auto text = hash::unsealed(path.stem().native(), whole);
    if (!text) return std::nullopt;
    return Record::from_json(json::parse(*text, path.string()));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

/// Most recently used first.
std::vector<Entry> list_records(const files::Directory& directory) {
  std::vector<Entry> entries;
  for (files::CacheFile& file : files::cache_files(directory)) {
    auto record = read_record(directory.path() / file.name);
    entries.push_back({std::move(file), std::move(record)});
  }
  return entries;
}

/// A layout whose own files are damaged gets new ones: its blobs tell by themselves what they are,
/// and nothing else is asked of it.
std::shared_ptr<disk::OciLayout> open_layers(const fs::path& directory) {
  const auto open = [&] {
    auto layout = std::make_shared<disk::OciLayout>(directory, disk::OciLayout::Missing::create);
    (void)layout->directory().read_index();
    return layout;
  };
  try {
    return open();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::io || error.code() == ErrorCode::cancelled) throw;
  }
  disk::write_layout_files(directory);
  return open();
}

}  // namespace

LocalCache::LocalCache(fs::path directory)
    : m_directory(std::move(directory)), m_layers(open_layers(m_directory / "layers")) {
  files::make_directories(m_directory / "records");
}

void LocalCache::remove_layer(const hash::Digest& digest) const {
  const auto blobs = m_layers->directory().blob_directory(digest.algorithm());
  if (blobs) files::remove_cache_file(*blobs, std::string(digest.hex()));
}

fs::path LocalCache::file(const hash::Digest& key) const {
  return m_directory / "records" / (std::string(key.hex()) + ".json");
}

std::optional<Record> LocalCache::find(const base::Context& context,
                                       const hash::Digest& key) const {
  auto record = read_record(file(key));
  std::error_code gone;  // the collector may have been faster
  if (record) fs::last_write_time(file(key), fs::file_time_type::clock::now(), gone);
  context.check();
  return record;
}

void LocalCache::put(const base::Context& context, const hash::Digest& key,
                     const Record& record) const {
  try {
    files::write_cache_file(file(key), hash::sealed(key.hex(), record.to_json().dump()));
  } catch (const std::exception& error) {
    context.warn("cannot remember a step of the build: " + std::string(error.what()));
  }
}

bool LocalCache::is_empty() const {
  return fs::is_empty(m_directory / "records");
}

LocalCache::Collected LocalCache::collect(const base::Context& context, const files::Keep& keep,
                                          std::chrono::milliseconds wait, Layers layers) const {
  Collected result;
  // Builds hold the layout from the first layer that they ask for, so that what they count on
  // stays.
  std::optional<files::FileLock> alone;
  if (files::exists(m_layers->directory().path())) {
    alone = m_layers->directory().lock_out_writers(context, wait);
    files::remove_abandoned(files::Directory(m_layers->directory().path()));
  }
  std::set<hash::Digest> kept;
  const files::Directory records(m_directory / "records");
  files::remove_abandoned(records);
  for (const Entry& entry : list_records(records)) {
    context.check();
    std::uint64_t more = entry.file.size;
    const auto layer = entry.record ? entry.record->layer : std::nullopt;
    const bool known = layer && kept.contains(layer->descriptor.digest);
    const bool here =
        layer && m_layers->directory().blob_status(layer->descriptor.digest).has_value();
    if (here && !known) more += layer->descriptor.size;
    const bool wanted = entry.record && entry.file.used >= keep.used_since &&
                        result.bytes_kept + more <= keep.bytes;
    const bool damaged = wanted && here && !known && layers == Layers::verified &&
                         !store::is_sound(*m_layers, context, layer->descriptor);
    if (damaged)
      context.warn("the build cache's layer " + layer->descriptor.digest.str() +
                   " was damaged and is removed: it is made again when it is needed");
    if (!wanted || damaged) {
      if (!files::remove_cache_file(records, entry.file.name)) continue;
      ++result.records_removed;
      result.bytes_removed += entry.file.size;
      continue;
    }
    result.bytes_kept += more;
    if (here) kept.insert(layer->descriptor.digest);
  }
  if (alone) remove_unnamed_layers(kept, result);
  return result;
}

void LocalCache::remove_unnamed_layers(const std::set<hash::Digest>& named,
                                       Collected& result) const {
  const auto blobs = m_layers->directory().blob_directory(hash::Algorithm::sha256);
  if (!blobs) return;
  files::remove_abandoned(*blobs);
  for (const files::CacheFile& blob : files::cache_files(*blobs)) {
    if (blob.name.size() != 64 || named.contains(hash::Digest::parse("sha256:" + blob.name)))
      continue;
    if (!files::remove_cache_file(*blobs, blob.name)) continue;
    ++result.layers_removed;
    result.bytes_removed += blob.size;
  }
}

}  // namespace pinnace::cache
