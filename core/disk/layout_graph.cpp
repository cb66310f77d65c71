#include "disk/layout_graph.hpp"

#include <utility>

#include "base/error.hpp"
#include "hash/hasher.hpp"
#include "store/digest_finder.hpp"

namespace pinnace::disk {

using base::Error;
using base::ErrorCode;

void LayoutGraph::add_entries(const base::Context& context) {
  for (oci::Descriptor& entry : m_layout.read_index().entries())
    add(context, std::move(entry), "index.json");
}

void LayoutGraph::add(const base::Context& context, oci::Descriptor manifest,
                      std::string named_by) {
  m_open.push_back({std::move(manifest), std::move(named_by), Role::manifest});
  while (!m_open.empty()) {
    context.check();
    Step step = std::move(m_open.back());
    m_open.pop_back();
    visit(context, std::move(step));
  }
}

void LayoutGraph::visit(const base::Context& context, Step step) {
  const std::string& type = step.descriptor.media_type;
  const hash::Digest digest = step.descriptor.digest;
  if (oci::media_type::is_any_manifest(type)) {
    if (m_manifests.insert(digest).second) visit_manifest(step);
    return;
  }
  if (step.role == Role::subject && !m_layout.blob_status(digest)) return;
  if (step.role != Role::content && m_unknown.insert(digest).second) {
    push_mentioned(context, step);
  }
  m_leaves.try_emplace(digest, Leaf{std::move(step.descriptor), std::move(step.named_by)});
}

/// Looks through a blob of whatever size and format. One that isn't there can't be looked through;
/// that it is missing is for the caller to find, as of every leaf.
void LayoutGraph::push_mentioned(const base::Context& context, const Step& step) {
  const hash::Digest& digest = step.descriptor.digest;
  const auto blobs = m_layout.blob_directory(digest.algorithm());
  if (!blobs || !m_layout.blob_status(digest)) {
    m_damaged = true;
    return;
  }
  std::set<hash::Digest> mentioned;
  store::DigestFinder finder([&](const hash::Digest& found) {
    if (m_layout.blob_status(found)) mentioned.insert(found);
  });
  hash::Hasher hasher(digest.algorithm());
  files::FileSource source(blobs->open(digest.hex(), files::Directory::Links::refuse),
                           digest.str());
  std::vector<std::byte> buffer(std::size_t{64} * 1024);
  while (const std::size_t size = source.read(buffer)) {
    context.check();
    const base::Bytes bytes = std::span(buffer).first(size);
    hasher.write(bytes);
    finder.write(bytes);
  }
  finder.finish();
  if (hasher.finish() != digest) {
    m_damaged = true;
    m_problems.push_back({digest, describe(digest, step.named_by) + " is corrupt"});
  }
  for (const hash::Digest& found : mentioned) push_found(found, "blob " + digest.str());
}

void LayoutGraph::push_found(const hash::Digest& digest, std::string named_by) {
  const auto status = m_layout.blob_status(digest);
  if (!status) return;
  const auto size = static_cast<std::uint64_t>(status->st_size);
  m_open.push_back({{{}, digest, size, {}, {}, {}, nlohmann::json::object()},
                    std::move(named_by),
                    Role::manifest});
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

}  // namespace pinnace::disk
