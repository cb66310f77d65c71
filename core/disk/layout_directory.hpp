#pragma once

#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "disk/layout_index.hpp"
#include "files/directory.hpp"
#include "files/file.hpp"
#include "oci/manifest.hpp"

namespace pinnace::base {
struct Context;
}

namespace pinnace::disk {

/// What to do where there is no layout yet. A directory that is empty, or has nothing but other
/// layouts below, is one that has nothing: a killed creation leaves such, and names of images may
/// be nested.
enum class Missing {
  refuse,  ///< not_found, or invalid_input for something that is no layout
  create,  ///< an absent directory becomes a layout at the first write; until then all is absent
};

/// The files of an OCI image layout: whether they are there, where blobs lie, its index, its locks.
///
/// What can't be looked at is never taken for absent: that throws io. So does every use of a layout
/// that was there and went away; one that has blobs but no index.json throws integrity. Symbolic
/// links below the directory are refused.
class LayoutDirectory {
 public:
  /// Changes nothing. Throws invalid_input that names the directory and what was expected;
  /// unsupported for an imageLayoutVersion other than 1.x.
  LayoutDirectory(std::filesystem::path directory, Missing missing);

  /// "oci:" and the path.
  std::string where() const { return "oci:" + m_path.string(); }
  const std::filesystem::path& path() const noexcept { return m_path; }

  /// For whoever is about to write: makes what a layout has, and keeps garbage collectors out.
  void begin_write(const base::Context& context);

  std::filesystem::path blob_path(const hash::Digest& digest) const;
  /// The status of a blob's file, if it is there and a regular one.
  std::optional<struct stat> blob_status(const hash::Digest& digest) const;
  /// The same in a blob_directory() that is open.
  static std::optional<struct stat> blob_status(const files::Directory& blobs,
                                                const hash::Digest& digest);
  /// blobs/<algorithm>; nullopt if there is none. Throws if a symbolic link stands there.
  std::optional<files::Directory> blob_directory(hash::Algorithm algorithm) const;
  /// Makes it, if there is none.
  void prepare_blob_directory(hash::Algorithm algorithm);
  /// The manifest under a digest; nullopt if there is no such blob. `media_type`, if not empty, is
  /// what a descriptor calls it. Throws integrity or invalid_input for a blob that is no sound
  /// manifest.
  std::optional<oci::RawManifest> read_manifest(const hash::Digest& digest,
                                                std::string_view media_type) const;
  /// Writes the time of a manifest's file, where it can.
  void note_use(const hash::Digest& manifest) const;

  /// The text of index.json as it is now; nullopt: nothing is listed yet.
  std::optional<std::string> index_text() const;
  LayoutIndex parse_index(const std::optional<std::string>& text) const;
  LayoutIndex read_index() const { return parse_index(index_text()); }
  /// Reads index.json, and writes it if `change` says that it has changed it; alone among all who
  /// change it.
  void change_index(const base::Context& context,
                    const std::function<bool(LayoutIndex& index)>& change);

  /// Keeps garbage collectors out as long as the lock lives, waiting for a running one to end;
  /// nullptr where the directory can't be written to. Throws cancelled.
  std::shared_ptr<files::FileLock> lock_out_gc(const base::Context& context);
  /// Keeps everybody out who writes; this object's own hold is given up first (but not that of a
  /// BlobWriter that is still alive). Throws unavailable if others hold on for longer than `wait`.
  files::FileLock lock_out_writers(const base::Context& context, std::chrono::milliseconds wait);

 private:
  void check_existing(Missing missing);
  bool exists() const;
  bool has_any_blob() const;
  files::FileLock lock_index(const base::Context& context) const;
  void create_skeleton(const base::Context& context);
  void write_index(const LayoutIndex& index) const;

  std::filesystem::path m_path;
  std::mutex m_mutex;
  std::shared_ptr<files::FileLock> m_gc_lock;  ///< guarded by m_mutex
  bool m_ready = false;                        ///< the skeleton exists; guarded by m_mutex
  mutable std::atomic<bool> m_seen = false;    ///< oci-layout was there
};

}  // namespace pinnace::disk
