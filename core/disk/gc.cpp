#include "disk/gc.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "disk/layout_graph.hpp"
#include "files/temporary.hpp"
#include "store/verified.hpp"

namespace pinnace::disk {

using base::Error;
using base::ErrorCode;
using files::Directory;

namespace {

constexpr std::array<hash::Algorithm, 2> k_algorithms = {hash::Algorithm::sha256,
                                                         hash::Algorithm::sha512};

/// A file of blobs/ whose name is a digest.
struct BlobFile {
  hash::Digest digest;
  std::uint64_t size = 0;
};

std::optional<hash::Digest> digest_of(hash::Algorithm algorithm, const std::string& name) {
  const bool hex = name.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!hex || name.size() != (algorithm == hash::Algorithm::sha256 ? 64 : 128)) return std::nullopt;
  return hash::Digest::parse(std::string(hash::to_string(algorithm)) + ":" + name);
}

std::vector<BlobFile> list_blobs(const LayoutDirectory& layout) {
  std::vector<BlobFile> files;
  for (const hash::Algorithm algorithm : k_algorithms) {
    const auto directory = layout.blob_directory(algorithm);
    if (!directory) continue;
    for (const std::string& name : directory->names()) {
      const auto digest = digest_of(algorithm, name);
      const auto status = digest ? directory->status(name) : std::nullopt;
      if (!status || !S_ISREG(status->st_mode)) continue;
      files.push_back({*digest, static_cast<std::uint64_t>(status->st_size)});
    }
  }
  return files;
}

void remove_file(const Directory& directory, const std::string& name) {
  if (::unlinkat(directory.fd(), name.c_str(), 0) != 0 && errno != ENOENT) {
    base::throw_errno(errno, "remove " + (directory.path() / name).string());
  }
}

void remove_temporaries(const Directory& directory, GcResult& result) {
  const files::Abandoned removed = files::remove_abandoned(directory);
  result.temporaries_removed += removed.count;
  result.temporary_bytes_removed += removed.bytes;
}

void remove_temporaries(const LayoutDirectory& layout, GcResult& result) {
  remove_temporaries(Directory(layout.path()), result);
  for (const hash::Algorithm algorithm : k_algorithms) {
    if (const auto directory = layout.blob_directory(algorithm)) {
      remove_temporaries(*directory, result);
    }
  }
}

struct Referrer {
  oci::Descriptor descriptor;
  hash::Digest subject;
};

/// Manifests with a subject that nothing reachable names: other tools may list them elsewhere.
std::vector<Referrer> unlisted_referrers(const LayoutDirectory& layout, const LayoutGraph& graph,
                                         const std::vector<BlobFile>& files) {
  std::vector<Referrer> found;
  for (const BlobFile& file : files) {
    if (file.size > oci::k_max_manifest || graph.contains(file.digest)) continue;
    try {
      const auto manifest = layout.read_manifest(file.digest, {});
      const auto subject = manifest ? store::subject_of(*manifest) : std::nullopt;
      if (subject) found.push_back({manifest->descriptor(), *subject});
    } catch (const Error& error) {
      // What is no sound manifest refers to nothing.
      if (error.code() == ErrorCode::io) throw;
    }
  }
  return found;
}

void add_unlisted_referrers(const base::Context& context, const LayoutDirectory& layout,
                            const std::vector<BlobFile>& files, LayoutGraph& graph) {
  const auto candidates = unlisted_referrers(layout, graph, files);
  // A referrer of a referrer becomes reachable only after that one.
  for (bool grown = true; grown;) {
    grown = false;
    for (const Referrer& referrer : candidates) {
      const hash::Digest& digest = referrer.descriptor.digest;
      if (graph.contains(digest) || !graph.contains(referrer.subject)) continue;
      graph.add(context, referrer.descriptor, "its subject " + referrer.subject.str());
      grown = true;
    }
  }
}

/// Whether index.json lists it for what it is attached to alone: it has no tag, and that is there.
bool is_only_attached(const LayoutDirectory& layout, const oci::Descriptor& entry) {
  if (entry.annotations.contains(k_ref_name) || entry.annotations.contains(k_image_name) ||
      !oci::media_type::is_any_manifest(entry.media_type))
    return false;
  try {
    const auto manifest = layout.read_manifest(entry.digest, entry.media_type);
    const auto subject = manifest ? store::subject_of(*manifest) : std::nullopt;
    return subject && layout.blob_status(*subject);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::io) throw;
    return false;
  }
}

