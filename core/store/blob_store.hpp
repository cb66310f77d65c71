#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/context.hpp"
#include "base/error.hpp"
#include "base/io.hpp"
#include "oci/descriptor.hpp"
#include "oci/manifest.hpp"

namespace pinnace::store {

/// What happened to a blob that was to be put.
enum class PutOutcome {
  existed,   ///< it was there, nothing was sent
  mounted,   ///< the registry took it over from another repository of its own
  uploaded,  ///< its bytes were sent
};

/// A blob whose digest is known only when it is complete: written while it is made. Dropped without
/// commit() it leaves nothing behind.
class BlobWriter : public base::Sink {
 public:
  /// Makes the blob visible under `digest`, which the caller has computed over what it wrote; the
  /// store checks the size, and a registry the digest. Throws integrity if they disagree.
  virtual void commit(const hash::Digest& digest, std::uint64_t size) = 0;
};

/// The store has lost what a BlobWriter was given, and can't be given it again by the writer:
/// whoever makes the bytes may make them again, into a new writer. The pauses that the failure
/// called for have been made.
class LostUpload final : public base::Error {
 public:
  explicit LostUpload(std::string message)
      : Error(base::ErrorCode::unavailable, std::move(message)) {}
};

/// A place for blobs, manifests and tags: an OCI image layout, memory, or a repository of a
/// registry. All methods may be called from several threads at once. Every read verifies digest and
/// size; every write is atomic. `where()` of the store is in each error.
class BlobStore {
 public:
  virtual ~BlobStore() = default;

  /// For messages: "oci:/tmp/x", "127.0.0.1:5000/shop/web".
  virtual std::string where() const = 0;

  /// Whether each look costs a request.
  virtual bool is_remote() const { return false; }

  /// For whoever looks at a store to know what he need not write, before his first look:
  /// what is found from then on stays until this object is gone. Waits for a garbage collection
  /// that runs; throws cancelled. A registry has no such operation.
  virtual void hold(const base::Context& /*context*/) {}

  virtual bool has_blob(const base::Context& context, const oci::Descriptor& blob) = 0;
  /// The blob's bytes, verified while they are read. Throws not_found.
  virtual std::unique_ptr<base::Source> open_blob(const base::Context& context,
                                                  const oci::Descriptor& blob) = 0;
  /// Puts a known blob unless it is there. `open` is called only if bytes are needed, and again if
  /// sending starts over. `from`, where given, is the store it comes from: a registry mounts when
  /// it is a repository of its own.
  virtual PutOutcome put_blob(const base::Context& context, const oci::Descriptor& blob,
                              const base::OpenSource& open, const BlobStore* from = nullptr) = 0;
  /// As put_blob(), but what is there is not trusted: it is read. What is damaged is replaced, in a
  /// layout atomically. Throws integrity where a store keeps what is damaged.
  virtual PutOutcome repair_blob(const base::Context& context, const oci::Descriptor& blob,
                                 const base::OpenSource& open, const BlobStore* from = nullptr) {
    return put_blob(context, blob, open, from);
  }
  /// Starts a blob that is written while it is made. The writer throws LostUpload where making it
  /// again is of use.
  virtual std::unique_ptr<BlobWriter> create_blob(const base::Context& context) = 0;

  /// The manifest or index under a tag or digest; nullopt if there is none. Verified when asked by
  /// digest.
  virtual std::optional<oci::RawManifest> find_manifest(const base::Context& context,
                                                        std::string_view tag_or_digest) = 0;
  /// As find_manifest(), but only what it is, where that costs less than its bytes (HEAD).
  virtual std::optional<oci::Descriptor> resolve(const base::Context& context,
                                                 std::string_view tag_or_digest) = 0;
  /// Whether the store says that a manifest is a part of it, be it by a tag, an index or alone.
  /// What a layout has of a manifest that never got that far, or lost its tag, is not.
  virtual bool lists(const base::Context& context, const hash::Digest& digest) {
    // Its bytes: a registry that lost them may still know the digest.
    return find_manifest(context, digest.str()).has_value();
  }
  /// Puts a manifest byte for byte; its blobs must be there already. `tag` may be empty.
  virtual void put_manifest(const base::Context& context, const oci::RawManifest& manifest,
                            std::string_view tag) = 0;
  /// As put_manifest() without a tag, of what another one names that is put after it: a layout
  /// lists that one alone.
  virtual void put_child(const base::Context& context, const oci::RawManifest& manifest) {
    put_manifest(context, manifest, {});
  }
  /// As put_manifest() without a tag, of several in their order: a layout lists them together.
  virtual void put_manifests(const base::Context& context,
                             const std::vector<oci::RawManifest>& manifests);
  /// As put_manifest(), but throws conflict, and moves nothing, if the tag leads to another
  /// manifest. An OCI layout looks under its lock. A registry has no such operation: it is asked
  /// immediately before, and a tag that appears in the moment between is overwritten.
  virtual void put_unmoved(const base::Context& context, const oci::RawManifest& manifest,
                           std::string_view tag);
  /// As put_manifest(), but throws conflict, and moves nothing, unless the tag leads to `before`
  /// still (nullopt: nowhere). Looked at as put_unmoved() looks.
  virtual void put_instead(const base::Context& context, const oci::RawManifest& manifest,
                           std::string_view tag, const std::optional<hash::Digest>& before);
  virtual std::vector<std::string> tags(const base::Context& context) = 0;
  /// Manifests whose subject is `subject`.
  virtual std::vector<oci::Descriptor> referrers(const base::Context& context,
                                                 const hash::Digest& subject) = 0;
};

/// Throws conflict if `present`, where `tag` of a store leads, is another manifest than `digest`.
void check_unmoved(const std::string& where, std::string_view tag,
                   const std::optional<oci::Descriptor>& present, const hash::Digest& digest);
/// Throws conflict unless `present`, where `tag` of a store leads, is `before`.
void check_still(const std::string& where, std::string_view tag,
                 const std::optional<oci::Descriptor>& present,
                 const std::optional<hash::Digest>& before);
/// As find_manifest(), but throws not_found that names the store.
oci::RawManifest get_manifest(BlobStore& store, const base::Context& context,
                              std::string_view tag_or_digest);
/// Where a tag leads; nullopt also where what it leads to is lost: a copy brings it.
std::optional<oci::Descriptor> resolve_sound(BlobStore& store, const base::Context& context,
                                             std::string_view tag);
/// The same, with its bytes.
std::optional<oci::RawManifest> find_sound(BlobStore& store, const base::Context& context,
                                           std::string_view tag_or_digest);
/// A small blob whole (a config); at most `limit` bytes.
std::string read_blob(BlobStore& store, const base::Context& context, const oci::Descriptor& blob,
                      std::size_t limit);
/// Whether a store has a blob whose bytes are what its digest says. Reads all of it.
bool is_sound(BlobStore& store, const base::Context& context, const oci::Descriptor& blob);
/// Puts a small blob from memory, and returns its descriptor.
oci::Descriptor put_bytes(BlobStore& store, const base::Context& context, std::string_view bytes,
                          std::string_view media_type);

}  // namespace pinnace::store
