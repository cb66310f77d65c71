#include "files/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/error.hpp"
#include "files/look.hpp"
#include "files/random_name.hpp"
#include "files/temporary.hpp"

namespace pinnace::files {

namespace {

/// Bytes that go to disk together while a file is written.
constexpr std::uint64_t k_flush_unit = 16 << 20;

void flush_unit(const UniqueFd& fd, std::uint64_t offset, unsigned flags,
                const std::filesystem::path& path) {
  // Not every file system has it; commit() flushes in any case.
  if (::sync_file_range(fd.get(), static_cast<off_t>(offset), k_flush_unit, flags) != 0 &&
      errno != EINVAL && errno != ENOSYS && errno != ESPIPE) {
    base::throw_errno(errno, "flush " + path.string());
  }
}

/// Sends units of a file that grew on their way, and waits for those before them: the flush at the
/// end can't be interrupted, so it must not have seconds of work left.
void flush_meanwhile(const UniqueFd& fd, std::uint64_t before, std::uint64_t now,
                     const std::filesystem::path& path) {
  for (std::uint64_t unit = before / k_flush_unit; unit < now / k_flush_unit; ++unit) {
    flush_unit(fd, unit * k_flush_unit, SYNC_FILE_RANGE_WRITE, path);
    if (unit == 0) continue;
    flush_unit(fd, (unit - 1) * k_flush_unit,
               SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER,
               path);
  }
}

}  // namespace

void UniqueFd::reset(int fd) noexcept {
  if (m_fd >= 0) ::close(m_fd);
  m_fd = fd;
}

UniqueFd open_read(const std::filesystem::path& path) {
  // O_NONBLOCK: to open a FIFO must not wait for somebody to write to it.
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (fd) return fd;
  const int error = errno;
  if (error == ENOENT) refuse_link_to_nothing(path);
  base::throw_errno(error, "open " + path.string());
}

UniqueFd open_in_memory(std::string_view content) {
  UniqueFd fd(::memfd_create("pinnace-input", MFD_CLOEXEC));
  if (!fd) base::throw_errno(errno, "hold a program's input");
  while (!content.empty()) {
    const ssize_t size = ::write(fd.get(), content.data(), content.size());
    if (size < 0 && errno != EINTR) base::throw_errno(errno, "hold a program's input");
    if (size > 0) content.remove_prefix(static_cast<std::size_t>(size));
  }
  if (::lseek(fd.get(), 0, SEEK_SET) != 0) base::throw_errno(errno, "hold a program's input");
  return fd;
}

std::size_t read_some(const UniqueFd& fd, std::span<std::byte> buffer, const std::string& shown) {
  if (buffer.empty()) return 0;
  for (;;) {
    const ssize_t size = ::read(fd.get(), buffer.data(), buffer.size());
    if (size >= 0) return static_cast<std::size_t>(size);
    if (errno != EINTR) base::throw_errno(errno, "read " + shown);
  }
}

std::size_t FileSource::read(std::span<std::byte> buffer) {
  return read_some(m_fd, buffer, m_name);
}

namespace {

void refuse_others_than_files(const UniqueFd& fd, const std::string& shown) {
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) base::throw_errno(errno, "stat " + shown);
  const char* kind = S_ISDIR(status.st_mode)    ? " is a directory"
                     : S_ISFIFO(status.st_mode) ? " is a FIFO"
                                                : nullptr;
  if (kind != nullptr)
    throw base::Error(base::ErrorCode::invalid_input, shown + kind + ", expected a file");
}

bool is_descriptor(const std::filesystem::path& path) {
  const std::string& name = path.native();
  return name == "/dev/stdin" || name.starts_with("/dev/fd/") || name.starts_with("/proc/self/fd/");
}

}  // namespace

std::string read_file(const std::filesystem::path& path, std::size_t limit) {
  if (is_descriptor(path)) {  // whoever passes a pipe writes to it
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!fd) base::throw_errno(errno, "open " + path.string());
    FileSource source(std::move(fd), path.string());
    return base::read_all(source, limit, path.string());
  }
  return read_file(open_read(path), path.string(), limit);
}

std::string read_file(UniqueFd fd, const std::string& shown, std::size_t limit) {
  refuse_others_than_files(fd, shown);
  FileSource source(std::move(fd), shown);
  return base::read_all(source, limit, shown);
}

std::string read_file_or_empty(const std::filesystem::path& path, std::size_t limit) {
  try {
    return read_file(path, limit);
  } catch (const base::Error&) {
    return {};
  }
}

