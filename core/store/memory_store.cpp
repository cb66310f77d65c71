#include "store/memory_store.hpp"

#include <utility>

#include "base/error.hpp"
#include "hash/hasher.hpp"
#include "store/verified.hpp"

namespace pinnace::store {

using base::Error;
using base::ErrorCode;

class MemoryStore::Writer final : public BlobWriter {
 public:
  explicit Writer(MemoryStore& store) : m_store(store) {}

  void write(base::Bytes bytes) override { m_bytes.write(bytes); }
  void commit(const hash::Digest& digest, std::uint64_t size) override {
    const std::string what = "blob " + digest.str() + " of " + m_store.where();
    check_size(m_bytes.text().size(), size, what);
    hash::verify(base::as_bytes(m_bytes.text()), digest, what);
    m_store.keep(digest, m_bytes.take());
  }

 private:
  MemoryStore& m_store;
  base::StringSink m_bytes;
};

namespace {

/// A reader that keeps the bytes alive.
class SharedSource final : public base::Source {
 public:
  explicit SharedSource(std::shared_ptr<const std::string> bytes)
      : m_bytes(std::move(bytes)), m_source(base::as_bytes(*m_bytes)) {}
  std::size_t read(std::span<std::byte> buffer) override { return m_source.read(buffer); }

 private:
  std::shared_ptr<const std::string> m_bytes;
  base::MemorySource m_source;
};

std::optional<hash::Digest> digest_named(std::string_view tag_or_digest) {
  if (tag_or_digest.find(':') == std::string_view::npos) return std::nullopt;
  return hash::Digest::parse(tag_or_digest);
}

}  // namespace

void MemoryStore::keep(const hash::Digest& digest, std::string bytes) {
  auto blob = std::make_shared<const std::string>(std::move(bytes));
  const std::lock_guard lock(m_mutex);
  m_blobs.insert_or_assign(digest, std::move(blob));
}

bool MemoryStore::has_blob(const base::Context& context, const oci::Descriptor& blob) {
  context.check();
  const std::lock_guard lock(m_mutex);
  const auto place = m_blobs.find(blob.digest);
  return place != m_blobs.end() && place->second->size() == blob.size;
}

std::unique_ptr<base::Source> MemoryStore::open_blob(const base::Context& context,
                                                     const oci::Descriptor& blob) {
  context.check();
  const std::string what = "blob " + blob.digest.str() + " of " + where();
  std::shared_ptr<const std::string> bytes;
  {
    const std::lock_guard lock(m_mutex);
    const auto place = m_blobs.find(blob.digest);
    if (place == m_blobs.end()) throw Error(ErrorCode::not_found, "no " + what);
    bytes = place->second;
  }
  check_size(bytes->size(), blob.size, what);
  return std::make_unique<hash::VerifyingSource>(std::make_unique<SharedSource>(std::move(bytes)),
                                                 blob.digest, blob.size, what);
}

PutOutcome MemoryStore::put_blob(const base::Context& context, const oci::Descriptor& blob,
                                 const base::OpenSource& open, const BlobStore* /*from*/) {
  if (has_blob(context, blob)) return PutOutcome::existed;
  const std::string what = "blob " + blob.digest.str() + " for " + where();
  base::StringSink bytes;
  base::copy(*verified(open(), blob, what), bytes);
  keep(blob.digest, bytes.take());
  return PutOutcome::uploaded;
}

std::unique_ptr<BlobWriter> MemoryStore::create_blob(const base::Context& context) {
  context.check();
  return std::make_unique<Writer>(*this);
}

std::optional<oci::RawManifest> MemoryStore::find_manifest(const base::Context& context,
                                                           std::string_view tag_or_digest) {
  context.check();
  auto digest = digest_named(tag_or_digest);
  const std::lock_guard lock(m_mutex);
  if (!digest) {
    const auto tag = m_tags.find(tag_or_digest);
    if (tag == m_tags.end()) return std::nullopt;
    digest = tag->second;
  }
  const auto place = m_manifests.find(*digest);
  if (place == m_manifests.end()) return std::nullopt;
  return place->second;
}

std::optional<oci::Descriptor> MemoryStore::resolve(const base::Context& context,
                                                    std::string_view tag_or_digest) {
  const auto manifest = find_manifest(context, tag_or_digest);
  if (!manifest) return std::nullopt;
  return manifest->descriptor();
}

void MemoryStore::put_manifest(const base::Context& context, const oci::RawManifest& manifest,
                               std::string_view tag) {
  context.check();
  hash::verify(base::as_bytes(manifest.bytes), manifest.digest,
               "manifest " + manifest.digest.str() + " for " + where());
  const std::lock_guard lock(m_mutex);
  m_manifests.insert_or_assign(manifest.digest, manifest);
  m_referring.add(manifest);
  if (!tag.empty()) m_tags.insert_or_assign(std::string(tag), manifest.digest);
}

std::vector<std::string> MemoryStore::tags(const base::Context& context) {
  context.check();
  const std::lock_guard lock(m_mutex);
  std::vector<std::string> names;
  for (const auto& [name, digest] : m_tags) names.push_back(name);
  return names;
}

std::vector<oci::Descriptor> MemoryStore::referrers(const base::Context& context,
                                                    const hash::Digest& subject) {
  context.check();
  const std::lock_guard lock(m_mutex);
  return m_referring.to(subject);
}

}  // namespace pinnace::store
