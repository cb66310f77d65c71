#include "transfer/copy.hpp"

#include <algorithm>
#include <atomic>
#include <set>

#include "base/error.hpp"
#include "transfer/parallel.hpp"

namespace pinnace::transfer {

using base::Context;
using base::Error;
using base::ErrorCode;
using oci::Descriptor;
using oci::RawManifest;
using store::BlobStore;
using store::PutOutcome;

namespace {

constexpr std::size_t k_max_manifests = 10'000;
constexpr std::size_t k_max_depth = 8;

/// Reports the bytes that pass to the caller's progress.
class ProgressSource final : public base::Source {
 public:
  ProgressSource(const Context& context, std::unique_ptr<base::Source> inner,
                 const Descriptor& blob)
      : m_context(context),
        m_inner(std::move(inner)),
        m_what("blob " + blob.digest.short_hex()),
        m_total(blob.size) {}
  std::size_t read(std::span<std::byte> buffer) override {
    m_context.check();
    const std::size_t size = m_inner->read(buffer);
    m_done += size;
    if (m_done - m_reported >= k_step || size == 0) {
      m_reported = m_done;
      m_context.progress(m_what, m_done, m_total);
    }
    return size;
  }

 private:
  static constexpr std::uint64_t k_step = 1 << 20;
  const Context& m_context;
  std::unique_ptr<base::Source> m_inner;
  std::string m_what;
  std::uint64_t m_total;
  std::uint64_t m_done = 0;
  std::uint64_t m_reported = 0;
};

/// The manifests of one copy, in the order in which they must be put, and the blobs that they need.
struct Graph {
  std::vector<RawManifest> manifests;  ///< children before parents, the root before its referrers
  std::vector<Descriptor> blobs;
  std::vector<std::pair<std::string, RawManifest>> tags;  ///< of cosign's, to be put last
  std::set<hash::Digest> seen;
};

/// Finds the graph below a manifest, leaving out what the target holds whole.
class GraphReader {
 public:
  GraphReader(const Context& context, BlobStore& source, BlobStore& target, Referrers referrers)
      : m_context(context), m_source(source), m_target(target), m_referrers(referrers) {}

  /// What is known of the manifest in the target.
  enum class Presence { unknown, absent, present };
  void add(const RawManifest& raw, Presence presence, std::size_t depth);
  Graph take() { return std::move(m_graph); }

 private:
  void add_children(const RawManifest& raw, std::size_t depth);
  void add_child(const Descriptor& child, std::size_t depth);
  void add_blob(const Descriptor& blob);
  void add_referrers(const hash::Digest& subject, std::size_t depth);
  void add_cosign_tags(const hash::Digest& subject, std::size_t depth);

