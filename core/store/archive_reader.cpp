#include "store/archive_reader.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "archive/path.hpp"
#include "archive/tar_reader.hpp"
#include "base/checked_source.hpp"
#include "hash/hasher.hpp"
#include "oci/json.hpp"
#include "store/verified.hpp"

namespace pinnace::store {

using base::Error;
using base::ErrorCode;

namespace {

constexpr std::size_t k_max_entries = 200'000;
constexpr std::size_t k_max_layout_file = 64 * 1024;
constexpr std::size_t k_max_index_file = 64 * 1024 * 1024;

/// A part of a file that others read at the same time.
class RangeSource final : public base::Source {
 public:
  RangeSource(std::shared_ptr<const base::UniqueFd> fd, std::uint64_t offset, std::uint64_t size,
              std::string name)
      : m_fd(std::move(fd)), m_offset(offset), m_left(size), m_name(std::move(name)) {}

  std::size_t read(std::span<std::byte> buffer) override {
    const std::size_t wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), m_left));
    ssize_t size = 0;
    do {
      size = ::pread(m_fd->get(), buffer.data(), wanted, static_cast<off_t>(m_offset));
    } while (size < 0 && errno == EINTR);
    if (size < 0) base::throw_errno(errno, "read " + m_name);
    m_offset += static_cast<std::uint64_t>(size);
    m_left -= static_cast<std::uint64_t>(size);
    return static_cast<std::size_t>(size);
  }

 private:
  std::shared_ptr<const base::UniqueFd> m_fd;
  std::uint64_t m_offset;
  std::uint64_t m_left;
  std::string m_name;
};

std::optional<hash::Digest> digest_named(std::string_view text) {
  if (!text.starts_with("sha256:") && !text.starts_with("sha512:")) return std::nullopt;
  return hash::Digest::parse(text);
}

}  // namespace

ArchiveReader::ArchiveReader(const base::Context& context, std::filesystem::path file)
    : m_file(std::move(file)),
      m_fd(std::make_shared<const base::UniqueFd>(base::open_read(m_file))) {
  read_headers(context);
  const std::string layout = read_small("oci-layout", k_max_layout_file);
  const std::string what = where() + ": oci-layout";
  const auto json = oci::parse_json(layout, what);
  const std::string version = oci::JsonNode(json, what).object().field("imageLayoutVersion").text();
  if (!version.starts_with("1.")) {
    throw Error(ErrorCode::unsupported,
                what + " has imageLayoutVersion \"" + version.substr(0, 40) + "\", expected 1.x");
  }
  m_index =
      LayoutIndex::parse(read_small("index.json", k_max_index_file), where() + ": index.json");
}

void ArchiveReader::read_headers(const base::Context& context) {
  struct stat status {};
  if (::fstat(m_fd->get(), &status) != 0) base::throw_errno(errno, "stat " + m_file.string());
  if (!S_ISREG(status.st_mode)) {
    throw Error(ErrorCode::invalid_input, m_file.string() + " is not a regular file");
  }
  base::CheckedSource source(
      context, std::make_unique<RangeSource>(m_fd, 0, static_cast<std::uint64_t>(status.st_size),
                                             m_file.string()));
  archive::TarReader reader(source, m_file.string());
  while (const auto entry = reader.next()) {
    if (m_places.size() == k_max_entries) {
      throw Error(ErrorCode::invalid_input, m_file.string() + " has more than 200,000 entries");
    }
    if (entry->type != archive::EntryType::file) continue;
    m_places[archive::clean_path(entry->path)] = {reader.offset(), entry->size};
  }
}

std::string ArchiveReader::read_small(const std::string& name, std::size_t limit) const {
  const auto place = m_places.find(name);
  if (place == m_places.end()) {
    throw Error(ErrorCode::invalid_input,
                m_file.string() + " is no archive of an OCI image layout, expected the file " +
                    name + " in it");
  }
  RangeSource source(m_fd, place->second.offset, place->second.size, m_file.string());
  return base::read_all(source, limit, m_file.string() + ": " + name);
}

const ArchiveReader::Place* ArchiveReader::find(const hash::Digest& digest) const {
  const auto place = m_places.find("blobs/" + std::string(hash::to_string(digest.algorithm())) +
                                   "/" + std::string(digest.hex()));
  return place == m_places.end() ? nullptr : &place->second;
}

bool ArchiveReader::has_blob(const base::Context&, const oci::Descriptor& blob) {
  const Place* place = find(blob.digest);
  return place != nullptr && place->size == blob.size;
}

std::unique_ptr<base::Source> ArchiveReader::open_blob(const base::Context& context,
                                                       const oci::Descriptor& blob) {
  context.check();
  const std::string what = "blob " + blob.digest.str() + " of " + where();
  const Place* place = find(blob.digest);
  if (place == nullptr) throw Error(ErrorCode::not_found, "no " + what);
  check_size(place->size, blob.size, what);
  auto range = std::make_unique<RangeSource>(m_fd, place->offset, place->size, m_file.string());
  return std::make_unique<hash::VerifyingSource>(std::move(range), blob.digest, blob.size, what);
}

std::optional<oci::RawManifest> ArchiveReader::read_manifest(const hash::Digest& digest,
                                                             std::string_view media_type) const {
  const Place* place = find(digest);
  if (place == nullptr || place->size > oci::k_max_manifest) return std::nullopt;
  const std::string what = "manifest " + digest.str() + " of " + where();
  RangeSource source(m_fd, place->offset, place->size, m_file.string());
  const std::string text = base::read_all(source, oci::k_max_manifest, what);
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
  return m_index.tags();
}

std::vector<oci::Descriptor> ArchiveReader::referrers(const base::Context& context,
                                                      const hash::Digest& subject) {
  std::vector<oci::Descriptor> found;
  for (const oci::Descriptor& entry : m_index.entries()) {
    context.check();
    const auto manifest = read_manifest(entry.digest, entry.media_type);
    if (!manifest) continue;
    if (auto referrer = as_referrer(*manifest, subject)) found.push_back(*std::move(referrer));
  }
  return found;
}

std::optional<hash::Digest> ArchiveReader::only_image() const {
  const std::vector<oci::Descriptor> entries = m_index.entries();
  if (entries.size() != 1) return std::nullopt;
  return entries.front().digest;
}

PutOutcome ArchiveReader::put_blob(const base::Context&, const oci::Descriptor&,
                                   const base::OpenSource&, const BlobStore*) {
  refuse();
}

std::unique_ptr<BlobWriter> ArchiveReader::create_blob(const base::Context&) {
  refuse();
}

void ArchiveReader::put_manifest(const base::Context&, const oci::RawManifest&, std::string_view) {
  refuse();
}

void ArchiveReader::refuse() const {
  throw Error(ErrorCode::unsupported, where() + " is open for reading only");
}

}  // namespace pinnace::store
