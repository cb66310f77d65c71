#include "cli/containers/bounded_log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/error.hpp"
#include "files/file.hpp"

namespace pinnace::cli {

using files::UniqueFd;

namespace {

/// Goes on behind the next end of a line, if that is not far.
void skip_line(const UniqueFd& fd, const std::string& shown) {
  std::array<std::byte, std::size_t{64} << 10> buffer;
  const std::size_t size = files::read_some(fd, buffer, shown);
  const std::string_view text = base::as_text(base::Bytes(buffer).first(size));
  const std::size_t behind = text.find('\n') + 1;  // npos + 1 is 0
  if (::lseek(fd.get(), static_cast<off_t>(behind) - static_cast<off_t>(size), SEEK_CUR) < 0)
    base::throw_errno(errno, "read " + shown);
}

}  // namespace

BoundedLog::BoundedLog(std::filesystem::path path, std::vector<int> descriptors, std::uint64_t most)
    : m_path(std::move(path)), m_descriptors(std::move(descriptors)), m_most(most) {}

void BoundedLog::write(std::string_view text) {
  const std::lock_guard guard(m_mutex);
  struct stat status {};
  if (::fstat(m_descriptors.front(), &status) != 0)
    base::throw_errno(errno, "look at " + m_path.string());
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size != 0 && size + text.size() > m_most) drop_older(size);
  while (!text.empty()) {
    const ssize_t written = ::write(m_descriptors.front(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) base::throw_errno(errno, "write " + m_path.string());
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// Half of what may stay does, so that this is rare.
void BoundedLog::drop_older(std::uint64_t size) {
  UniqueFd old = files::open_read(m_path);
  const std::uint64_t stays = std::min(size, m_most / 2);
  if (::lseek(old.get(), static_cast<off_t>(size - stays), SEEK_SET) < 0)
    base::throw_errno(errno, "read " + m_path.string());
  if (stays < size) skip_line(old, m_path.string());
  files::AtomicFile file(m_path);
  file.write(base::as_bytes(std::string(k_dropped) + "\n"));
  files::FileSource rest(std::move(old), m_path.string());
  base::copy(rest, file);
  file.commit(files::AtomicFile::Existing::replace, files::AtomicFile::Flush::no);
  const UniqueFd fresh(::open(m_path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (!fresh) base::throw_errno(errno, "open " + m_path.string());
  for (const int fd : m_descriptors) {
    if (::dup2(fresh.get(), fd) < 0) base::throw_errno(errno, "open " + m_path.string());
  }
}

}  // namespace pinnace::cli
