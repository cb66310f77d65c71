#include "sandbox/trees/holes.hpp"

#include <fcntl.h>

#include <cerrno>

#include "sandbox/system/system.hpp"

namespace pinnace::sandbox {

void Holes::take(base::Bytes bytes) {
  while (!bytes.empty()) {
    const base::BlockRun run = base::first_run(bytes);
    if (run.zeros) punch(m_offset, run.size);
    m_offset += run.size;
    bytes = bytes.subspan(run.size);
  }
}

void Holes::punch(std::uint64_t offset, std::size_t size) {
  if (m_refused) return;
  if (!m_file) {
    m_file = m_root.open(m_path, O_WRONLY);
    require(::fstat(m_file.get(), &m_status), "look at " + m_path.absolute());
  }
  // All of the last block: of a part, the rest would keep it.
  const std::size_t whole =
      (size + base::k_hole_block - 1) / base::k_hole_block * base::k_hole_block;
  const int result = ::fallocate(m_file.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                 static_cast<off_t>(offset), static_cast<off_t>(whole));
  m_refused = result != 0 && (errno == EOPNOTSUPP || errno == ENOSYS);
  if (!m_refused) require(result, "make a hole in " + m_path.absolute());
}

void Holes::finish(const archive::TarEntry& entry) const {
  if (!m_file) return;
  m_root.set_mode(m_path, entry.mode);
  for (const auto& [name, value] : entry.xattrs) {
    if (name == "security.capability") (void)m_root.set_attribute(m_path, name, value);
  }
  m_root.set_times(m_path, m_status.st_atim, m_status.st_mtim);
}

}  // namespace pinnace::sandbox
