#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "disk/archive_reader.hpp"
#include "disk/oci_layout.hpp"
#include "files/scratch.hpp"
#include "oci/image_name.hpp"
#include "userfile/output_file.hpp"

namespace pinnace::disk {

/// A new OCI image layout in a tar archive (`oci-archive:`), for transfer where there is no
/// network; for docker load (`docker-archive:`) with a manifest.json, as docker save writes both.
/// Blobs are gathered in a layout directory beside the file; each put_manifest() with a tag packs
/// all of it and gives the file its name, in place of an older one, whose images under other tags
/// stay, also those that another process writes at the same time. The archive's bytes depend on its
/// content only: entries are sorted, their times 0, their owners root; that is why blobs, which
/// arrive in any order, are not written to it directly. A tag of docker's is a whole name,
/// "docker.io/library/web:1"; another one completes the archive, and is not in it. A device or a
/// FIFO gets the archive of one tag as it is packed; blobs are gathered in the directory of
/// temporary files then.
class ArchiveWriter final : public store::BlobStore {
 public:
  /// Throws not_found where `file` would have no directory, io if none can be made beside it. What
  /// else `file` may be than an archive is told when it is first looked at.
  explicit ArchiveWriter(std::filesystem::path file,
                         oci::ArchiveFormat format = oci::ArchiveFormat::oci);

  std::string where() const override { return oci::prefix_of(m_format) + m_file.string(); }
  bool has_blob(const base::Context& context, const oci::Descriptor& blob) override;
  std::unique_ptr<base::Source> open_blob(const base::Context& context,
                                          const oci::Descriptor& blob) override;
  store::PutOutcome put_blob(const base::Context& context, const oci::Descriptor& blob,
                             const base::OpenSource& open,
                             const store::BlobStore* from = nullptr) override;
  std::unique_ptr<store::BlobWriter> create_blob(const base::Context& context) override;
  std::optional<oci::RawManifest> find_manifest(const base::Context& context,
                                                std::string_view tag_or_digest) override;
  std::optional<oci::Descriptor> resolve(const base::Context& context,
                                         std::string_view tag_or_digest) override;
  /// One without a tag that refers to another is put alone: that packs the archive, too. Throws
  /// unsupported for it in docker's format, which has no place for such.
  void put_manifest(const base::Context& context, const oci::RawManifest& manifest,
                    std::string_view tag) override;
  void put_child(const base::Context& context, const oci::RawManifest& manifest) override;
  void put_manifests(const base::Context& context,
                     const std::vector<oci::RawManifest>& manifests) override;
  std::vector<std::string> tags(const base::Context& context) override;
  std::vector<oci::Descriptor> referrers(const base::Context& context,
                                         const hash::Digest& subject) override;

 private:
  /// Which file has the name; nullopt: none, or an empty one.
  struct Version {
    dev_t device;
    ino_t inode;
    off_t size;
    std::int64_t seconds;
    std::int64_t nanoseconds;
    bool operator==(const Version&) const = default;
  };
  std::optional<Version> version() const;

  void pack(const base::Context& context);
  void pack_into(const base::Context& context, base::Sink& out, ArchiveReader* there);
  /// False: another process has replaced the file since it was looked at.
  bool replace(const base::Context& context, userfile::OutputFile& out);
  std::shared_ptr<ArchiveReader> old(const base::Context& context);
  std::shared_ptr<ArchiveReader> open_old(const base::Context& context) const;

  oci::ArchiveFormat m_format;
  std::filesystem::path m_file;
  userfile::OutputPlace m_place;
  bool m_streamed = false;  ///< what can't be replaced was written
  files::ScratchDirectory m_directory;
  OciLayout m_layout;
  std::mutex m_packing;
  std::mutex m_opening;
  bool m_opened = false;
  std::shared_ptr<ArchiveReader> m_old;  ///< what was there; null for nothing
  std::optional<Version> m_version;      ///< the file that has no image but those and our own
};

}  // namespace pinnace::disk
