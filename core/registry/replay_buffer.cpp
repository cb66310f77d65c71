#include "registry/replay_buffer.hpp"

#include <algorithm>
#include <cstring>

#include "base/error.hpp"

namespace pinnace::registry {

using base::Error;
using base::ErrorCode;

ReplayBuffer::ReplayBuffer(std::size_t pending, std::size_t replay)
    : m_pending(pending), m_capacity(pending + replay), m_ring(new std::byte[m_capacity]) {}

void ReplayBuffer::write(base::Bytes bytes) {
  while (!bytes.empty()) {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [&] { return m_error || m_abandoned || m_head - m_position < m_pending; });
    if (m_error) std::rethrow_exception(m_error);
    if (m_abandoned) throw Error(ErrorCode::cancelled, "the upload was cancelled");
    const auto at = static_cast<std::size_t>(m_head % m_capacity);
    const auto room = static_cast<std::size_t>(m_pending - (m_head - m_position));
    const std::size_t size = std::min({bytes.size(), room, m_capacity - at});
    m_reserved = m_head + size;
    lock.unlock();
    std::memcpy(m_ring.get() + at, bytes.data(), size);
    lock.lock();
    m_head += size;
    m_changed.notify_all();
    bytes = bytes.subspan(size);
  }
}

void ReplayBuffer::close() {
  const std::lock_guard lock(m_mutex);
  m_closed = true;
  m_changed.notify_all();
}

void ReplayBuffer::abandon() {
  const std::lock_guard lock(m_mutex);
  m_abandoned = true;
  m_changed.notify_all();
}

void ReplayBuffer::fail(std::exception_ptr error) {
  const std::lock_guard lock(m_mutex);
  m_error = std::move(error);
  m_changed.notify_all();
}

std::size_t ReplayBuffer::read(std::span<std::byte> buffer) {
  if (buffer.empty()) return 0;
  std::unique_lock lock(m_mutex);
  m_changed.wait(lock, [&] { return m_abandoned || m_closed || m_head > m_position; });
  if (m_abandoned || m_head == m_position) return 0;
  const auto at = static_cast<std::size_t>(m_position % m_capacity);
  const auto held = static_cast<std::size_t>(m_head - m_position);
  const std::size_t size = std::min({buffer.size(), held, m_capacity - at});
  lock.unlock();
  std::memcpy(buffer.data(), m_ring.get() + at, size);
  lock.lock();
  m_position += size;
  m_furthest = std::max(m_furthest, m_position);
  m_changed.notify_all();
  return size;
}

void ReplayBuffer::rewind(std::uint64_t offset) {
  const std::lock_guard lock(m_mutex);
  if (offset > m_furthest) {
    throw Error(ErrorCode::integrity, "the registry claims to have " + std::to_string(offset) +
                                          " bytes, but was sent only " +
                                          std::to_string(m_furthest));
  }
  if (m_reserved > m_capacity && offset < m_reserved - m_capacity) {
    throw store::LostUpload("the upload broke off, and would have to go on at byte " +
                            std::to_string(offset) +
                            ", which is not kept in memory any more (it reaches back to " +
                            std::to_string(m_reserved - m_capacity) + "); start again");
  }
  m_position = offset;
  m_changed.notify_all();
}

std::uint64_t ReplayBuffer::position() const {
  const std::lock_guard lock(m_mutex);
  return m_position;
}

bool ReplayBuffer::abandoned() const {
  const std::lock_guard lock(m_mutex);
  return m_abandoned;
}

}  // namespace pinnace::registry
