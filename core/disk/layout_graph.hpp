#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "disk/gc.hpp"
#include "disk/layout_directory.hpp"

namespace pinnace::disk {

/// What is reachable in a layout, found by reading the manifests; each blob is in it once. What an
/// index lists and is of a type that we don't know, as the manifests of other tools and times, may
/// need whatever its text mentions by digest.
class LayoutGraph {
 public:
  /// Called with every sound manifest and index, once each.
  using OnManifest = std::function<void(const oci::RawManifest&)>;

  /// A blob that is no manifest that we know, and what names it.
  struct Leaf {
    oci::Descriptor descriptor;
    std::string named_by;
  };

  explicit LayoutGraph(const LayoutDirectory& layout, OnManifest on_manifest = {})
      : m_layout(layout), m_on_manifest(std::move(on_manifest)) {}

  /// Adds what index.json lists, and all below.
  void add_entries(const base::Context& context);
  /// Adds a manifest, and all below.
  void add(const base::Context& context, oci::Descriptor manifest, std::string named_by);

  bool contains(const hash::Digest& digest) const {
    return m_manifests.contains(digest) || m_leaves.contains(digest);
  }
  const std::map<hash::Digest, Leaf>& leaves() const noexcept { return m_leaves; }
  /// Manifests that are missing or damaged. A subject may be missing, that is no problem.
  const std::vector<IntegrityProblem>& problems() const noexcept { return m_problems; }
  /// Whether a manifest is missing or can't be understood, so that what it needs is not known.
  bool damaged() const noexcept { return m_damaged; }
  /// "blob sha256:... of oci:/x, named by manifest sha256:...".
  std::string describe(const hash::Digest& digest, const std::string& named_by) const;

 private:
  /// What a descriptor stands for where it was found.
  enum class Role { manifest, subject, content };
  struct Step {
    oci::Descriptor descriptor;
    std::string named_by;
    Role role;
  };

  void visit(const base::Context& context, Step step);
  void visit_manifest(const Step& step);
  void push_children(const oci::RawManifest& manifest);
  void push_mentioned(const base::Context& context, const Step& step);
  void push_found(const hash::Digest& digest, std::string named_by);

  const LayoutDirectory& m_layout;
  OnManifest m_on_manifest;
  std::vector<Step> m_open;
  std::set<hash::Digest> m_manifests;
  std::set<hash::Digest> m_unknown;  ///< whose text was looked through
  std::map<hash::Digest, Leaf> m_leaves;
  std::vector<IntegrityProblem> m_problems;
  bool m_damaged = false;
};

}  // namespace pinnace::disk
