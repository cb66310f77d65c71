#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/context.hpp"
#include "base/error.hpp"
#include "oci/descriptor.hpp"
#include "oci/manifest.hpp"
#include "store/blob_store.hpp"
#include "transfer/missing_blobs.hpp"

namespace pinnace::output {

/// One place that the image goes to.
struct Target {
  std::shared_ptr<store::BlobStore> store;
  std::string tag;  ///< may be empty
};

/// A place that the image goes to has failed: no line of a definition has to do with that.
class TargetFailed final : public base::Error {
 public:
  explicit TargetFailed(const base::Error& error) : Error(error) {}
};

/// All places that one image goes to, as if they were one: what is written goes to each while it is
/// made. What fails there is thrown as TargetFailed.
class Targets {
 public:
  explicit Targets(std::vector<Target> targets) : m_targets(std::move(targets)) {}

  const std::vector<Target>& list() const noexcept { return m_targets; }

  /// These and `more`, which get blobs only.
  Targets with(const std::vector<std::shared_ptr<store::BlobStore>>& more) const;

  /// Whether every target has this blob.
  bool have_blob(const base::Context& context, const oci::Descriptor& blob);
  /// Whether one of them is this tag of this place, as far as their names tell.
  bool contain(const store::BlobStore& store, std::string_view tag) const;
  /// Whether this is what every target has under its tag, or by its digest if it has no tag. A
  /// manifest is put after all that it needs: then that is there, too. A layout that is to keep it
  /// without a tag is told so, as it may be there as the child of something only.
  bool have_root(const base::Context& context, const oci::RawManifest& manifest);
  /// A writer into every target.
  std::unique_ptr<store::BlobWriter> create_blob(const base::Context& context);
  static oci::Descriptor describe_bytes(std::string_view bytes, std::string_view media_type);
  oci::Descriptor put_bytes(const base::Context& context, std::string_view bytes,
                            std::string_view media_type);
  /// Copies a base's layers, several at once.
  void copy_blobs(const base::Context& context, const std::shared_ptr<store::BlobStore>& source,
                  const std::vector<oci::Descriptor>& blobs);
  void put_child(const base::Context& context, const oci::RawManifest& manifest);
  /// A manifest, under each target's tag, and tells what that led to before: the last step of a
  /// build.
  void put_root(const base::Context& context, const oci::RawManifest& manifest);

 private:
  /// What the targets may not have taken, though they said so (transfer::put_with_blobs).
  class Offered {
   public:
    void add(transfer::Offer offer) {
      const std::lock_guard lock(m_mutex);
      m_offers.push_back(std::move(offer));
    }
    std::vector<transfer::Offer> all() const {
      const std::lock_guard lock(m_mutex);
      return m_offers;
    }

   private:
    mutable std::mutex m_mutex;
    std::vector<transfer::Offer> m_offers;
  };

  void put(const base::Context& context, const Target& target,
           const std::function<void()>& put) const;

  std::vector<Target> m_targets;
  std::shared_ptr<Offered> m_offered = std::make_shared<Offered>();  ///< shared by with()
};

}  // namespace pinnace::output
