#include "transfer/graph.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/parallel.hpp"
#include "oci/foreign_layer.hpp"
#include "store/child_manifest.hpp"
#include "store/verified.hpp"

namespace pinnace::transfer {

using base::Context;
using base::Error;
using base::ErrorCode;
using oci::Descriptor;
using oci::RawManifest;

namespace {

constexpr std::size_t k_max_manifests = 10'000;
constexpr std::size_t k_max_depth = 8;
/// Of all manifests of one image together: they are held until its blobs are copied.
constexpr std::uint64_t k_max_bytes = std::uint64_t{64} << 20;

bool is_any_manifest(const Descriptor& child) {
  return oci::media_type::is_any_manifest(child.media_type);
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

/// Whether somebody could run what a manifest or index leads to. Signatures of cosign have the
/// configuration of an image, too, but none of its layers.
bool leads_to_image(const RawManifest& raw) {
  if (raw.is_index()) {
    const oci::Index index = oci::Index::parse(raw);
    return std::any_of(index.manifests.begin(), index.manifests.end(), is_any_manifest);
  }
  const oci::Manifest manifest = oci::Manifest::parse(raw);
  // What has no configuration has none of a container: files that oras attaches are called layers.
  if (manifest.config.digest == hash::Digest::of("{}")) return false;
  return std::any_of(manifest.layers.begin(), manifest.layers.end(), [](const Descriptor& layer) {
    return layer.media_type.starts_with("application/vnd.oci.image.layer.") ||
           layer.media_type.starts_with("application/vnd.docker.image.rootfs.");
  });
}

}  // namespace

void GraphReader::check_bounds(const hash::Digest& digest, std::size_t depth,
                               std::size_t more) const {
  if (depth <= k_max_depth && m_seen.size() - m_graph.blobs.size() + more <= k_max_manifests) {
    return;
  }
  throw Error(ErrorCode::invalid_input, digest.str() + " of " + m_source.where() +
                                            " has more than " + std::to_string(k_max_depth) +
                                            " levels or " + std::to_string(k_max_manifests) +
                                            " manifests");
}

void GraphReader::check_bytes(const hash::Digest& digest, std::uint64_t more) const {
  if (m_bytes + more <= k_max_bytes) return;
  throw Error(ErrorCode::invalid_input, digest.str() + " of " + m_source.where() +
                                            " has manifests of more than " +
                                            std::to_string(k_max_bytes >> 20U) + " MiB together");
}

bool GraphReader::add_root(const RawManifest& root, Presence presence) {
  return add(root, presence, nullptr, 0);
}

bool GraphReader::add(const RawManifest& raw, Presence presence, std::vector<RawManifest>* list,
                      std::size_t depth) {
  check_bounds(raw.digest, depth, 1);
  if (!m_seen.insert(raw.digest).second) return m_put.contains(raw.digest);
  check_bytes(raw.digest, raw.bytes.size());
  m_bytes += raw.bytes.size();
  if (presence == Presence::unknown) {
    const bool there = trusts_target()
                           ? m_target.resolve(m_context, raw.digest.str()).has_value()
                           : store::find_sound(m_target, m_context, raw.digest.str()).has_value();
    presence = there ? Presence::present : Presence::absent;
  }
  bool put = presence == Presence::absent;
  if (put || looks_below(raw.is_index())) put = add_content(raw, depth) || put;
  if (put) {
    m_put.insert(raw.digest);
    if (list != nullptr) list->push_back(raw);
  }
  add_referring(raw.digest, depth);
  return put;
}

/// A registry's word that a manifest is there is enough, unless it is to be repaired.
bool GraphReader::trusts_target() const {
  return m_target.is_remote() && m_options.repair == Repair::no;
}

/// Whether one looks at what a manifest needs that is there.
bool GraphReader::looks_below(bool is_index) const {
  return is_index || !trusts_target();
}

/// Adds what a manifest names; returns whether any of it is a manifest that has to be put.
bool GraphReader::add_content(const RawManifest& raw, std::size_t depth) {
  const auto name = [&] { return "manifest " + raw.digest.str() + " of " + m_source.where(); };
  if (raw.is_index()) {
    const oci::Index index = base::with_context(name, [&] { return oci::Index::parse(raw); });
    return add_children(index.manifests, depth);
  }
  const oci::Manifest manifest =
      base::with_context(name, [&] { return oci::Manifest::parse(raw); });
  for (const Descriptor& layer : manifest.layers) add_blob(layer);
  add_blob(manifest.config);
  return false;
}

/// Each child once, however often it is listed; several are looked at together.
bool GraphReader::add_children(const std::vector<Descriptor>& children, std::size_t depth) {
  std::vector<Child> looked;
  std::set<hash::Digest> distinct;
  std::uint64_t bytes = 0;
  bool put = false;
  for (const Descriptor& child : children) {
    if (!is_any_manifest(child)) {
      add_blob(child);
    } else if (m_seen.contains(child.digest)) {
      put = put || m_put.contains(child.digest);
    } else if (distinct.insert(child.digest).second) {
      check_bounds(child.digest, depth + 1, distinct.size());
      bytes += std::min(child.size, k_max_bytes + 1);
      check_bytes(child.digest, bytes);
      looked.push_back({child, Presence::unknown, std::nullopt});
    }
  }
  base::for_each_parallel(m_context, looked.size(), m_options.parallel,
                          [&](const Context& inner, std::size_t i) { look_at(inner, looked[i]); });
  for (const Child& child : looked) {
    if (child.raw) {
      put = add(*child.raw, child.presence, &m_graph.children, depth + 1) || put;
    } else if (m_seen.insert(child.descriptor.digest).second) {
      add_referring(child.descriptor.digest, depth + 1);
    }
  }
  return put;
}

/// Called on several threads.
void GraphReader::look_at(const Context& context, Child& child) {
  std::optional<std::uint64_t> size;
  if (trusts_target()) {
    const auto there = m_target.resolve(context, child.descriptor.digest.str());
    if (there) size = there->size;
  } else {
    child.raw = store::find_sound(m_target, context, child.descriptor.digest.str());
    if (child.raw) size = child.raw->bytes.size();
  }
  child.presence = size ? Presence::present : Presence::absent;
  const bool is_index = oci::media_type::is_index(child.descriptor.media_type);
  const bool is_needed = !child.raw && (!size || looks_below(is_index));
  // A size that the index has wrong is told by who reads the child.
  if (is_needed || size != child.descriptor.size) {
    child.raw = store::get_child(m_source, context, child.descriptor);
  }
}

void GraphReader::add_blob(const Descriptor& blob) {
  // Windows base layers live elsewhere by contract; registries do not hold them.
  if (oci::is_foreign_layer(blob)) return;
  if (m_seen.insert(blob.digest).second) m_graph.blobs.push_back(blob);
}

void GraphReader::add_referring(const hash::Digest& subject, std::size_t depth) {
  if (m_options.referrers == Referrers::leave) return;
  add_referrers(subject, depth);
  add_cosign_tags(subject, depth);
}

/// Warns of what is left.
bool GraphReader::is_left(const RawManifest& referrer, const hash::Digest& subject) const {
  if (m_options.referrers != Referrers::copy_attachments || !leads_to_image(referrer)) return false;
  m_context.warn(referrer.digest.str() + " of " + m_source.where() + " is attached to " +
                 subject.str() + ", and is an image itself; it stays behind");
  return true;
}

void GraphReader::add_referrers(const hash::Digest& subject, std::size_t depth) {
  const std::vector<Descriptor> referrers = m_source.referrers(m_context, subject);
  if (referrers.empty()) return;
  std::set<hash::Digest> listed;
  for (const Descriptor& there : m_target.referrers(m_context, subject)) {
    listed.insert(there.digest);
  }
  for (const Descriptor& referrer : referrers) {
    const RawManifest raw = store::get_manifest(m_source, m_context, referrer.digest.str());
    if (is_left(raw, subject)) continue;
    if (store::subject_of(raw) != subject) {
      m_context.warn(raw.digest.str() + " of " + m_source.where() + " is listed as attached to " +
                     subject.str() + ", and does not say so itself; it stays behind");
      continue;
    }
    // One that the target does not list may be there all the same; putting it again enters it.
    const Presence presence =
        listed.contains(referrer.digest) ? Presence::unknown : Presence::absent;
    add(raw, presence, &m_graph.referrers, depth + 1);
  }
}

/// The scheme of github.com/sigstore/cosign, specs/SIGNATURE_SPEC.md, "Tag-based discovery".
void GraphReader::add_cosign_tags(const hash::Digest& subject, std::size_t depth) {
  if (subject.algorithm() != hash::Algorithm::sha256) return;  // would be too long for a tag
  const std::string stem = "sha256-" + std::string(subject.hex());
  for (const char* suffix : {".sig", ".att", ".sbom"}) {
    const std::string tag = stem + suffix;
    const auto raw = m_source.find_manifest(m_context, tag);
    if (!raw || is_left(*raw, subject)) continue;
    const auto there = store::find_sound(m_target, m_context, tag);
    if (there && there->digest == raw->digest) continue;
    if (there && !holds_all_of(*raw, *there)) {
      m_context.warn("tag " + tag + " of " + m_target.where() + " leads to " + there->digest.str() +
                     ", which has what that of " + m_source.where() +
                     " has not; it is left as it is");
      continue;
    }
    add(*raw, Presence::unknown, &m_graph.children, depth + 1);
    m_graph.tags.emplace_back(tag, *raw);
  }
}

}  // namespace pinnace::transfer
