#pragma once

#include <map>
#include <vector>

#include "oci/descriptor.hpp"
#include "oci/manifest.hpp"

namespace pinnace::store {

/// Manifests by their subject, gathered once for a store that has no list of its own.
class Referring {
 public:
  /// Adds a manifest if it has a subject.
  void add(const oci::RawManifest& manifest);
  /// As the referrers API lists them (OCI distribution specification, "Listing referrers":
  /// artifactType, else the config's media type, and the annotations).
  std::vector<oci::Descriptor> to(const hash::Digest& subject) const;

 private:
  std::map<hash::Digest, std::map<hash::Digest, oci::Descriptor>> m_by_subject;
};

}  // namespace pinnace::store
