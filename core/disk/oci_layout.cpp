#include "disk/oci_layout.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "disk/layout_graph.hpp"
#include "hash/hasher.hpp"
#include "store/referring.hpp"
#include "store/verified.hpp"

namespace pinnace::disk {

using base::Error;
using base::ErrorCode;
using files::AtomicFile;
using files::Directory;
using files::FileLock;

namespace {

constexpr std::size_t k_buffer = 128 * 1024;

/// What it is, without tags and other annotations.
oci::Descriptor bare(const oci::Descriptor& entry) {
  return {entry.media_type, entry.digest, entry.size, {}, {}, {}, nlohmann::json::object()};
}

std::string describe(const oci::Descriptor& blob, const std::string& where) {
  return "blob " + blob.digest.str() + " of " + where;
}

}  // namespace

/// Writes beside the blobs; holds garbage collection off, even when the layout object is gone.
class OciLayout::Writer final : public store::BlobWriter {
 public:
  Writer(LayoutDirectory& directory, base::Context context, std::shared_ptr<FileLock> hold)
      : m_directory(directory),
        m_context(std::move(context)),
        m_hold(std::move(hold)),
        m_file(directory.path() / "blobs" / "sha256" / "new") {}

  void write(base::Bytes bytes) override {
    m_context.check();
    m_file.write(bytes);
  }
  void commit(const hash::Digest& digest, std::uint64_t size) override {
    m_context.check();
    store::check_size(m_file.size(), size, "blob " + digest.str() + " for " + m_directory.where());
    m_directory.prepare_blob_directory(digest.algorithm());
    m_file.set_path(m_directory.blob_path(digest));
    m_file.commit();
  }

