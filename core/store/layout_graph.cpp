#include "store/layout_graph.hpp"

#include <utility>

#include "base/error.hpp"

namespace pinnace::store {

using base::Error;
using base::ErrorCode;

namespace {

/// The digests in a text, as the manifests of all formats write them.
std::vector<hash::Digest> digests_in(std::string_view text) {
  std::vector<hash::Digest> found;
  for (const hash::Algorithm algorithm : {hash::Algorithm::sha256, hash::Algorithm::sha512}) {
    const std::string prefix = std::string(hash::to_string(algorithm)) + ":";
    const std::size_t size = prefix.size() + (algorithm == hash::Algorithm::sha256 ? 64 : 128);
    for (std::size_t at = text.find(prefix); at != std::string_view::npos;
         at = text.find(prefix, at + 1)) {
      const std::string_view digest = text.substr(at, size);
      const std::size_t end = digest.find_first_not_of("0123456789abcdef", prefix.size());
      if (digest.size() == size && end == std::string_view::npos)
        found.push_back(hash::Digest::parse(digest));
    }
  }
  return found;
}

}  // namespace

void LayoutGraph::add_entries(const base::Context& context) {
  for (oci::Descriptor& entry : m_layout.entries()) add(context, std::move(entry), "index.json");
}

void LayoutGraph::add(const base::Context& context, oci::Descriptor manifest,
                      std::string named_by) {
  m_open.push_back({std::move(manifest), std::move(named_by), Role::manifest});
  while (!m_open.empty()) {
    context.check();
    Step step = std::move(m_open.back());
    m_open.pop_back();
    visit(std::move(step));
  }
}

void LayoutGraph::visit(Step step) {
  const std::string& type = step.descriptor.media_type;
  const hash::Digest digest = step.descriptor.digest;
  if (oci::media_type::is_manifest(type) || oci::media_type::is_index(type)) {
    if (m_manifests.insert(digest).second) visit_manifest(step);
    return;
  }
  if (step.role == Role::subject && !m_layout.blob_status(digest)) return;
  if (step.role != Role::content && m_unknown.insert(digest).second) push_mentioned(step);
  m_leaves.try_emplace(digest, Leaf{std::move(step.descriptor), std::move(step.named_by)});
}

void LayoutGraph::push_mentioned(const Step& step) {
  const hash::Digest& digest = step.descriptor.digest;
  const auto blobs = m_layout.blob_directory(digest.algorithm());
  const auto status = m_layout.blob_status(digest);
  if (!blobs || !status || static_cast<std::uint64_t>(status->st_size) > oci::k_max_manifest) {
    return;
  }
  base::FileSource source(blobs->open(digest.hex(), base::Directory::Links::refuse), digest.str());
  const std::string text = base::read_all(source, oci::k_max_manifest, digest.str());
  if (hash::Digest::of(base::as_bytes(text), digest.algorithm()) != digest) {
    m_damaged = true;
    m_problems.push_back({digest, describe(digest, step.named_by) + " is corrupt"});
  }
  for (const hash::Digest& mentioned : digests_in(text)) {
    const auto found = m_layout.blob_status(mentioned);
    if (!found) continue;
    const auto size = static_cast<std::uint64_t>(found->st_size);
    m_open.push_back({{{}, mentioned, size, {}, {}, {}, nlohmann::json::object()},
                      "blob " + digest.str(),
                      Role::manifest});
  }
}

void LayoutGraph::visit_manifest(const Step& step) {
  const hash::Digest& digest = step.descriptor.digest;
  try {
    const auto manifest = m_layout.read_manifest(digest, step.descriptor.media_type);
    if (!manifest) {
      if (step.role == Role::subject) return;
      m_damaged = true;
      m_problems.push_back({digest, describe(digest, step.named_by) + ": missing"});
      return;
    }
    push_children(*manifest);
    if (m_on_manifest) m_on_manifest(*manifest);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::io || error.code() == ErrorCode::cancelled) throw;
    m_damaged = true;
    m_problems.push_back({digest, describe(digest, step.named_by) + ": " + error.what()});
  }
}

void LayoutGraph::push_children(const oci::RawManifest& manifest) {
  const std::string name = (manifest.is_index() ? "index " : "manifest ") + manifest.digest.str();
  std::optional<oci::Descriptor> subject;
  if (manifest.is_index()) {
    auto index = oci::Index::parse(manifest);
    for (oci::Descriptor& child : index.manifests) {
      m_open.push_back({std::move(child), name, Role::manifest});
    }
    subject = std::move(index.subject);
  } else {
    auto image = oci::Manifest::parse(manifest);
    m_open.push_back({std::move(image.config), name, Role::content});
    for (oci::Descriptor& layer : image.layers) {
      m_open.push_back({std::move(layer), name, Role::content});
    }
    subject = std::move(image.subject);
  }
  if (subject) m_open.push_back({*std::move(subject), name, Role::subject});
}

std::string LayoutGraph::describe(const hash::Digest& digest, const std::string& named_by) const {
  return "blob " + digest.str() + " of " + m_layout.where() + ", named by " + named_by;
}

}  // namespace pinnace::store
