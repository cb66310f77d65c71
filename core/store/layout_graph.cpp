#include "store/layout_graph.hpp"

#include <utility>

#include "base/error.hpp"

namespace pinnace::store {

using base::Error;
using base::ErrorCode;

void LayoutGraph::add_entries(const base::Context& context) {
  for (oci::Descriptor& entry : m_layout.entries()) add(context, std::move(entry), "index.json");
}

void LayoutGraph::add(const base::Context& context, oci::Descriptor root, std::string named_by) {
  m_open.push_back({std::move(root), std::move(named_by)});
  while (!m_open.empty()) {
    context.check();
    Step step = std::move(m_open.back());
    m_open.pop_back();
    visit(std::move(step));
  }
}

void LayoutGraph::visit(Step step) {
  const std::string& type = step.descriptor.media_type;
  if (!oci::media_type::is_manifest(type) && !oci::media_type::is_index(type)) {
    const hash::Digest digest = step.descriptor.digest;
    m_leaves.try_emplace(digest, Leaf{std::move(step.descriptor), std::move(step.named_by)});
  } else if (m_manifests.insert(step.descriptor.digest).second) {
    visit_manifest(step);
  }
}

void LayoutGraph::visit_manifest(const Step& step) {
  const hash::Digest& digest = step.descriptor.digest;
  try {
    const auto manifest = m_layout.read_manifest(digest, step.descriptor.media_type);
    if (!manifest) {
      if (step.is_subject) return;
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
    for (oci::Descriptor& child : index.manifests) m_open.push_back({std::move(child), name});
    subject = std::move(index.subject);
  } else {
    auto image = oci::Manifest::parse(manifest);
    m_open.push_back({std::move(image.config), name});
    for (oci::Descriptor& layer : image.layers) m_open.push_back({std::move(layer), name});
    subject = std::move(image.subject);
  }
  if (subject) m_open.push_back({*std::move(subject), name, true});
}

std::string LayoutGraph::describe(const hash::Digest& digest, const std::string& named_by) const {
  return "blob " + digest.str() + " of " + m_layout.where() + ", named by " + named_by;
}

}  // namespace pinnace::store
