#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "disk/oci_layout.hpp"
#include "hash/digest.hpp"

namespace pinnace::disk {

/// A blob that something in a layout names, and that is missing or not what it should be.
struct IntegrityProblem {
  hash::Digest digest;
  std::string message;  ///< whole: which blob of which layout, named by what, what is wrong
};

struct GcOptions {
  /// How long to wait for those who are writing; then collect_garbage() throws unavailable.
  std::chrono::milliseconds wait = std::chrono::seconds(10);
  /// Entries of index.json that are wanted no more, and go first; none if empty.
  std::function<bool(const oci::Descriptor&)> drop = {};
  /// What is checked of the blobs that stay: that they are there with their sizes, or all of it.
  enum class Check { sizes, contents } check = Check::contents;
};

struct GcResult {
  std::uint64_t blobs_kept = 0;
  std::uint64_t bytes_kept = 0;
  std::uint64_t blobs_removed = 0;
  std::uint64_t bytes_removed = 0;
  std::uint64_t temporaries_removed = 0;  ///< what processes that were killed left behind
  std::uint64_t temporary_bytes_removed = 0;
  std::vector<IntegrityProblem> problems;
};

/// Removes what nobody needs: blobs that no manifest reachable from index.json (through indexes,
/// manifests, subjects, and referrers of reachable manifests) names, and temporary files of dead
/// processes. Who writes to the layout holds it off (OciLayout::lock_out_gc), so blobs put before
/// their manifest are never lost; no other thread may write through this same object meanwhile.
/// Of a manifest of a type that is not known, all that it mentions by digest stays, whatever its
/// size. Readers are not disturbed. Killed at whatever instant, it leaves a valid layout.
///
/// It removes nothing where it can't be sure what is needed: where a manifest is missing or
/// corrupt, and where index.json is missing though there are blobs, which throws integrity. What
/// stays is checked, contents when others may write again; the problems found are in the result.
GcResult collect_garbage(const base::Context& context, OciLayout& layout,
                         const GcOptions& options = {});

/// Reads everything that is reachable from index.json and checks digests and sizes; empty if all is
/// sound. A layer that lives elsewhere by its "urls" may be missing.
std::vector<IntegrityProblem> validate(const base::Context& context, OciLayout& layout);

}  // namespace pinnace::disk