namespace {

void set_permissions(const UniqueFd& fd, mode_t mode, const std::filesystem::path& path) {
  constexpr mode_t k_permissions = 07777;
  struct stat own {};
  if (::fstat(fd.get(), &own) != 0) base::throw_errno(errno, "stat " + path.string());
  // Not every file system can change them.
  if ((own.st_mode & k_permissions) == mode) return;
  if (::fchmod(fd.get(), mode) != 0)
    base::throw_errno(errno, "set the permissions of " + path.string());
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path path, std::optional<mode_t> mode)
    : m_path(std::move(path)), m_mode(mode) {
  const mode_t asked = mode ? 0600 : 0666;
  do {
    m_temporary = m_path.parent_path() / (std::string(k_prefix) + random_name());
    m_fd.reset(::open(m_temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, asked));
    if (!m_fd) base::throw_errno(errno, "create " + m_temporary.string());
  } while (!mark_in_use(m_fd, m_temporary));
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : m_path(std::move(other.m_path)),
      m_temporary(std::exchange(other.m_temporary, {})),
      m_mode(other.m_mode),
      m_fd(std::move(other.m_fd)),
      m_size(other.m_size) {}

AtomicFile::~AtomicFile() {
  if (!m_temporary.empty()) ::unlink(m_temporary.c_str());
}

void AtomicFile::write(base::Bytes bytes) {
  const std::uint64_t before = m_size;
  while (!bytes.empty()) {
    const ssize_t size = ::write(m_fd.get(), bytes.data(), bytes.size());
    if (size < 0) {
      if (errno == EINTR) continue;
      base::throw_errno(errno, "write " + m_path.string());
    }
    bytes = bytes.subspan(static_cast<std::size_t>(size));
    m_size += static_cast<std::uint64_t>(size);
  }
  flush_meanwhile(m_fd, before, m_size, m_path);
}

void AtomicFile::replace() {
  constexpr mode_t k_permissions = 0777;
  const auto there = m_mode ? std::nullopt : link_status(m_path);
  if (m_mode) {
    set_permissions(m_fd, *m_mode, m_path);
  } else if (there && S_ISREG(there->st_mode)) {
    set_permissions(m_fd, there->st_mode & k_permissions, m_path);
  }
  if (::rename(m_temporary.c_str(), m_path.c_str()) != 0)
    base::throw_errno(errno, "rename to " + m_path.string());
}

void AtomicFile::commit(Existing existing, Flush flush) {
  if (flush == Flush::yes && ::fdatasync(m_fd.get()) != 0) {
    base::throw_errno(errno, "flush " + m_path.string());
  }
  if (existing == Existing::keep && link_status(m_path)) {
    ::unlink(m_temporary.c_str());
  } else {
    replace();
  }
  m_temporary.clear();
  m_fd.reset();
}

void write_file_atomically(const std::filesystem::path& path, std::string_view text,
                           std::optional<mode_t> mode) {
  AtomicFile file(path, mode);
  file.write(base::as_bytes(text));
  file.commit();
}

void make_directories(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) base::throw_errno(error.value(), "create " + path.string());
}

void write_cache_file(const std::filesystem::path& path, std::string_view text) {
  make_directories(path.parent_path());
  AtomicFile file(path);
  file.write(base::as_bytes(text));
  file.commit(AtomicFile::Existing::replace, AtomicFile::Flush::no);
}

FileLock::FileLock(const std::filesystem::path& path) {
  // O_NOFOLLOW: a planted symlink must not make us create a file elsewhere.
  constexpr int flags = O_CREAT | O_CLOEXEC | O_NOFOLLOW;
  m_fd.reset(::open(path.c_str(), O_RDWR | flags, 0666));
  // Another user's, who was here first (root, by sudo): flock() needs no more, but on NFS.
  if (!m_fd && errno == EACCES) m_fd.reset(::open(path.c_str(), O_RDONLY | flags, 0666));
  if (!m_fd) base::throw_errno(errno, "open lock " + path.string());
}

FileLock::FileLock(const std::filesystem::path& path, Mode mode) : FileLock(path) {
  lock(mode == Mode::shared ? LOCK_SH : LOCK_EX, path);
}

bool FileLock::lock(int operation, const std::filesystem::path& path) const {
  while (::flock(m_fd.get(), operation) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) base::throw_errno(errno, "lock " + path.string());
  }
  return true;
}

std::optional<FileLock> FileLock::try_lock(const std::filesystem::path& path, Mode mode) {
  FileLock lock(path);
  if (!lock.lock((mode == Mode::shared ? LOCK_SH : LOCK_EX) | LOCK_NB, path)) return std::nullopt;
  return lock;
}

}  // namespace pinnace::files
