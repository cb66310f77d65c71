#include "inventory/spooled_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.hpp"
#include "base/zeros.hpp"

namespace pinnace::inventory {

void SpooledFile::clear() {
  m_memory.clear();
  m_file.reset();
  m_size = 0;
}

void SpooledFile::write(base::Bytes bytes) {
  if (!m_file && m_memory.size() + bytes.size() <= k_in_memory) {
    m_memory.append(base::as_text(bytes));
    m_size = m_memory.size();
    return;
  }
  if (!m_file) {
    const std::filesystem::path path = m_directory.path() / "file";
    m_file.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!m_file) base::throw_errno(errno, "create " + path.string());
    ::unlink(path.c_str());
    m_size = 0;
    write_to_disk(base::as_bytes(m_memory));
    m_memory = {};
  }
  write_to_disk(bytes);
}

/// Runs of zeros become holes; the last byte is written, so that the file is as large.
void SpooledFile::write_to_disk(base::Bytes bytes) {
  while (!bytes.empty()) {
    const base::BlockRun run = base::first_run(bytes);
    const base::Bytes part = run.zeros ? bytes.subspan(run.size - 1, 1) : bytes.first(run.size);
    std::uint64_t at = m_size + (run.zeros ? run.size - 1 : 0);
    for (base::Bytes rest = part; !rest.empty();) {
      const ssize_t written =
          ::pwrite(m_file.get(), rest.data(), rest.size(), static_cast<off_t>(at));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) base::throw_errno(errno, "write a file of a layer to the store's scratch");
      rest = rest.subspan(static_cast<std::size_t>(written));
      at += static_cast<std::uint64_t>(written);
    }
    m_size += run.size;
    bytes = bytes.subspan(run.size);
  }
}

std::size_t SpooledFile::read_at(std::uint64_t offset, std::span<std::byte> to) const {
  if (offset >= m_size) return 0;
  const std::size_t size = std::min<std::uint64_t>(to.size(), m_size - offset);
  if (!m_file) {
    std::copy_n(base::as_bytes(m_memory).begin() + static_cast<std::ptrdiff_t>(offset), size,
                to.begin());
    return size;
  }
  for (std::size_t done = 0; done < size;) {
    const ssize_t got =
        ::pread(m_file.get(), to.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) base::throw_errno(errno, "read a file of a layer from the store's scratch");
    if (got == 0) return done;
    done += static_cast<std::size_t>(got);
  }
  return size;
}

}  // namespace pinnace::inventory