  const Context& m_context;
  BlobStore& m_source;
  BlobStore& m_target;
  Referrers m_referrers;
  Graph m_graph;
};

void GraphReader::add(const RawManifest& raw, Presence presence, std::size_t depth) {
  if (depth > k_max_depth || m_graph.manifests.size() >= k_max_manifests) {
    throw Error(ErrorCode::invalid_input, raw.digest.str() + " of " + m_source.where() +
                                              " has more than " + std::to_string(k_max_depth) +
                                              " levels or " + std::to_string(k_max_manifests) +
                                              " manifests");
  }
  if (!m_graph.seen.insert(raw.digest).second) return;
  // A manifest is put after all that it needs: if it is there, so is everything below it.
  if (presence == Presence::unknown && m_target.resolve(m_context, raw.digest.str())) {
    presence = Presence::present;
  }
  if (presence != Presence::present) {
    add_children(raw, depth);
    m_graph.manifests.push_back(raw);
  }
  if (m_referrers == Referrers::copy) {
    add_referrers(raw.digest, depth);
    add_cosign_tags(raw.digest, depth);
  }
}

void GraphReader::add_children(const RawManifest& raw, std::size_t depth) {
  const auto name = [&] { return "manifest " + raw.digest.str() + " of " + m_source.where(); };
  if (raw.is_index()) {
    const oci::Index index = base::with_context(name, [&] { return oci::Index::parse(raw); });
    for (const Descriptor& child : index.manifests) add_child(child, depth);
    return;
  }
  const oci::Manifest manifest =
      base::with_context(name, [&] { return oci::Manifest::parse(raw); });
  for (const Descriptor& layer : manifest.layers) add_blob(layer);
  add_blob(manifest.config);
}

void GraphReader::add_child(const Descriptor& child, std::size_t depth) {
  if (!oci::media_type::is_manifest(child.media_type) &&
      !oci::media_type::is_index(child.media_type)) {
    add_blob(child);
    return;
  }
  add(store::get_manifest(m_source, m_context, child.digest.str()), Presence::unknown, depth + 1);
}

void GraphReader::add_blob(const Descriptor& blob) {
  // Blobs with "urls" (Windows base layers) live elsewhere by contract; registries do not hold
  // them.
  if (blob.other.contains("urls") && blob.media_type.find("foreign") != std::string::npos) return;
  if (m_graph.seen.insert(blob.digest).second) m_graph.blobs.push_back(blob);
}

void GraphReader::add_referrers(const hash::Digest& subject, std::size_t depth) {
  const std::vector<Descriptor> referrers = m_source.referrers(m_context, subject);
  if (referrers.empty()) return;
  std::set<hash::Digest> listed;
  for (const Descriptor& there : m_target.referrers(m_context, subject)) {
    listed.insert(there.digest);
  }
  for (const Descriptor& referrer : referrers) {
    // One that the target does not list may be there all the same; putting it again enters it.
    const Presence presence =
        listed.contains(referrer.digest) ? Presence::unknown : Presence::absent;
    add(store::get_manifest(m_source, m_context, referrer.digest.str()), presence, depth + 1);
  }
}

/// Whether all layers of `old` (signatures, each in its layer) are layers of `fresh`, too.
bool holds_all_of(const RawManifest& fresh, const RawManifest& old) {
  if (fresh.is_index() || old.is_index()) return false;
  std::set<hash::Digest> held;
  for (const Descriptor& layer : oci::Manifest::parse(fresh).layers) held.insert(layer.digest);
  const oci::Manifest manifest = oci::Manifest::parse(old);
  return std::all_of(manifest.layers.begin(), manifest.layers.end(),
                     [&](const Descriptor& layer) { return held.contains(layer.digest); });
}

/// The scheme of github.com/sigstore/cosign, specs/SIGNATURE_SPEC.md, "Tag-based discovery".
void GraphReader::add_cosign_tags(const hash::Digest& subject, std::size_t depth) {
  if (subject.algorithm() != hash::Algorithm::sha256) return;  // would be too long for a tag
  const std::string stem = "sha256-" + std::string(subject.hex());
  for (const char* suffix : {".sig", ".att", ".sbom"}) {
    const std::string tag = stem + suffix;
    const auto raw = m_source.find_manifest(m_context, tag);
    if (!raw) continue;
    const auto there = m_target.find_manifest(m_context, tag);
    if (there && there->digest == raw->digest) continue;
    if (there && !holds_all_of(*raw, *there)) {
      m_context.warn("tag " + tag + " of " + m_target.where() + " leads to " + there->digest.str() +
                     ", which has what that of " + m_source.where() +
                     " has not; it is left as it is");
      continue;
    }
    add(*raw, Presence::unknown, depth + 1);
    m_graph.tags.emplace_back(tag, *raw);
  }
}

/// What a copy begins with.
struct Ends {
  RawManifest root;
  std::optional<Descriptor> present;  ///< where the tag leads in the target
};

/// Asks both stores at once: where all is there, that is the whole copy.
Ends ask_both(const Context& context, BlobStore& source, std::string_view source_name,
              BlobStore& target, std::string_view tag) {
  std::optional<RawManifest> root;
  std::optional<Descriptor> present;
  for_each_parallel(context, tag.empty() ? 1 : 2, 2, [&](const Context& inner, std::size_t i) {
    if (i == 0) {
      root = store::get_manifest(source, inner, source_name);
    } else {
      present = target.resolve(inner, tag);
    }
  });
  return {std::move(*root), std::move(present)};
}

}  // namespace

BlobCounts copy_blobs(const Context& context, BlobStore& source, BlobStore& target,
                      std::vector<Descriptor> blobs, unsigned parallel) {
  // Large ones first, so that none of them is left alone at the end.
  std::stable_sort(blobs.begin(), blobs.end(),
                   [](const Descriptor& a, const Descriptor& b) { return a.size > b.size; });
  std::atomic<std::uint64_t> existed = 0;
  std::atomic<std::uint64_t> mounted = 0;
  std::atomic<std::uint64_t> uploaded = 0;
  std::atomic<std::uint64_t> bytes = 0;
  for_each_parallel(context, blobs.size(), parallel, [&](const Context& inner, std::size_t i) {
    const Descriptor& blob = blobs[i];
    const auto open = [&] {
      return std::make_unique<ProgressSource>(inner, source.open_blob(inner, blob), blob);
    };
    const PutOutcome outcome = base::with_context(
        [&] { return "copying blob " + blob.digest.str() + " to " + target.where(); },
        [&] { return target.put_blob(inner, blob, open, &source); });
    switch (outcome) {
      case PutOutcome::existed:
        ++existed;
        break;
      case PutOutcome::mounted:
        ++mounted;
        break;
      case PutOutcome::uploaded:
        ++uploaded;
        bytes += blob.size;
        break;
    }
  });
  return {existed, mounted, uploaded, bytes};
}

CopyResult copy_image(const Context& context, BlobStore& source, std::string_view source_name,
                      BlobStore& target, std::string_view tag, const CopyOptions& options) {
  const auto [root, present] = ask_both(context, source, source_name, target, tag);
  CopyResult result{root.descriptor(), {}, 0};
  auto presence = GraphReader::Presence::unknown;
  if (!tag.empty()) {
    if (present && present->digest == root.digest) {
      if (options.referrers == Referrers::leave) return result;
      presence = GraphReader::Presence::present;
    } else if (!present && !root.is_index()) {
      // A new tag mostly means a new image. If it is there under another name, its few blobs will
      // say so.
      presence = GraphReader::Presence::absent;
    }
  }
  GraphReader reader(context, source, target, options.referrers);
  reader.add(root, presence, 0);
  const Graph graph = reader.take();
  result.blobs = copy_blobs(context, source, target, graph.blobs, options.parallel);
  for (const RawManifest& manifest : graph.manifests) {
    // Once, with its tag, below: one request less.
    if (manifest.digest == root.digest && !tag.empty()) continue;
    context.check();
    target.put_manifest(context, manifest, {});
    ++result.manifests_put;
  }
  if (!tag.empty() && presence != GraphReader::Presence::present) {
    if (options.tags == Tags::keep) {
      target.put_unmoved(context, root, tag);
    } else {
      target.put_manifest(context, root, tag);
    }
    ++result.manifests_put;
  }
  for (const auto& [name, manifest] : graph.tags) {
    context.check();
    target.put_manifest(context, manifest, name);
  }
  return result;
}

}  // namespace pinnace::transfer
