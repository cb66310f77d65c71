#include "disk/oci_layout.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/error.hpp"
#include "disk/layout_files.hpp"
#include "disk/layout_graph.hpp"
#include "disk/layout_index.hpp"
#include "files/look.hpp"
#include "files/temporary.hpp"
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

constexpr std::chrono::milliseconds k_poll{20};
constexpr std::size_t k_buffer = 128 * 1024;

/// Waits until nobody holds the lock against it, or a stop is requested.
FileLock wait_for_lock(const base::Context& context, const std::filesystem::path& path,
                       FileLock::Mode mode) {
  for (std::chrono::milliseconds pause{1};; pause = std::min(2 * pause, k_poll)) {
    context.check();
    if (auto lock = FileLock::try_lock(path, mode)) return *std::move(lock);
    context.sleep(pause);
  }
}

void make_directory(const std::filesystem::path& path) {
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) {
    base::throw_errno(errno, "create directory " + path.string());
  }
}

void create_missing(const std::filesystem::path& path, std::string_view text) {
  if (!files::link_status(path)) files::write_file_atomically(path, text);
}

/// So that the names of blobs are on disk before a name that needs them.
void flush_directory(const Directory& directory) {
  if (::fsync(directory.fd()) != 0) {
    base::throw_errno(errno, "flush directory " + directory.path().string());
  }
}

/// What it is, without tags and other annotations.
oci::Descriptor bare(const oci::Descriptor& entry) {
  return {entry.media_type, entry.digest, entry.size, {}, {}, {}, nlohmann::json::object()};
}

std::optional<struct stat> regular_status(const Directory& blobs, const hash::Digest& digest) {
  const auto status = blobs.status(digest.hex());
  return status && S_ISREG(status->st_mode) ? status : std::nullopt;
}

std::string describe(const oci::Descriptor& blob, const std::string& where) {
  return "blob " + blob.digest.str() + " of " + where;
}

}  // namespace

/// Writes beside the blobs; holds garbage collection off, even when the layout object is gone.
class OciLayout::Writer final : public store::BlobWriter {
 public:
  Writer(OciLayout& layout, base::Context context, std::shared_ptr<FileLock> hold)
      : m_layout(layout),
        m_context(std::move(context)),
        m_hold(std::move(hold)),
        m_file(layout.m_path / "blobs" / "sha256" / "new") {}

  void write(base::Bytes bytes) override {
    m_context.check();
    m_file.write(bytes);
  }
  void commit(const hash::Digest& digest, std::uint64_t size) override {
    m_context.check();
    store::check_size(m_file.size(), size, "blob " + digest.str() + " for " + m_layout.where());
    m_layout.prepare_blob_directory(digest.algorithm());
    m_file.set_path(m_layout.blob_path(digest));
    m_file.commit();
  }

 private:
  OciLayout& m_layout;
  base::Context m_context;
  std::shared_ptr<FileLock> m_hold;
  AtomicFile m_file;
};

OciLayout::OciLayout(std::filesystem::path directory, Missing missing, Uses uses)
    : m_path(std::move(directory)), m_uses(uses) {
  check_existing(missing);
}

OciLayout::~OciLayout() = default;

void OciLayout::check_existing(Missing missing) {
  if (!files::status_of_target(m_path)) {
    if (missing == Missing::create) return;
    base::throw_errno(ENOENT, "open OCI layout " + m_path.string());
  }
  const Directory directory(m_path);
  auto text = read_small(directory, k_layout_file, k_max_layout_file);
  if (!text) {
    // A layout whose creation was killed has nothing yet, as has "shop" beside the layout
    // "shop/web".
    if (holds_layouts_only(directory)) return;
    // Another process may have created it since the first look.
    text = read_small(directory, k_layout_file, k_max_layout_file);
  }
  if (!text) {
    throw Error(ErrorCode::invalid_input,
                m_path.string() +
                    " is no OCI image layout, expected the file oci-layout in it "
                    "or an empty directory");
  }
  check_layout_version(*text, (m_path / k_layout_file).string());
  m_seen = true;
  m_ready = directory.status(k_index_file).has_value() && directory.status("blobs").has_value();
}

/// Whether there is a layout yet. One that was there and is gone has not become empty.
bool OciLayout::exists() const {
  const bool there = files::link_status(m_path / k_layout_file).has_value();
  if (!there && m_seen) {
    throw Error(ErrorCode::io,
                where() + " went away while it was in use: its file " + k_layout_file + " is gone");
  }
  if (there) m_seen = true;
  return there;
}

