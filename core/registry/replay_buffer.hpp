#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <span>

#include "base/io.hpp"
#include "store/blob_store.hpp"

namespace pinnace::registry {

/// A pipe from one writing to one reading thread that can be read again from a while back: a ring
/// that keeps what was sent until new bytes take its place. So an upload whose bytes are made only
/// once can go on after a broken connection. Bytes are copied once in and once out, without the
/// lock.
class ReplayBuffer {
 public:
  /// At most `pending` bytes wait for the reader; at least `replay` bytes that it has read are
  /// kept.
  ReplayBuffer(std::size_t pending, std::size_t replay);

  /// Blocks while the reader is behind. Throws what fail() was given, or cancelled after abandon().
  void write(base::Bytes bytes);
  /// No more will be written.
  void close();
  /// Nobody wants the bytes any more: the reader sees the end, the writer cancelled.
  void abandon();
  /// The reader gave up: write() throws `error`.
  void fail(std::exception_ptr error);

  /// Blocks while there is nothing; 0 at the end.
  std::size_t read(std::span<std::byte> buffer);
  /// Reads again from byte `offset` of the stream. Throws LostUpload if that is not kept any more,
  /// and integrity if it was never read.
  void rewind(std::uint64_t offset);
  /// The next byte to be read.
  std::uint64_t position() const;
  bool abandoned() const;

 private:
  mutable std::mutex m_mutex;
  std::condition_variable m_changed;
  std::size_t m_pending;
  std::size_t m_capacity;
  std::unique_ptr<std::byte[]> m_ring;  ///< touched only as far as it is filled
  std::uint64_t m_head = 0;             ///< bytes written
  std::uint64_t m_reserved = 0;         ///< bytes written, with those being copied in
  std::uint64_t m_position = 0;
  std::uint64_t m_furthest = 0;  ///< bytes read at some time
  bool m_closed = false;
  bool m_abandoned = false;
  std::exception_ptr m_error;
};

/// The reading end.
class ReplaySource final : public base::Source {
 public:
  explicit ReplaySource(ReplayBuffer& buffer) : m_buffer(buffer) {}
  std::size_t read(std::span<std::byte> buffer) override { return m_buffer.read(buffer); }

 private:
  ReplayBuffer& m_buffer;
};

}  // namespace pinnace::registry
