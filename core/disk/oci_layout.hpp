#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>

#include "files/directory.hpp"
#include "files/file.hpp"
#include "store/blob_store.hpp"

namespace pinnace::disk {

class LayoutIndex;

/// An OCI image layout directory (OCI image specification, image-layout.md, 1.0 and 1.1):
/// `oci-layout`, `blobs/<algorithm>/<hex>` and `index.json`, whose entries'
/// "org.opencontainers.image.ref.name" are the tags.
///
/// A tag is what the annotation says, byte for byte ("latest", "registry.example/shop:1"); a plain
/// tag also finds the one entry whose full reference ends with that tag, as some tools write it.
/// put_manifest() with a tag moves the tag; without, it adds an untagged entry unless the digest is
/// listed, which keeps the manifest until somebody takes it out. Children are blobs without an
/// entry. Entries and fields that we don't know stay as they are.
///
/// Any number of processes and threads may share a directory. index.json is changed under an
/// exclusive lock on `.pinnace-lock`. Who has asked for or put a blob holds a shared lock on
/// `.pinnace-gc-lock` until the object and its writers are gone, so that garbage collection can't
/// take blobs whose manifest is still to come. Symbolic links below the directory are refused.
///
/// What can't be looked at is never taken for absent: that throws io. So does every use of a layout
/// that was there and went away; one that has blobs but no index.json throws integrity.
class OciLayout final : public store::BlobStore {
 public:
  /// What to do where there is no layout yet. A directory that is empty, or has nothing but other
  /// layouts below, is one that has nothing: a killed creation leaves such, and names of images may
  /// be nested.
  enum class Missing {
    refuse,  ///< not_found, or invalid_input for something that is no layout
    create,  ///< an absent directory becomes a layout at the first write; until then all is absent
  };

  /// Whether the time of a manifest's file says when somebody last put it or asked for it, so that
  /// what is not used can go. Others' layouts are left as they are.
  enum class Uses { unnoted, noted };

  /// Changes nothing. Throws invalid_input that names the directory and what was expected;
  /// unsupported for an imageLayoutVersion other than 1.x.
  OciLayout(std::filesystem::path directory, Missing missing, Uses uses = Uses::unnoted);
  ~OciLayout() override;
  OciLayout(const OciLayout&) = delete;
  OciLayout& operator=(const OciLayout&) = delete;

  std::string where() const override { return "oci:" + m_path.string(); }
  const std::filesystem::path& path() const noexcept { return m_path; }

  bool has_blob(const base::Context& context, const oci::Descriptor& blob) override;
  std::unique_ptr<base::Source> open_blob(const base::Context& context,
                                          const oci::Descriptor& blob) override;
  store::PutOutcome put_blob(const base::Context& context, const oci::Descriptor& blob,
                             const base::OpenSource& open,
                             const store::BlobStore* from = nullptr) override;
  store::PutOutcome repair_blob(const base::Context& context, const oci::Descriptor& blob,
                                const base::OpenSource& open,
                                const store::BlobStore* from = nullptr) override;
  /// commit() checks the size; the digest is the caller's word, and checked by whoever reads.
  std::unique_ptr<store::BlobWriter> create_blob(const base::Context& context) override;
  /// Also finds by digest what only an index names. A tag whose manifest is lost throws integrity.
  std::optional<oci::RawManifest> find_manifest(const base::Context& context,
                                                std::string_view tag_or_digest) override;
  std::optional<oci::Descriptor> resolve(const base::Context& context,
                                         std::string_view tag_or_digest) override;
  bool lists(const base::Context& context, const hash::Digest& digest) override;
  void put_manifest(const base::Context& context, const oci::RawManifest& manifest,
                    std::string_view tag) override;
  void put_child(const base::Context& context, const oci::RawManifest& manifest) override;
  void put_manifests(const base::Context& context,
                     const std::vector<oci::RawManifest>& manifests) override;
  void put_unmoved(const base::Context& context, const oci::RawManifest& manifest,
                   std::string_view tag) override;
  std::vector<std::string> tags(const base::Context& context) override;
  std::vector<oci::Descriptor> referrers(const base::Context& context,
                                         const hash::Digest& subject) override;

  /// What LayoutIndex::find_default() says.
  std::optional<hash::Digest> default_image() const;
  /// index.json as it is now.
  LayoutIndex read_index() const;
  /// Its entries.
  std::vector<oci::Descriptor> entries() const;
  /// Takes entries out of index.json; their blobs stay, for collect_garbage().
  void drop_entries(const base::Context& context,
                    const std::function<bool(const oci::Descriptor&)>& drop);
  /// The status of a blob's file, if it is there and a regular one.
  std::optional<struct stat> blob_status(const hash::Digest& digest) const;
  /// The manifest under a digest; nullopt if there is no such blob. `media_type`, if not empty, is
  /// what a descriptor calls it. Throws integrity or invalid_input for a blob that is no sound
  /// manifest.
  std::optional<oci::RawManifest> read_manifest(const hash::Digest& digest,
                                                std::string_view media_type) const;
  /// blobs/<algorithm>; nullopt if there is none. Throws if a symbolic link stands there.
  std::optional<files::Directory> blob_directory(hash::Algorithm algorithm) const;

  /// Keeps garbage collectors out as long as the lock lives, waiting for a running one to end;
  /// nullptr where the directory can't be written to. Throws cancelled.
  std::shared_ptr<files::FileLock> lock_out_gc(const base::Context& context);
  /// Keeps everybody out who writes; this object's own hold is given up first (but not that of a
  /// BlobWriter that is still alive). Throws unavailable if others hold on for longer than `wait`.
  files::FileLock lock_out_writers(const base::Context& context, std::chrono::milliseconds wait);

 private:
  class Writer;
  struct Listed;

  void check_existing(Missing missing);
  bool exists() const;
  bool has_any_blob() const;
  void begin_write(const base::Context& context);
  /// For whoever changes index.json.
  files::FileLock lock_index(const base::Context& context) const;
  void create_skeleton(const base::Context& context);
  std::filesystem::path blob_path(const hash::Digest& digest) const;
  void prepare_blob_directory(hash::Algorithm algorithm);
  std::optional<oci::RawManifest> find_unlisted(const hash::Digest& digest) const;
  [[noreturn]] void fail_lost(std::string_view tag, const oci::Descriptor& entry) const;
  store::PutOutcome put_fresh(const base::Context& context, const oci::Descriptor& blob,
                              const base::OpenSource& open);
  void write_blob(const oci::Descriptor& blob, base::Source& source, const base::Context& context);
  void begin_manifest(const base::Context& context, const oci::RawManifest& manifest,
                      std::string_view tag);
  void write_manifest(const base::Context& context, const oci::RawManifest& manifest);
  void write_index(const LayoutIndex& index);
  void note_use(const hash::Digest& manifest) const;
  std::optional<std::string> index_text() const;
  LayoutIndex parse_index(const std::optional<std::string>& text) const;
  std::shared_ptr<Listed> listed() const;

  std::filesystem::path m_path;
  Uses m_uses;
  mutable std::mutex m_mutex;
  std::shared_ptr<files::FileLock> m_gc_lock;  ///< guarded by m_mutex
  mutable std::atomic<bool> m_seen = false;    ///< oci-layout was there
  bool m_ready = false;                        ///< the skeleton exists; guarded by m_mutex
  mutable std::mutex m_listed_mutex;
  mutable std::shared_ptr<Listed> m_listed;  ///< as last read; guarded by m_listed_mutex
};

}  // namespace pinnace::disk