bool OciLayout::has_any_blob() const {
  for (const auto algorithm : {hash::Algorithm::sha256, hash::Algorithm::sha512}) {
    const auto directory = blob_directory(algorithm);
    const auto names = directory ? directory->names() : std::vector<std::string>{};
    const bool any = std::any_of(names.begin(), names.end(), [](const std::string& name) {
      return !name.starts_with(AtomicFile::k_prefix);
    });
    if (any) return true;
  }
  return false;
}

FileLock OciLayout::lock_index(const base::Context& context) const {
  return wait_for_lock(context, m_path / files::k_lock_name, FileLock::Mode::exclusive);
}

void OciLayout::create_skeleton(const base::Context& context) {
  (void)exists();
  files::make_directories(m_path);
  const FileLock lock = lock_index(context);
  create_missing(m_path / k_layout_file, k_layout_text);
  make_directory(m_path / "blobs");
  prepare_blob_directory(hash::Algorithm::sha256);
  create_missing(m_path / k_index_file, read_index().text());
}

void OciLayout::begin_write(const base::Context& context) {
  {
    const std::lock_guard guard(m_mutex);
    if (!m_ready) create_skeleton(context);
    m_ready = true;
  }
  lock_out_gc(context);
}

std::shared_ptr<FileLock> OciLayout::lock_out_gc(const base::Context& context) {
  const std::lock_guard guard(m_mutex);
  if (m_gc_lock) return m_gc_lock;
  if (!exists() || !files::is_writable(m_path)) return nullptr;
  m_gc_lock = std::make_shared<FileLock>(
      wait_for_lock(context, m_path / files::k_gc_lock_name, FileLock::Mode::shared));
  return m_gc_lock;
}

FileLock OciLayout::lock_out_writers(const base::Context& context, std::chrono::milliseconds wait) {
  {
    const std::lock_guard guard(m_mutex);
    m_gc_lock.reset();
  }
  for (std::chrono::milliseconds waited{0};; waited += k_poll) {
    context.check();
    if (auto lock = FileLock::try_lock(m_path / files::k_gc_lock_name, FileLock::Mode::exclusive)) {
      return *std::move(lock);
    }
    if (waited >= wait) {
      throw Error(ErrorCode::unavailable,
                  where() + " is being written to by another process; try again when it has ended");
    }
    context.sleep(k_poll);
  }
}

std::filesystem::path OciLayout::blob_path(const hash::Digest& digest) const {
  return m_path / "blobs" / hash::to_string(digest.algorithm()) / digest.hex();
}

std::optional<Directory> OciLayout::blob_directory(hash::Algorithm algorithm) const {
  if (!exists()) return std::nullopt;
  try {
    return Directory(m_path).open_directory("blobs/" + std::string(hash::to_string(algorithm)),
                                            Directory::Links::refuse);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found) return std::nullopt;
    throw;
  }
}

void OciLayout::prepare_blob_directory(hash::Algorithm algorithm) {
  if (blob_directory(algorithm)) return;
  const std::string name(hash::to_string(algorithm));
  make_directory(m_path / "blobs");
  // Looked at before anything is made in it: a symbolic link must not lead out.
  (void)Directory(m_path).open_directory("blobs", Directory::Links::refuse);
  make_directory(m_path / "blobs" / name);
  (void)blob_directory(algorithm);
}

std::optional<struct stat> OciLayout::blob_status(const hash::Digest& digest) const {
  const auto directory = blob_directory(digest.algorithm());
  return directory ? regular_status(*directory, digest) : std::nullopt;
}

bool OciLayout::has_blob(const base::Context& context, const oci::Descriptor& blob) {
  // Who asks means to rely on the answer, so the blob must stay.
  lock_out_gc(context);
  const auto status = blob_status(blob.digest);
  return status && static_cast<std::uint64_t>(status->st_size) == blob.size;
}

std::unique_ptr<base::Source> OciLayout::open_blob(const base::Context& context,
                                                   const oci::Descriptor& blob) {
  context.check();
  const std::string what = describe(blob, where());
  const auto directory = blob_directory(blob.digest.algorithm());
  const auto status = directory ? regular_status(*directory, blob.digest) : std::nullopt;
  if (!status) throw Error(ErrorCode::not_found, "no " + what);
  store::check_size(static_cast<std::uint64_t>(status->st_size), blob.size, what);
  auto fd = directory->open(blob.digest.hex(), Directory::Links::refuse);
  auto file = std::make_unique<files::FileSource>(std::move(fd), blob_path(blob.digest).string());
  return std::make_unique<hash::VerifyingSource>(std::move(file), blob.digest, blob.size, what);
}

