#pragma once

#include <map>
#include <mutex>

#include "store/blob_store.hpp"
#include "store/referring.hpp"

namespace pinnace::store {

/// A BlobStore in memory, for tests and for small things on their way. It keeps what it is given
/// until it goes; blobs are checked when they are put.
class MemoryStore : public BlobStore {
 public:
  /// `name` is for messages: where() is "memory:<name>".
  explicit MemoryStore(std::string name = "store") : m_name(std::move(name)) {}

  std::string where() const override { return "memory:" + m_name; }

  bool has_blob(const base::Context& context, const oci::Descriptor& blob) override;
  std::unique_ptr<base::Source> open_blob(const base::Context& context,
                                          const oci::Descriptor& blob) override;
  PutOutcome put_blob(const base::Context& context, const oci::Descriptor& blob,
                      const base::OpenSource& open, const BlobStore* from = nullptr) override;
  std::unique_ptr<BlobWriter> create_blob(const base::Context& context) override;
  std::optional<oci::RawManifest> find_manifest(const base::Context& context,
                                                std::string_view tag_or_digest) override;
  std::optional<oci::Descriptor> resolve(const base::Context& context,
                                         std::string_view tag_or_digest) override;
  void put_manifest(const base::Context& context, const oci::RawManifest& manifest,
                    std::string_view tag) override;
  std::vector<std::string> tags(const base::Context& context) override;
  std::vector<oci::Descriptor> referrers(const base::Context& context,
                                         const hash::Digest& subject) override;

 private:
  class Writer;

  void keep(const hash::Digest& digest, std::string bytes);

  std::string m_name;
  std::mutex m_mutex;
  std::map<hash::Digest, std::shared_ptr<const std::string>> m_blobs;
  std::map<hash::Digest, oci::RawManifest> m_manifests;
  Referring m_referring;
  std::map<std::string, hash::Digest, std::less<>> m_tags;
};

}  // namespace pinnace::store
