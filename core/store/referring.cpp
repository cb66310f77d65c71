#include "store/referring.hpp"

#include <utility>

namespace pinnace::store {

void Referring::add(const oci::RawManifest& manifest) {
  oci::Descriptor descriptor = manifest.descriptor();
  std::optional<oci::Descriptor> subject;
  if (manifest.is_index()) {
    auto index = oci::Index::parse(manifest);
    subject = std::move(index.subject);
    descriptor.artifact_type = std::move(index.artifact_type);
    descriptor.annotations = std::move(index.annotations);
  } else {
    auto image = oci::Manifest::parse(manifest);
    subject = std::move(image.subject);
    descriptor.artifact_type = image.artifact_type.value_or(image.config.media_type);
    descriptor.annotations = std::move(image.annotations);
  }
  if (subject) m_by_subject[subject->digest].emplace(manifest.digest, std::move(descriptor));
}

std::vector<oci::Descriptor> Referring::to(const hash::Digest& subject) const {
  std::vector<oci::Descriptor> found;
  const auto place = m_by_subject.find(subject);
  if (place == m_by_subject.end()) return found;
  for (const auto& [digest, descriptor] : place->second) found.push_back(descriptor);
  return found;
}

}  // namespace pinnace::store