void OciLayout::write_blob(const oci::Descriptor& blob, base::Source& source,
                           const base::Context& context) {
  prepare_blob_directory(blob.digest.algorithm());
  AtomicFile file(blob_path(blob.digest));
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
  begin_write(context);
  return has_blob(context, blob) ? store::PutOutcome::existed : put_fresh(context, blob, open);
}

store::PutOutcome OciLayout::repair_blob(const base::Context& context, const oci::Descriptor& blob,
                                         const base::OpenSource& open,
                                         const store::BlobStore* /*from*/) {
  begin_write(context);
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
  begin_write(context);
  prepare_blob_directory(hash::Algorithm::sha256);
  return std::make_unique<Writer>(*this, context, lock_out_gc(context));
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
  auto text = index_text();
  const std::lock_guard guard(m_listed_mutex);
  if (!m_listed || m_listed->text != text) {
    auto fresh = std::make_shared<Listed>();
    fresh->index = parse_index(text);
    fresh->text = std::move(text);
    m_listed = std::move(fresh);
  }
  return m_listed;
}

LayoutIndex OciLayout::read_index() const {
  return parse_index(index_text());
}

LayoutIndex OciLayout::parse_index(const std::optional<std::string>& text) const {
  return text ? LayoutIndex::parse(*text, (m_path / k_index_file).string()) : LayoutIndex();
}

/// nullopt: nothing is listed yet.
std::optional<std::string> OciLayout::index_text() const {
  if (!exists()) return std::nullopt;
  const Directory directory(m_path);
  auto text = read_small(directory, k_index_file, k_max_index_file);
  if (!text) {
    // A creation that was killed has no index yet, and no blobs; another one may just go on.
    if (!has_any_blob()) return std::nullopt;
    text = read_small(directory, k_index_file, k_max_index_file);
  }
  if (!text) {
    throw Error(ErrorCode::integrity,
                where() + " has blobs but no " + k_index_file +
                    ", so what they belong to is not known; put that file back, or remove the "
                    "directory");
  }
  return text;
}

std::optional<hash::Digest> OciLayout::default_image() const {
  const auto entry = read_index().find_default();
  return entry ? std::optional(entry->digest) : std::nullopt;
}

std::vector<oci::Descriptor> OciLayout::entries() const {
  return read_index().entries();
}

void OciLayout::drop_entries(const base::Context& context,
                             const std::function<bool(const oci::Descriptor&)>& drop) {
  const FileLock lock = lock_index(context);
  LayoutIndex index = read_index();
  if (index.remove_if(drop)) files::write_file_atomically(m_path / k_index_file, index.text());
}

std::optional<oci::RawManifest> OciLayout::read_manifest(const hash::Digest& digest,
                                                         std::string_view media_type) const {
  const std::string what = "manifest " + digest.str() + " of " + where();
  const auto directory = blob_directory(digest.algorithm());
  if (!directory) return std::nullopt;
  const auto text = read_small(*directory, std::string(digest.hex()).c_str(), oci::k_max_manifest);
  if (!text) return std::nullopt;
  hash::verify(base::as_bytes(*text), digest, what);
  return base::with_context([&] { return what; },
                            [&] {
                              auto manifest = oci::RawManifest::from_bytes(*text, media_type);
                              manifest.digest = digest;  // as asked: it may be a SHA-512
                              return manifest;
                            });
}

std::optional<oci::RawManifest> OciLayout::find_manifest(const base::Context& context,
                                                         std::string_view tag_or_digest) {
  context.check();
  const auto now = listed();
  const LayoutIndex& index = now->index;
  const auto digest = digest_named(tag_or_digest);
  const auto entry = digest ? index.find_digest(*digest) : index.find_tag(tag_or_digest);
  if (!digest && !entry) return std::nullopt;
  auto manifest = entry ? read_manifest(entry->digest, entry->media_type) : find_unlisted(*digest);
  if (!manifest && !digest) fail_lost(tag_or_digest, *entry);
  if (manifest) note_use(manifest->digest);
  return manifest;
}