 private:
  LayoutDirectory& m_directory;
  base::Context m_context;
  std::shared_ptr<FileLock> m_hold;
  AtomicFile m_file;
};

OciLayout::OciLayout(std::filesystem::path directory, Missing missing, Uses uses)
    : m_directory(std::move(directory), missing), m_uses(uses) {}

OciLayout::~OciLayout() = default;

void OciLayout::hold(const base::Context& context) {
  m_held = true;
  begin_look(context);
}

/// A layout that is held may have appeared since the last look.
void OciLayout::begin_look(const base::Context& context) {
  context.check();
  if (m_held) m_directory.lock_out_gc(context);
}

bool OciLayout::has_blob(const base::Context& context, const oci::Descriptor& blob) {
  // Who asks means to rely on the answer, so the blob must stay.
  m_directory.lock_out_gc(context);
  const auto status = m_directory.blob_status(blob.digest);
  return status && static_cast<std::uint64_t>(status->st_size) == blob.size;
}

std::unique_ptr<base::Source> OciLayout::open_blob(const base::Context& context,
                                                   const oci::Descriptor& blob) {
  context.check();
  const std::string what = describe(blob, where());
  const auto blobs = m_directory.blob_directory(blob.digest.algorithm());
  const auto status = blobs ? LayoutDirectory::blob_status(*blobs, blob.digest) : std::nullopt;
  if (!status) throw Error(ErrorCode::not_found, "no " + what);
  store::check_size(static_cast<std::uint64_t>(status->st_size), blob.size, what);
  auto fd = blobs->open(blob.digest.hex(), Directory::Links::refuse);
  auto file = std::make_unique<files::FileSource>(std::move(fd),
                                                  m_directory.blob_path(blob.digest).string());
  return std::make_unique<hash::VerifyingSource>(std::move(file), blob.digest, blob.size, what);
}

void OciLayout::write_blob(const oci::Descriptor& blob, base::Source& source,
                           const base::Context& context) {
  m_directory.prepare_blob_directory(blob.digest.algorithm());
  AtomicFile file(m_directory.blob_path(blob.digest));
  std::vector<std::byte> buffer(k_buffer);
  for (;;) {
    context.check();
    const std::size_t size = source.read(buffer);
    if (size == 0) break;
    file.write(base::Bytes(buffer).first(size));
  }
  store::check_size(file.size(), blob.size, describe(blob, where()));
  file.commit();
}

store::PutOutcome OciLayout::put_blob(const base::Context& context, const oci::Descriptor& blob,
                                      const base::OpenSource& open,
                                      const store::BlobStore* /*from*/) {
  m_directory.begin_write(context);
  return has_blob(context, blob) ? store::PutOutcome::existed : put_fresh(context, blob, open);
}

store::PutOutcome OciLayout::repair_blob(const base::Context& context, const oci::Descriptor& blob,
                                         const base::OpenSource& open,
                                         const store::BlobStore* /*from*/) {
  m_directory.begin_write(context);
  return store::is_sound(*this, context, blob) ? store::PutOutcome::existed
                                               : put_fresh(context, blob, open);
}

store::PutOutcome OciLayout::put_fresh(const base::Context& context, const oci::Descriptor& blob,
                                       const base::OpenSource& open) {
  const auto source =
      store::verified(open(), blob, "blob " + blob.digest.str() + " for " + where());
  write_blob(blob, *source, context);
  return store::PutOutcome::uploaded;
}

std::unique_ptr<store::BlobWriter> OciLayout::create_blob(const base::Context& context) {
  m_directory.begin_write(context);
  m_directory.prepare_blob_directory(hash::Algorithm::sha256);
  return std::make_unique<Writer>(m_directory, context, m_directory.lock_out_gc(context));
}

/// index.json as it was last read, for those who only look: with many entries, or many questions,
/// understanding it anew for each would take hours.
struct OciLayout::Listed {
  std::optional<std::string> text;
  LayoutIndex index;
  std::mutex mutex;
  std::optional<store::Referring> referring;  ///< guarded by mutex; empty: nobody has asked yet
};

std::shared_ptr<OciLayout::Listed> OciLayout::listed() const {
  auto text = m_directory.index_text();
  const std::lock_guard guard(m_listed_mutex);
  if (!m_listed || m_listed->text != text) {
    auto fresh = std::make_shared<Listed>();
    fresh->index = m_directory.parse_index(text);
    fresh->text = std::move(text);
    m_listed = std::move(fresh);
  }
  return m_listed;
}

std::optional<hash::Digest> OciLayout::default_image() const {
  const auto entry = m_directory.read_index().find_default();
  return entry ? std::optional(entry->digest) : std::nullopt;
}

/// What index.json says of a tag or digest.
struct OciLayout::Named {
  std::optional<hash::Digest> digest;  ///< nullopt: it is a tag
  std::optional<oci::Descriptor> entry;
};

OciLayout::Named OciLayout::look_up(const base::Context& context, std::string_view tag_or_digest) {
  begin_look(context);
  const auto now = listed();
  const auto digest = digest_named(tag_or_digest);
  return {digest, digest ? now->index.find_digest(*digest) : now->index.find_tag(tag_or_digest)};
}

std::optional<oci::RawManifest> OciLayout::find_manifest(const base::Context& context,
                                                         std::string_view tag_or_digest) {
  const auto [digest, entry] = look_up(context, tag_or_digest);
  if (!digest && !entry) return std::nullopt;
  auto manifest =
      entry ? m_directory.read_manifest(entry->digest, entry->media_type) : find_unlisted(*digest);
  if (!manifest && !digest) fail_lost(tag_or_digest, *entry);
  if (manifest) note_use(manifest->digest);
  return manifest;
}

std::optional<oci::RawManifest> OciLayout::find_unlisted(const hash::Digest& digest) const {
  const auto status = m_directory.blob_status(digest);
  if (!status || static_cast<std::uint64_t>(status->st_size) > oci::k_max_manifest) {
    return std::nullopt;
  }
  try {
    return m_directory.read_manifest(digest, {});
  } catch (const Error& error) {
    const bool other =
        error.code() == ErrorCode::invalid_input || error.code() == ErrorCode::unsupported;
    if (other) return std::nullopt;  // a layer or a config
    throw;
  }
}

void OciLayout::fail_lost(std::string_view tag, const oci::Descriptor& entry) const {
  throw Error(ErrorCode::integrity, where() + ": the tag \"" + std::string(tag) + "\" stands at " +
                                        entry.digest.str() + ", but that blob is missing");
}

std::optional<oci::Descriptor> OciLayout::resolve(const base::Context& context,
                                                  std::string_view tag_or_digest) {
  const auto [digest, entry] = look_up(context, tag_or_digest);
  if (!entry) {
    const auto unlisted = digest ? find_unlisted(*digest) : std::nullopt;
    if (unlisted) note_use(unlisted->digest);
    return unlisted ? std::optional(unlisted->descriptor()) : std::nullopt;
  }
  const auto status = m_directory.blob_status(entry->digest);
  if (status && static_cast<std::uint64_t>(status->st_size) == entry->size) {
    note_use(entry->digest);
    return bare(*entry);
  }
  if (!digest) fail_lost(tag_or_digest, *entry);
  return std::nullopt;
}

bool OciLayout::lists(const base::Context& context, const hash::Digest& digest) {
  begin_look(context);
  if (!m_directory.blob_status(digest)) return false;
  const auto is_it = [&](const oci::Descriptor& listed) { return listed.digest == digest; };
  const std::vector<oci::Descriptor> listed = m_directory.read_index().entries();
  bool found = std::any_of(listed.begin(), listed.end(), is_it);
  if (found) return true;
  LayoutGraph graph(m_directory, [&](const oci::RawManifest& manifest) {
    if (!manifest.is_index()) return;
    const oci::Index index = oci::Index::parse(manifest);
    found = found || std::any_of(index.manifests.begin(), index.manifests.end(), is_it);
  });
  graph.add_entries(context);
  return found;
}

void OciLayout::put_manifest(const base::Context& context, const oci::RawManifest& manifest,
                             std::string_view tag) {
  if (tag.empty()) return put_manifests(context, {manifest});
  begin_manifest(context, manifest, tag);
  write_manifest(context, manifest);
  m_directory.change_index(context,
                           [&](LayoutIndex& index) { return index.move_tag(manifest, tag); });
}

void OciLayout::put_child(const base::Context& context, const oci::RawManifest& manifest) {
  begin_manifest(context, manifest, {});
  write_manifest(context, manifest);
}

void OciLayout::put_manifests(const base::Context& context,
                              const std::vector<oci::RawManifest>& manifests) {
  if (manifests.empty()) return;
  for (const oci::RawManifest& manifest : manifests) put_child(context, manifest);
  m_directory.change_index(context, [&](LayoutIndex& index) { return index.list(manifests); });
}

void OciLayout::put_unmoved(const base::Context& context, const oci::RawManifest& manifest,
                            std::string_view tag) {
  put_if(context, manifest, tag, [&](const std::optional<oci::Descriptor>& present) {
    store::check_unmoved(where(), tag, present, manifest.digest);
  });
}

void OciLayout::put_instead(const base::Context& context, const oci::RawManifest& manifest,
                            std::string_view tag, const std::optional<hash::Digest>& before) {
  put_if(context, manifest, tag, [&](const std::optional<oci::Descriptor>& present) {
    store::check_still(where(), tag, present, before);
  });
}

void OciLayout::put_if(const base::Context& context, const oci::RawManifest& manifest,
                       std::string_view tag, const CheckTag& check) {
  begin_manifest(context, manifest, tag);
  m_directory.change_index(context, [&](LayoutIndex& index) {
    check(index.find_tag(tag));
    write_manifest(context, manifest);
    return index.move_tag(manifest, tag);
  });
}

void OciLayout::begin_manifest(const base::Context& context, const oci::RawManifest& manifest,
                               std::string_view tag) {
  if (!tag.empty()) check_layout_tag(tag);
  hash::verify(base::as_bytes(manifest.bytes), manifest.digest,
               "manifest " + manifest.digest.str() + " for " + where());
  m_directory.begin_write(context);
}

void OciLayout::write_manifest(const base::Context& context, const oci::RawManifest& manifest) {
  const oci::Descriptor descriptor = manifest.descriptor();
  if (store::is_sound(*this, context, descriptor)) return note_use(descriptor.digest);
  base::MemorySource source(base::as_bytes(manifest.bytes));
  write_blob(descriptor, source, context);
  const std::lock_guard guard(m_listed_mutex);
  m_listed.reset();  // what it names may have been missing
}

void OciLayout::note_use(const hash::Digest& manifest) const {
  if (m_uses == Uses::noted) m_directory.note_use(manifest);
}

std::vector<std::string> OciLayout::tags(const base::Context& context) {
  context.check();
  return m_directory.read_index().tags();
}

std::vector<oci::Descriptor> OciLayout::referrers(const base::Context& context,
                                                  const hash::Digest& subject) {
  begin_look(context);
  const auto now = listed();
  const std::lock_guard guard(now->mutex);
  if (!now->referring) {
    store::Referring gathered;
    LayoutGraph graph(m_directory,
                      [&](const oci::RawManifest& manifest) { gathered.add(manifest); });
    graph.add_entries(context);
    now->referring = std::move(gathered);
  }
  return now->referring->to(subject);
}

}  // namespace pinnace::disk
