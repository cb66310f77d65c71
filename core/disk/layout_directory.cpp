#include "disk/layout_directory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/context.hpp"
#include "base/error.hpp"
#include "disk/layout_files.hpp"
#include "files/look.hpp"
#include "files/temporary.hpp"
#include "hash/hasher.hpp"

namespace pinnace::disk {

using base::Error;
using base::ErrorCode;
using files::AtomicFile;
using files::Directory;
using files::FileLock;

namespace {

constexpr std::chrono::milliseconds k_poll{20};

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

}  // namespace

LayoutDirectory::LayoutDirectory(std::filesystem::path directory, Missing missing)
    : m_path(std::move(directory)) {
  check_existing(missing);
}

void LayoutDirectory::check_existing(Missing missing) {
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
bool LayoutDirectory::exists() const {
  const bool there = files::link_status(m_path / k_layout_file).has_value();
  if (!there && m_seen) {
    throw Error(ErrorCode::io,
                where() + " went away while it was in use: its file " + k_layout_file + " is gone");
  }
  if (there) m_seen = true;
  return there;
}

bool LayoutDirectory::has_any_blob() const {
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

FileLock LayoutDirectory::lock_index(const base::Context& context) const {
  return wait_for_lock(context, m_path / files::k_lock_name, FileLock::Mode::exclusive);
}

void LayoutDirectory::create_skeleton(const base::Context& context) {
  (void)exists();
  files::make_directories(m_path);
  const FileLock lock = lock_index(context);
  create_missing(m_path / k_layout_file, k_layout_text);
  make_directory(m_path / "blobs");
  prepare_blob_directory(hash::Algorithm::sha256);
  create_missing(m_path / k_index_file, read_index().text());
}

void LayoutDirectory::begin_write(const base::Context& context) {
  {
    const std::lock_guard guard(m_mutex);
    if (!m_ready) create_skeleton(context);
    m_ready = true;
  }
  lock_out_gc(context);
}

std::shared_ptr<FileLock> LayoutDirectory::lock_out_gc(const base::Context& context) {
  const std::lock_guard guard(m_mutex);
  if (m_gc_lock) return m_gc_lock;
  if (!exists() || !files::is_writable(m_path)) return nullptr;
  m_gc_lock = std::make_shared<FileLock>(
      wait_for_lock(context, m_path / files::k_gc_lock_name, FileLock::Mode::shared));
  return m_gc_lock;
}

FileLock LayoutDirectory::lock_out_writers(const base::Context& context,
                                           std::chrono::milliseconds wait) {
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

std::filesystem::path LayoutDirectory::blob_path(const hash::Digest& digest) const {
  return m_path / "blobs" / hash::to_string(digest.algorithm()) / digest.hex();
}

std::optional<Directory> LayoutDirectory::blob_directory(hash::Algorithm algorithm) const {
  if (!exists()) return std::nullopt;
  try {
    return Directory(m_path).open_directory("blobs/" + std::string(hash::to_string(algorithm)),
                                            Directory::Links::refuse);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found) return std::nullopt;
    throw;
  }
}

void LayoutDirectory::prepare_blob_directory(hash::Algorithm algorithm) {
  if (blob_directory(algorithm)) return;
  const std::string name(hash::to_string(algorithm));
  make_directory(m_path / "blobs");
  // Looked at before anything is made in it: a symbolic link must not lead out.
  (void)Directory(m_path).open_directory("blobs", Directory::Links::refuse);
  make_directory(m_path / "blobs" / name);
  (void)blob_directory(algorithm);
}

std::optional<struct stat> LayoutDirectory::blob_status(const hash::Digest& digest) const {
  const auto blobs = blob_directory(digest.algorithm());
  return blobs ? blob_status(*blobs, digest) : std::nullopt;
}

std::optional<struct stat> LayoutDirectory::blob_status(const Directory& blobs,
                                                        const hash::Digest& digest) {
  const auto status = blobs.status(digest.hex());
  return status && S_ISREG(status->st_mode) ? status : std::nullopt;
}

std::optional<oci::RawManifest> LayoutDirectory::read_manifest(const hash::Digest& digest,
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

/// Where it can't be noted, the image may go earlier.
void LayoutDirectory::note_use(const hash::Digest& manifest) const {
  const auto directory = blob_directory(manifest.algorithm());
  const std::string name(manifest.hex());
  if (directory) (void)::utimensat(directory->fd(), name.c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
}

LayoutIndex LayoutDirectory::parse_index(const std::optional<std::string>& text) const {
  return text ? LayoutIndex::parse(*text, (m_path / k_index_file).string()) : LayoutIndex();
}

/// nullopt: nothing is listed yet.
std::optional<std::string> LayoutDirectory::index_text() const {
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

/// Under its lock.
void LayoutDirectory::write_index(const LayoutIndex& index) const {
  for (const auto algorithm : {hash::Algorithm::sha256, hash::Algorithm::sha512}) {
    if (const auto directory = blob_directory(algorithm)) flush_directory(*directory);
  }
  files::write_file_atomically(m_path / k_index_file, index.text());
}

void LayoutDirectory::change_index(const base::Context& context,
                                   const std::function<bool(LayoutIndex& index)>& change) {
  const FileLock lock = lock_index(context);
  LayoutIndex index = read_index();
  if (change(index)) write_index(index);
}

}  // namespace pinnace::disk