std::optional<oci::RawManifest> OciLayout::find_unlisted(const hash::Digest& digest) const {
  const auto status = blob_status(digest);
  if (!status || static_cast<std::uint64_t>(status->st_size) > oci::k_max_manifest) {
    return std::nullopt;
  }
  try {
    return read_manifest(digest, {});
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
  context.check();
  const auto now = listed();
  const LayoutIndex& index = now->index;
  const auto digest = digest_named(tag_or_digest);
  const auto entry = digest ? index.find_digest(*digest) : index.find_tag(tag_or_digest);
  if (!entry) {
    const auto unlisted = digest ? find_unlisted(*digest) : std::nullopt;
    if (unlisted) note_use(unlisted->digest);
    return unlisted ? std::optional(unlisted->descriptor()) : std::nullopt;
  }
  const auto status = blob_status(entry->digest);
  if (status && static_cast<std::uint64_t>(status->st_size) == entry->size) {
    note_use(entry->digest);
    return bare(*entry);
  }
  if (!digest) fail_lost(tag_or_digest, *entry);
  return std::nullopt;
}

bool OciLayout::lists(const base::Context& context, const hash::Digest& digest) {
  if (!blob_status(digest)) return false;
  const auto is_it = [&](const oci::Descriptor& listed) { return listed.digest == digest; };
  const std::vector<oci::Descriptor> listed = entries();
  bool found = std::any_of(listed.begin(), listed.end(), is_it);
  if (found) return true;
  LayoutGraph graph(*this, [&](const oci::RawManifest& manifest) {
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
  const FileLock lock = lock_index(context);
  LayoutIndex index = read_index();
  if (index.move_tag(manifest, tag)) write_index(index);
}

void OciLayout::put_child(const base::Context& context, const oci::RawManifest& manifest) {
  begin_manifest(context, manifest, {});
  write_manifest(context, manifest);
}

void OciLayout::put_manifests(const base::Context& context,
                              const std::vector<oci::RawManifest>& manifests) {
  if (manifests.empty()) return;
  for (const oci::RawManifest& manifest : manifests) put_child(context, manifest);
  const FileLock lock = lock_index(context);
  LayoutIndex index = read_index();
  if (index.list(manifests)) write_index(index);
}

void OciLayout::put_unmoved(const base::Context& context, const oci::RawManifest& manifest,
                            std::string_view tag) {
  begin_manifest(context, manifest, tag);
  const FileLock lock = lock_index(context);
  LayoutIndex index = read_index();
  store::check_unmoved(where(), tag, index.find_tag(tag), manifest.digest);
  write_manifest(context, manifest);
  if (index.move_tag(manifest, tag)) write_index(index);
}

void OciLayout::begin_manifest(const base::Context& context, const oci::RawManifest& manifest,
                               std::string_view tag) {
  if (!tag.empty()) check_layout_tag(tag);
  hash::verify(base::as_bytes(manifest.bytes), manifest.digest,
               "manifest " + manifest.digest.str() + " for " + where());
  begin_write(context);
}

void OciLayout::write_manifest(const base::Context& context, const oci::RawManifest& manifest) {
  const oci::Descriptor descriptor = manifest.descriptor();
  if (store::is_sound(*this, context, descriptor)) return note_use(descriptor.digest);
  base::MemorySource source(base::as_bytes(manifest.bytes));
  write_blob(descriptor, source, context);
  const std::lock_guard guard(m_listed_mutex);
  m_listed.reset();  // what it names may have been missing
}

/// Under its lock.
void OciLayout::write_index(const LayoutIndex& index) {
  for (const auto algorithm : {hash::Algorithm::sha256, hash::Algorithm::sha512}) {
    if (const auto directory = blob_directory(algorithm)) flush_directory(*directory);
  }
  files::write_file_atomically(m_path / k_index_file, index.text());
}

/// Where it can't be noted, the image may go earlier.
void OciLayout::note_use(const hash::Digest& manifest) const {
  if (m_uses == Uses::unnoted) return;
  const auto directory = blob_directory(manifest.algorithm());
  const std::string name(manifest.hex());
  if (directory) (void)::utimensat(directory->fd(), name.c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
}

std::vector<std::string> OciLayout::tags(const base::Context& context) {
  context.check();
  return read_index().tags();
}

std::vector<oci::Descriptor> OciLayout::referrers(const base::Context& context,
                                                  const hash::Digest& subject) {
  const auto now = listed();
  const std::lock_guard guard(now->mutex);
  if (!now->referring) {
    store::Referring gathered;
    LayoutGraph graph(*this, [&](const oci::RawManifest& manifest) { gathered.add(manifest); });
    graph.add_entries(context);
    now->referring = std::move(gathered);
  }
  return now->referring->to(subject);
}

}  // namespace pinnace::disk
