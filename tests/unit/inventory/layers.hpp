#pragma once

#include <string>
#include <vector>

#include "archive/tar_writer.hpp"
#include "support/counting_store.hpp"
#include "tree/stored_layer.hpp"

namespace pinnace::inventory {

/// A path with a content; "path/" is a directory, "path -> target" a symbolic link, and "path =
/// target" a hard link.
struct Sample {
  std::string path;
  std::string content = {};
};

inline archive::TarEntry header_of(const Sample& sample) {
  archive::TarEntry entry;
  entry.path = sample.path;
  entry.size = sample.content.size();
  for (const auto& [sign, type] : {std::pair(" -> ", archive::EntryType::symlink),
                                   std::pair(" = ", archive::EntryType::hardlink)}) {
    const std::size_t at = sample.path.find(sign);
    if (at == std::string::npos) continue;
    entry.type = type;
    entry.link_target = sample.path.substr(at + std::string(sign).size());
    entry.path.resize(at);
  }
  if (entry.path.ends_with('/')) {
    entry.type = archive::EntryType::directory;
    entry.path.pop_back();
    entry.mode = 0755;
  }
  return entry;
}

inline std::string archive_of(const std::vector<Sample>& samples) {
  base::StringSink out;
  archive::TarWriter writer(out);
  for (const Sample& sample : samples) {
    writer.add(header_of(sample), base::as_bytes(sample.content));
  }
  writer.finish();
  return out.text();
}

/// Layers made of samples, and how often they are read.
class CountingStore final : public test_support::CountingStore {
 public:
  tree::StoredLayer add(const std::string& archive) {
    const auto blob = store::put_bytes(*this, {}, archive, oci::media_type::k_layer);
    return {blob, blob.digest};
  }
  tree::StoredLayer add(const std::vector<Sample>& samples) { return add(archive_of(samples)); }
};

}  // namespace pinnace::inventory
