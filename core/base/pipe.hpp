#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <vector>

#include "base/io.hpp"

namespace pinnace::base {

/// Joins a writing thread to a reading one through bounded memory. The writer sees a Sink, the
/// reader a Source. Either side may fail: the other one then gets that failure at its next call.
class Pipe {
 public:
  /// Holds at most `capacity` bytes, and one write more.
  explicit Pipe(std::size_t capacity) : m_capacity(capacity) {}
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  /// Blocks while the pipe is full. Throws what the reader failed with.
  void write(Bytes bytes);
  /// No more will be written; the reader sees the end after what is held.
  void close();
  /// The writer failed: the reader's next read throws `error`.
  void fail_reader(std::exception_ptr error);
  /// The reader failed or does not want more: the writer's next write throws `error`.
  void fail_writer(std::exception_ptr error);

  /// Blocks while the pipe is empty and open; 0 at the end.
  std::size_t read(std::span<std::byte> buffer);

 private:
  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::deque<std::vector<std::byte>> m_blocks;
  std::size_t m_front_used = 0;
  std::size_t m_held = 0;
  std::size_t m_capacity;
  bool m_closed = false;
  std::exception_ptr m_reader_error;
  std::exception_ptr m_writer_error;
};

/// The reading end of a Pipe that somebody else owns.
class PipeSource final : public Source {
 public:
  explicit PipeSource(Pipe& pipe) : m_pipe(pipe) {}
  std::size_t read(std::span<std::byte> buffer) override { return m_pipe.read(buffer); }

 private:
  Pipe& m_pipe;
};

}  // namespace pinnace::base
