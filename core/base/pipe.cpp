#include "base/pipe.hpp"

#include <algorithm>
#include <cstring>

namespace pinnace::base {

void Pipe::write(Bytes bytes) {
  if (bytes.empty()) return;
  std::vector<std::byte> block(bytes.begin(), bytes.end());
  std::unique_lock lock(m_mutex);
  m_changed.wait(lock, [&] { return m_writer_error || m_held < m_capacity; });
  if (m_writer_error) std::rethrow_exception(m_writer_error);
  m_held += block.size();
  m_blocks.push_back(std::move(block));
  m_changed.notify_all();
}

void Pipe::close() {
  const std::lock_guard lock(m_mutex);
  m_closed = true;
  m_changed.notify_all();
}

void Pipe::fail_reader(std::exception_ptr error) {
  const std::lock_guard lock(m_mutex);
  m_reader_error = std::move(error);
  m_changed.notify_all();
}

void Pipe::fail_writer(std::exception_ptr error) {
  const std::lock_guard lock(m_mutex);
  m_writer_error = std::move(error);
  m_changed.notify_all();
}

std::size_t Pipe::read(std::span<std::byte> buffer) {
  if (buffer.empty()) return 0;
  std::unique_lock lock(m_mutex);
  m_changed.wait(lock, [&] { return m_reader_error || m_closed || !m_blocks.empty(); });
  if (m_reader_error) std::rethrow_exception(m_reader_error);
  if (m_blocks.empty()) return 0;
  const std::vector<std::byte>& block = m_blocks.front();
  const std::size_t size = std::min(buffer.size(), block.size() - m_front_used);
  std::memcpy(buffer.data(), block.data() + m_front_used, size);
  m_front_used += size;
  if (m_front_used == block.size()) {
    m_held -= block.size();
    m_blocks.pop_front();
    m_front_used = 0;
    m_changed.notify_all();
  }
  return size;
}

}  // namespace pinnace::base
