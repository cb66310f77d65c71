#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "hash/digest.hpp"
#include "oci/manifest.hpp"
#include "origin/origin.hpp"
#include "store/blob_store.hpp"

namespace pinnace::origin {

/// What stands beside an image.
struct Statements {
  std::vector<Build> builds;          ///< what is said of its build; signed ones first
  std::uint64_t signatures = 0;       ///< that say no more than that it is signed
  std::vector<std::string> problems;  ///< what could not be read, a line each
};

/// Reads what is said of an image's manifest, and of the index or manifest that led to it:
/// referrers with in-toto statements, Sigstore bundles, cosign's tags, and what BuildKit lists in
/// an index. Only provenance is read, and no signature is verified. What is broken, missing or too
/// large is a problem. Throws what a store throws that can't be reached.
Statements read_statements(const base::Context& context, store::BlobStore& store,
                           const hash::Digest& manifest, const oci::RawManifest& above);

}  // namespace pinnace::origin
