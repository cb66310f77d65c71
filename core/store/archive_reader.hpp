#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/file.hpp"
#include "store/blob_store.hpp"
#include "store/layout_index.hpp"

namespace pinnace::store {

/// An OCI image layout in an uncompressed tar archive (`oci-archive:`), as skopeo, buildah and
/// `docker save` write it. The archive's headers are read once; blobs are then read where they
/// stand, nothing is unpacked. For reading only: whatever would write throws unsupported.
class ArchiveReader final : public BlobStore {
 public:
  /// Throws not_found; invalid_input if it is no tar archive of a layout, is compressed, or has
  /// more than 200,000 entries.
  ArchiveReader(const base::Context& context, std::filesystem::path file);

  std::string where() const override { return "oci-archive:" + m_file.string(); }
  bool has_blob(const base::Context& context, const oci::Descriptor& blob) override;
  std::unique_ptr<base::Source> open_blob(const base::Context& context,
                                          const oci::Descriptor& blob) override;
  std::optional<oci::RawManifest> find_manifest(const base::Context& context,
                                                std::string_view tag_or_digest) override;
  std::optional<oci::Descriptor> resolve(const base::Context& context,
                                         std::string_view tag_or_digest) override;
  std::vector<std::string> tags(const base::Context& context) override;
  /// Those that index.json lists.
  std::vector<oci::Descriptor> referrers(const base::Context& context,
                                         const hash::Digest& subject) override;
  /// The digest of the only image; nullopt if there are several.
  std::optional<hash::Digest> only_image() const;

  PutOutcome put_blob(const base::Context& context, const oci::Descriptor& blob,
                      const base::OpenSource& open, const BlobStore* from = nullptr) override;
  std::unique_ptr<BlobWriter> create_blob(const base::Context& context) override;
  void put_manifest(const base::Context& context, const oci::RawManifest& manifest,
                    std::string_view tag) override;

 private:
  /// Where a file's bytes stand in the archive.
  struct Place {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
  };

  void read_headers(const base::Context& context);
  std::string read_small(const std::string& name, std::size_t limit) const;
  const Place* find(const hash::Digest& digest) const;
  std::optional<oci::RawManifest> read_manifest(const hash::Digest& digest,
                                                std::string_view media_type) const;
  [[noreturn]] void refuse() const;

  std::filesystem::path m_file;
  std::shared_ptr<const base::UniqueFd> m_fd;
  std::map<std::string, Place, std::less<>> m_places;
  LayoutIndex m_index;
};

}  // namespace pinnace::store
