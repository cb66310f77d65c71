#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "disk/layout_index.hpp"
#include "disk/tar_files.hpp"
#include "oci/image_name.hpp"
#include "store/blob_store.hpp"
#include "store/referring.hpp"

namespace pinnace::disk {

/// Images in an uncompressed tar archive: an OCI image layout (`oci-archive:`), as skopeo, buildah
/// and docker save write it, or what docker save has always written (`docker-archive:`). The
/// archive's headers are read once; blobs are then read where they stand, nothing is unpacked. For
/// reading only: whatever would write throws unsupported.
class ArchiveReader final : public store::BlobStore {
 public:
  /// Throws not_found; invalid_input as TarFiles() does, and for an archive of another format. In
  /// an archive of docker save that has a layout, too, that is what is read: it has the manifests.
  ArchiveReader(const base::Context& context, std::filesystem::path file,
                oci::ArchiveFormat format = oci::ArchiveFormat::oci);

  std::string where() const override { return oci::prefix_of(m_format) + m_files.path().string(); }
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
  const LayoutIndex& index() const noexcept { return m_index; }
  /// What LayoutIndex::find_default() says.
  std::optional<hash::Digest> default_image() const;
  /// Whether the manifests are made for an archive that has none: their digests are those of no
  /// registry.
  bool makes_manifests() const noexcept { return !m_made.empty(); }

  store::PutOutcome put_blob(const base::Context& context, const oci::Descriptor& blob,
                             const base::OpenSource& open,
                             const store::BlobStore* from = nullptr) override;
  std::unique_ptr<store::BlobWriter> create_blob(const base::Context& context) override;
  void put_manifest(const base::Context& context, const oci::RawManifest& manifest,
                    std::string_view tag) override;

 private:
  void read_layout();
  const TarFiles::Place* find(const hash::Digest& digest) const;
  std::optional<oci::RawManifest> read_manifest(const hash::Digest& digest,
                                                std::string_view media_type) const;
  [[noreturn]] void refuse() const;

  oci::ArchiveFormat m_format;
  TarFiles m_files;
  LayoutIndex m_index;
  std::map<hash::Digest, TarFiles::Place> m_blobs;  ///< that have other names than in a layout
  std::map<hash::Digest, oci::RawManifest> m_made;
  std::mutex m_mutex;
  std::optional<store::Referring> m_referring;  ///< guarded by m_mutex; empty: nobody has asked yet
};

}  // namespace pinnace::disk
