#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "base/io.hpp"

namespace pinnace::compress {

/// A piece of a stream on its way through an OrderedPipeline. Its memory is used again and again.
class Chunk {
 public:
  Chunk(std::size_t input_capacity, std::size_t output_capacity);

  /// What was filled in so far.
  base::Bytes input() const noexcept { return {m_input.get(), m_size}; }
  /// Memory behind that.
  std::span<std::byte> rest() noexcept { return {m_input.get() + m_size, m_capacity - m_size}; }
  void grow(std::size_t size) noexcept { m_size += size; }

  /// For the worker's result.
  std::span<std::byte> output() noexcept { return {m_output.get(), m_output_capacity}; }
  std::size_t output_size = 0;
  std::uint32_t checksum = 0;

 private:
  friend class OrderedPipeline;

  std::unique_ptr<std::byte[]> m_input;
  std::unique_ptr<std::byte[]> m_output;
  std::size_t m_capacity;
  std::size_t m_output_capacity;
  std::size_t m_size = 0;
  bool m_worked = false;   ///< guarded by the pipeline's mutex, as is the next one
  unsigned m_readers = 0;  ///< stages that still look at it
};

/// Chunks go from one producer through several workers at once, and then in their first order to
/// one consumer; meanwhile a tap, if there is one, sees them in order too. Workers, consumer and
/// tap have threads of their own. There are so many chunks and no more: the producer waits for one
/// to come back. The first exception of any stage stops all of them, and the producer gets it at
/// its next call.
class OrderedPipeline {
 public:
  struct Stages {
    unsigned workers = 1;    ///< 0: chunks need no work
    std::size_t chunks = 4;  ///< at least workers + 2 for all to have something to do
    std::size_t chunk_capacity = 0;
    std::size_t output_capacity = 0;
    /// Called on worker `worker` (0 to workers - 1) with any chunk.
    std::function<void(unsigned worker, Chunk&)> work;
    /// Called with worked chunks, in order.
    std::function<void(Chunk&)> consume;
    /// Called with chunks before, while or after they are worked on, in order. May be empty.
    std::function<void(base::Bytes)> tap;
  };

  /// Starts the threads. Throws unavailable if the system has none left.
  explicit OrderedPipeline(Stages stages);
  /// Stops without waiting for what is under way but the calls that stages have begun.
  ~OrderedPipeline();
  OrderedPipeline(const OrderedPipeline&) = delete;
  OrderedPipeline& operator=(const OrderedPipeline&) = delete;

  /// An empty chunk to fill; waits until one is free. It stays the pipeline's.
  Chunk& acquire();
  /// Passes on what acquire() gave.
  void submit(Chunk& chunk);
  /// Waits until all stages have seen everything that was submitted. Nothing may be submitted
  /// afterwards.
  void drain();

 private:
  void start();
  void run(const std::function<void()>& stage);
  void run_worker(unsigned worker);
  void run_consumer();
  void run_tap();
  Chunk* take(std::deque<Chunk*>& queue, std::condition_variable& ready, bool worked);
  void release(Chunk& chunk);
  void stop(std::exception_ptr error);
  void join();

  const Stages m_stages;
  std::deque<Chunk> m_chunks;

  std::mutex m_mutex;
  std::condition_variable m_free_ready;
  std::condition_variable m_work_ready;
  std::condition_variable m_consumer_ready;
  std::condition_variable m_tap_ready;
  std::vector<Chunk*> m_free;  ///< the last one used is taken first: its memory is warm
  std::deque<Chunk*> m_to_work;
  std::deque<Chunk*> m_to_consume;
  std::deque<Chunk*> m_to_tap;
  bool m_no_more = false;
  bool m_stopped = false;
  std::exception_ptr m_error;

  std::vector<std::jthread> m_threads;
};

}  // namespace pinnace::compress
