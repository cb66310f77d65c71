#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "base/io.hpp"

namespace pinnace::files {

/// Owns a file descriptor; -1 owns nothing.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) noexcept : m_fd(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    reset(std::exchange(other.m_fd, -1));
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(); }

  int get() const noexcept { return m_fd; }
  explicit operator bool() const noexcept { return m_fd >= 0; }
  void reset(int fd = -1) noexcept;

 private:
  int m_fd = -1;
};

/// Opens `path` for reading (O_CLOEXEC). Throws not_found or io.
UniqueFd open_read(const std::filesystem::path& path);

/// A file in memory alone (memfd_create) with this content, at its beginning: input of a program
/// that needs no thread to feed it. Throws io.
UniqueFd open_in_memory(std::string_view content);

/// One read of an open file, at its position; 0 at the end. Throws io, naming `shown`.
std::size_t read_some(const UniqueFd& fd, std::span<std::byte> buffer, const std::string& shown);

/// Reads an open file from its current position.
class FileSource final : public base::Source {
 public:
  /// `name` is for error messages only.
  FileSource(UniqueFd fd, std::string name) : m_fd(std::move(fd)), m_name(std::move(name)) {}
  explicit FileSource(const std::filesystem::path& path)
      : FileSource(open_read(path), path.string()) {}
  std::size_t read(std::span<std::byte> buffer) override;

 private:
  UniqueFd m_fd;
  std::string m_name;
};

/// The whole of a regular file of at most `limit` bytes, or of a pipe that this process was given
/// (/dev/fd/63, as shells write <(...)). Never waits for a FIFO.
std::string read_file(const std::filesystem::path& path, std::size_t limit);
/// The same of an open file, named `shown` in errors.
std::string read_file(UniqueFd fd, const std::string& shown, std::size_t limit);
/// The same, empty where it can't be read: only for what is made anew then.
std::string read_file_or_empty(const std::filesystem::path& path, std::size_t limit);

/// A file that appears under its name completely or not at all: written beside its final name,
/// renamed by commit(), removed by the destructor when there was no commit.
class AtomicFile final : public base::Sink {
 public:
  /// How commit() treats a file that is there already.
  enum class Existing { replace, keep };
  /// Whether commit() waits until the bytes are on the disk. Without, a crash of the system may
  /// leave an empty file under the name: for what is only remembered, and checked when it is read.
  enum class Flush { yes, no };

  /// Creates the temporary file `<dir of path>/.pinnace-tmp-<random>`. It has the permissions of
  /// the file that it replaces, else those that the umask leaves; or `mode` and nothing else, as
  /// secrets need it. Throws io.
  explicit AtomicFile(std::filesystem::path path, std::optional<mode_t> mode = {});
  AtomicFile(AtomicFile&&) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile() override;

  void write(base::Bytes bytes) override;
  /// Gives the file its name. With `keep`, a file that is there already stays, and ours is dropped.
  void commit(Existing existing = Existing::replace, Flush flush = Flush::yes);
  /// Changes the final name before commit(), for content that is named by its digest.
  void set_path(std::filesystem::path path) { m_path = std::move(path); }
  std::uint64_t size() const noexcept { return m_size; }

  /// Temporary names start so; see files/temporary.hpp.
  static constexpr std::string_view k_prefix = ".pinnace-tmp-";

 private:
  void replace();

  std::filesystem::path m_path;
  std::filesystem::path m_temporary;
  std::optional<mode_t> m_mode;
  UniqueFd m_fd;
  std::uint64_t m_size = 0;
};

/// Writes `text` to `path` atomically, with permissions as AtomicFile has it.
void write_file_atomically(const std::filesystem::path& path, std::string_view text,
                           std::optional<mode_t> mode = {});
/// Makes the directory `path` and those above it where they are missing. Throws io.
void make_directories(const std::filesystem::path& path);
/// Writes `text` to `path` and below directories that are made, without waiting for the disk.
/// Throws io.
void write_cache_file(const std::filesystem::path& path, std::string_view text);

/// An advisory whole-file lock (flock) that ends with the object.
class FileLock {
 public:
  enum class Mode { shared, exclusive };
  /// Creates the lock file if it is missing and waits for the lock.
  FileLock(const std::filesystem::path& path, Mode mode);
  /// The same without waiting; nullopt if somebody holds the lock against it.
  static std::optional<FileLock> try_lock(const std::filesystem::path& path, Mode mode);

 private:
  explicit FileLock(const std::filesystem::path& path);
  /// False: somebody holds a lock against it. Or errno.
  bool lock(int operation, const std::filesystem::path& path) const;

  UniqueFd m_fd;
};

}  // namespace pinnace::files
