#include "disk/archive_reader.hpp"

#include <utility>

#include "disk/docker_archive.hpp"
#include "disk/layout_files.hpp"
#include "hash/hasher.hpp"
#include "store/verified.hpp"

namespace pinnace::disk {

using base::Error;
using base::ErrorCode;

ArchiveReader::ArchiveReader(const base::Context& context, std::filesystem::path file,
                             oci::ArchiveFormat format)
    : m_format(format), m_files(context, std::move(file)) {
  const bool has_layout =
      m_files.find(k_layout_file) != nullptr && m_files.find(k_index_file) != nullptr;
  if (format == oci::ArchiveFormat::oci || has_layout) {
    read_layout();
    return;
  }
  DockerImages images = read_docker_images(context, m_files);
  m_index = std::move(images.index);
  m_blobs = std::move(images.blobs);
  m_made = std::move(images.manifests);
}

void ArchiveReader::read_layout() {
  for (const char* name : {k_layout_file, k_index_file}) {
    if (m_files.find(name) != nullptr) continue;
    const bool is_docker = m_files.find(k_docker_manifest_file) != nullptr;
    throw Error(ErrorCode::invalid_input,
                m_files.path().string() +
                    " is no archive of an OCI image layout, expected the file " + name + " in it" +
                    (is_docker ? "; docker save wrote it: docker-archive:FILE reads it" : ""));
  }
  check_layout_version(m_files.read(k_layout_file, k_max_layout_file), where() + ": oci-layout");
  m_index =
      LayoutIndex::parse(m_files.read(k_index_file, k_max_index_file), where() + ": index.json");
}

const TarFiles::Place* ArchiveReader::find(const hash::Digest& digest) const {
  const auto place = m_blobs.find(digest);
  if (place != m_blobs.end()) return &place->second;
  return m_files.find(layout_path(digest));
}

bool ArchiveReader::has_blob(const base::Context&, const oci::Descriptor& blob) {
  const TarFiles::Place* place = find(blob.digest);
  return place != nullptr && place->size == blob.size;
}

std::unique_ptr<base::Source> ArchiveReader::open_blob(const base::Context& context,
                                                       const oci::Descriptor& blob) {
  context.check();
  const std::string what = "blob " + blob.digest.str() + " of " + where();
  const TarFiles::Place* place = find(blob.digest);
  if (place == nullptr) throw Error(ErrorCode::not_found, "no " + what);
  store::check_size(place->size, blob.size, what);
  return std::make_unique<hash::VerifyingSource>(m_files.open(*place), blob.digest, blob.size,
                                                 what);
}

std::optional<oci::RawManifest> ArchiveReader::read_manifest(const hash::Digest& digest,
                                                             std::string_view media_type) const {
  if (const auto made = m_made.find(digest); made != m_made.end()) return made->second;
  const TarFiles::Place* place = find(digest);
  if (place == nullptr || place->size > oci::k_max_manifest) return std::nullopt;
  const std::string what = "manifest " + digest.str() + " of " + where();
  const std::string text = m_files.read(*place, oci::k_max_manifest, what);
  hash::verify(base::as_bytes(text), digest, what);
  return base::with_context([&] { return what; },
                            [&] {
                              auto manifest = oci::RawManifest::from_bytes(text, media_type);
                              manifest.digest = digest;  // as asked: it may be a SHA-512
                              return manifest;
                            });
}

std::optional<oci::RawManifest> ArchiveReader::find_manifest(const base::Context& context,
                                                             std::string_view tag_or_digest) {
  context.check();
  const auto digest = digest_named(tag_or_digest);
  const auto entry = digest ? m_index.find_digest(*digest) : m_index.find_tag(tag_or_digest);
  if (entry) return read_manifest(entry->digest, entry->media_type);
  return digest ? read_manifest(*digest, {}) : std::nullopt;
}

std::optional<oci::Descriptor> ArchiveReader::resolve(const base::Context& context,
                                                      std::string_view tag_or_digest) {
  const auto manifest = find_manifest(context, tag_or_digest);
  return manifest ? std::optional(manifest->descriptor()) : std::nullopt;
}

std::vector<std::string> ArchiveReader::tags(const base::Context&) {
  return m_format == oci::ArchiveFormat::docker ? m_index.whole_names() : m_index.tags();
}

std::vector<oci::Descriptor> ArchiveReader::referrers(const base::Context& context,
                                                      const hash::Digest& subject) {
  const std::lock_guard guard(m_mutex);
  if (!m_referring) {
    store::Referring gathered;
    for (const oci::Descriptor& entry : m_index.entries()) {
      context.check();
      if (const auto manifest = read_manifest(entry.digest, entry.media_type))
        gathered.add(*manifest);
    }
    m_referring = std::move(gathered);
  }
  return m_referring->to(subject);
}

std::optional<hash::Digest> ArchiveReader::default_image() const {
  const auto entry = m_index.find_default();
  return entry ? std::optional(entry->digest) : std::nullopt;
}

store::PutOutcome ArchiveReader::put_blob(const base::Context&, const oci::Descriptor&,
                                          const base::OpenSource&, const store::BlobStore*) {
  refuse();
}

std::unique_ptr<store::BlobWriter> ArchiveReader::create_blob(const base::Context&) {
  refuse();
}

void ArchiveReader::put_manifest(const base::Context&, const oci::RawManifest&, std::string_view) {
  refuse();
}

void ArchiveReader::refuse() const {
  throw Error(ErrorCode::unsupported, where() + " is open for reading only");
}

}  // namespace pinnace::disk