/// What index.json lists, and what is attached to that. An image that lost its tag does not stay
/// for its SBOM.
void add_reachable(const base::Context& context, const LayoutDirectory& layout,
                   const std::vector<BlobFile>& files, LayoutGraph& graph) {
  for (const oci::Descriptor& entry : layout.read_index().entries()) {
    if (!is_only_attached(layout, entry)) graph.add(context, entry, "index.json");
  }
  add_unlisted_referrers(context, layout, files, graph);
}

/// Takes what is removed out of index.json.
void drop_removed(const base::Context& context, LayoutDirectory& layout, const LayoutGraph& graph) {
  if (graph.damaged()) return;
  layout.change_index(context, [&](LayoutIndex& index) {
    return index.remove_if(
        [&](const oci::Descriptor& entry) { return !graph.contains(entry.digest); });
  });
}

/// Whether a blob is there with its size; else that is a problem, if it must be there.
bool check_size(const LayoutDirectory& layout, const LayoutGraph& graph,
                const LayoutGraph::Leaf& leaf, std::vector<IntegrityProblem>& problems) {
  const oci::Descriptor& blob = leaf.descriptor;
  const auto status = layout.blob_status(blob.digest);
  if (status && static_cast<std::uint64_t>(status->st_size) == blob.size) return true;
  if (!status && blob.other.contains("urls")) return false;
  const std::string what = graph.describe(blob.digest, leaf.named_by);
  problems.push_back({blob.digest, !status ? what + ": missing"
                                           : what + ": has " + std::to_string(status->st_size) +
                                                 " bytes, expected " + std::to_string(blob.size)});
  return false;
}

/// Reads the blob to its end.
void check_content(const base::Context& context, OciLayout& layout, const LayoutGraph& graph,
                   const LayoutGraph::Leaf& leaf, std::vector<IntegrityProblem>& problems) {
  try {
    store::read_to_end(context, *layout.open_blob(context, leaf.descriptor));
  } catch (const Error& error) {
    const bool damage = error.code() == ErrorCode::integrity ||
                        error.code() == ErrorCode::invalid_input ||
                        error.code() == ErrorCode::not_found;
    if (!damage) throw;
    const hash::Digest& digest = leaf.descriptor.digest;
    const std::string why =
        error.code() == ErrorCode::integrity ? " is corrupt" : ": " + std::string(error.what());
    problems.push_back({digest, graph.describe(digest, leaf.named_by) + why});
  }
}

void check_leaves(const base::Context& context, OciLayout& layout, const LayoutGraph& graph,
                  GcOptions::Check check, std::vector<IntegrityProblem>& problems) {
  const auto hold = layout.directory().lock_out_gc(context);
  std::set<hash::Digest> reported;
  for (const IntegrityProblem& problem : problems) reported.insert(problem.digest);
  for (const auto& [digest, leaf] : graph.leaves()) {
    context.check();
    if (reported.contains(digest)) continue;
    if (check_size(layout.directory(), graph, leaf, problems) &&
        check == GcOptions::Check::contents) {
      check_content(context, layout, graph, leaf, problems);
    }
  }
}

void sweep(const LayoutDirectory& layout, const LayoutGraph& graph,
           const std::vector<BlobFile>& files, GcResult& result) {
  for (const BlobFile& file : files) {
    if (graph.damaged() || graph.contains(file.digest)) {
      ++result.blobs_kept;
      result.bytes_kept += file.size;
      continue;
    }
    const auto directory = layout.blob_directory(file.digest.algorithm());
    if (!directory) continue;
    remove_file(*directory, std::string(file.digest.hex()));
    ++result.blobs_removed;
    result.bytes_removed += file.size;
  }
}

}  // namespace

GcResult collect_garbage(const base::Context& context, OciLayout& layout,
                         const GcOptions& options) {
  GcResult result;
  LayoutDirectory& directory = layout.directory();
  LayoutGraph graph(directory);
  {
    const files::FileLock lock = directory.lock_out_writers(context, options.wait);
    if (options.drop)
      directory.change_index(context,
                             [&](LayoutIndex& index) { return index.remove_if(options.drop); });
    const std::vector<BlobFile> files = list_blobs(directory);
    add_reachable(context, directory, files, graph);
    context.check();
    drop_removed(context, directory, graph);
    sweep(directory, graph, files, result);
    remove_temporaries(directory, result);
  }
  result.problems = graph.problems();
  check_leaves(context, layout, graph, options.check, result.problems);
  return result;
}

std::vector<IntegrityProblem> validate(const base::Context& context, OciLayout& layout) {
  const auto hold = layout.directory().lock_out_gc(context);
  LayoutGraph graph(layout.directory());
  graph.add_entries(context);
  std::vector<IntegrityProblem> problems = graph.problems();
  check_leaves(context, layout, graph, GcOptions::Check::contents, problems);
  return problems;
}

}  // namespace pinnace::disk
