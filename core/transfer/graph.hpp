#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/context.hpp"
#include "oci/manifest.hpp"
#include "store/blob_store.hpp"
#include "transfer/copy.hpp"

namespace pinnace::transfer {

/// What one copy has to do: the manifests in the order in which they must be put, and the blobs
/// that must be there before.
struct Graph {
  std::vector<oci::RawManifest> children;   ///< that others name or tags lead to, lowest first
  std::vector<oci::RawManifest> referrers;  ///< after them and the root
  std::vector<oci::Descriptor> blobs;       ///< to be put where the target lacks them
  std::vector<std::pair<std::string, oci::RawManifest>> tags;  ///< of cosign's, to be put last
};

/// Finds the graph below a manifest, leaving out what the target holds.
///
/// A manifest is put after all that it needs, but who has it may have lost some of that since, or
/// never had it (a copy of one platform alone). So the children of an index are asked for even
/// where the index is there. What a manifest that is there needs is looked at where a look is
/// cheap, in a layout, and everywhere if the options say repair. A manifest whose child has to be
/// put is put again, after it.
class GraphReader {
 public:
  GraphReader(const base::Context& context, store::BlobStore& source, store::BlobStore& target,
              const CopyOptions& options)
      : m_context(context), m_source(source), m_target(target), m_options(options) {}

  /// What is known of a manifest in the target.
  enum class Presence { unknown, absent, present };

  /// Adds all that the root needs; returns whether it has to be put itself, which is for the
  /// caller.
  bool add_root(const oci::RawManifest& root, Presence presence);
  Graph take() { return std::move(m_graph); }

 private:
  /// A child of an index that was looked at.
  struct Child {
    oci::Descriptor descriptor;
    Presence presence = Presence::unknown;
    std::optional<oci::RawManifest> raw;  ///< where it has to be read
  };

  /// Adds a manifest, to `list` unless that is null, and all below; returns whether it has to be
  /// put.
  bool add(const oci::RawManifest& raw, Presence presence, std::vector<oci::RawManifest>* list,
           std::size_t depth);
  bool add_content(const oci::RawManifest& raw, std::size_t depth);
  bool add_children(const std::vector<oci::Descriptor>& children, std::size_t depth);
  void look_at(const base::Context& context, Child& child);
  bool trusts_target() const;
  bool looks_below(bool is_index) const;
  void add_blob(const oci::Descriptor& blob);
  void add_referring(const hash::Digest& subject, std::size_t depth);
  void add_referrers(const hash::Digest& subject, std::size_t depth);
  void add_cosign_tags(const hash::Digest& subject, std::size_t depth);
  bool is_left(const oci::RawManifest& referrer, const hash::Digest& subject) const;
  void check_bounds(const hash::Digest& digest, std::size_t depth, std::size_t more) const;
  void check_bytes(const hash::Digest& digest, std::uint64_t more) const;

  const base::Context& m_context;
  store::BlobStore& m_source;
  store::BlobStore& m_target;
  const CopyOptions& m_options;
  Graph m_graph;
  std::uint64_t m_bytes = 0;  ///< of manifests
  std::set<hash::Digest> m_seen;
  std::set<hash::Digest> m_put;  ///< manifests that have to be put
};

}  // namespace pinnace::transfer
