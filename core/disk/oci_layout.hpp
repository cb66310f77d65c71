#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "disk/layout_directory.hpp"
#include "store/blob_store.hpp"

namespace pinnace::disk {

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
/// exclusive lock on `.pinnace-lock`. Who has asked for or put a blob, or has called hold(), has a
/// shared lock on `.pinnace-gc-lock` until the object and its writers are gone, so that garbage
/// collection can't take blobs whose manifest is still to come, nor what was found and therefore
/// isn't put.
class OciLayout final : public store::BlobStore {
 public:
  using Missing = disk::Missing;

  /// Whether the time of a manifest's file says when somebody last put it or asked for it, so that
  /// what is not used can go. Others' layouts are left as they are.
  enum class Uses { unnoted, noted };

  /// As LayoutDirectory.
  OciLayout(std::filesystem::path directory, Missing missing, Uses uses = Uses::unnoted);
  ~OciLayout() override;
  OciLayout(const OciLayout&) = delete;
  OciLayout& operator=(const OciLayout&) = delete;

  std::string where() const override { return m_directory.where(); }
  LayoutDirectory& directory() noexcept { return m_directory; }
  const LayoutDirectory& directory() const noexcept { return m_directory; }

  /// Also of a layout that isn't there yet, from when another process makes it. One that can't be
  /// written to isn't held.
  void hold(const base::Context& context) override;
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
  void put_instead(const base::Context& context, const oci::RawManifest& manifest,
                   std::string_view tag, const std::optional<hash::Digest>& before) override;
  std::vector<std::string> tags(const base::Context& context) override;
  std::vector<oci::Descriptor> referrers(const base::Context& context,
                                         const hash::Digest& subject) override;

  /// What LayoutIndex::find_default() says.
  std::optional<hash::Digest> default_image() const;

 private:
  /// Throws unless a tag that leads there may be moved.
  using CheckTag = std::function<void(const std::optional<oci::Descriptor>& present)>;
  class Writer;
  struct Listed;
  struct Named;

  void begin_look(const base::Context& context);
  std::optional<oci::RawManifest> find_unlisted(const hash::Digest& digest) const;
  [[noreturn]] void fail_lost(std::string_view tag, const oci::Descriptor& entry) const;
  store::PutOutcome put_fresh(const base::Context& context, const oci::Descriptor& blob,
                              const base::OpenSource& open);
  void write_blob(const oci::Descriptor& blob, base::Source& source, const base::Context& context);
  void begin_manifest(const base::Context& context, const oci::RawManifest& manifest,
                      std::string_view tag);
  void write_manifest(const base::Context& context, const oci::RawManifest& manifest);
  /// As put_manifest(), if the tag may be moved: nobody moves it in between.
  void put_if(const base::Context& context, const oci::RawManifest& manifest, std::string_view tag,
              const CheckTag& check);
  void note_use(const hash::Digest& manifest) const;
  std::shared_ptr<Listed> listed() const;
  Named look_up(const base::Context& context, std::string_view tag_or_digest);

  LayoutDirectory m_directory;
  Uses m_uses;
  std::atomic<bool> m_held = false;  ///< hold() was called
  mutable std::mutex m_listed_mutex;
  mutable std::shared_ptr<Listed> m_listed;  ///< as last read; guarded by m_listed_mutex
};

}  // namespace pinnace::disk
