#include "compress/ordered_pipeline.hpp"

#include <utility>

#include "base/thread.hpp"

namespace pinnace::compress {

Chunk::Chunk(std::size_t input_capacity, std::size_t output_capacity)
    : m_input(std::make_unique_for_overwrite<std::byte[]>(input_capacity)),
      m_output(std::make_unique_for_overwrite<std::byte[]>(output_capacity)),
      m_capacity(input_capacity),
      m_output_capacity(output_capacity) {}

OrderedPipeline::OrderedPipeline(Stages stages) : m_stages(std::move(stages)) {
  m_free.reserve(m_stages.chunks);
  m_threads.reserve(m_stages.workers + 2);
  try {
    start();
  } catch (...) {
    stop(nullptr);
    join();
    throw;
  }
}

OrderedPipeline::~OrderedPipeline() {
  stop(nullptr);
  join();
}

void OrderedPipeline::start() {
  const auto add = [this](std::function<void()> stage) {
    m_threads.push_back(base::start_thread([this, stage = std::move(stage)] { run(stage); }));
  };
  add([this] { run_consumer(); });
  if (m_stages.tap) add([this] { run_tap(); });
  for (unsigned worker = 0; worker < m_stages.workers; ++worker) {
    add([this, worker] { run_worker(worker); });
  }
}

void OrderedPipeline::run(const std::function<void()>& stage) {
  try {
    stage();
  } catch (...) {
    stop(std::current_exception());
  }
}

void OrderedPipeline::stop(std::exception_ptr error) {
  const std::lock_guard lock(m_mutex);
  if (!m_error) m_error = std::move(error);
  m_stopped = true;
  m_free_ready.notify_all();
  m_work_ready.notify_all();
  m_consumer_ready.notify_all();
  m_tap_ready.notify_all();
}

void OrderedPipeline::join() {
  for (std::jthread& thread : m_threads) thread.join();
  m_threads.clear();
}

Chunk& OrderedPipeline::acquire() {
  std::unique_lock lock(m_mutex);
  m_free_ready.wait(
      lock, [this] { return m_stopped || !m_free.empty() || m_chunks.size() < m_stages.chunks; });
  if (m_error) std::rethrow_exception(m_error);
  if (m_free.empty()) {
    return m_chunks.emplace_back(m_stages.chunk_capacity, m_stages.output_capacity);
  }
  Chunk& chunk = *m_free.back();
  m_free.pop_back();
  chunk.m_size = 0;
  chunk.output_size = 0;
  chunk.m_worked = false;
  return chunk;
}

void OrderedPipeline::submit(Chunk& chunk) {
  const std::lock_guard lock(m_mutex);
  if (m_error) std::rethrow_exception(m_error);
  chunk.m_readers = 1;
  m_to_consume.push_back(&chunk);
  if (m_stages.workers != 0) {
    m_to_work.push_back(&chunk);
    m_work_ready.notify_one();
  } else {
    chunk.m_worked = true;
    m_consumer_ready.notify_one();
  }
  if (m_stages.tap) {
    ++chunk.m_readers;
    m_to_tap.push_back(&chunk);
    m_tap_ready.notify_one();
  }
}

void OrderedPipeline::drain() {
  {
    const std::lock_guard lock(m_mutex);
    m_no_more = true;
    m_work_ready.notify_all();
    m_consumer_ready.notify_all();
    m_tap_ready.notify_all();
  }
  join();
  if (m_error) std::rethrow_exception(m_error);
}

/// The next chunk of `queue` once it is there (and worked on, if that matters); null to end the
/// thread.
Chunk* OrderedPipeline::take(std::deque<Chunk*>& queue, std::condition_variable& ready,
                             bool worked) {
  std::unique_lock lock(m_mutex);
  ready.wait(lock, [&] {
    if (m_stopped) return true;
    return queue.empty() ? m_no_more : !worked || queue.front()->m_worked;
  });
  if (m_stopped || queue.empty()) return nullptr;
  Chunk* const chunk = queue.front();
  queue.pop_front();
  return chunk;
}

void OrderedPipeline::release(Chunk& chunk) {
  const std::lock_guard lock(m_mutex);
  if (--chunk.m_readers != 0) return;
  m_free.push_back(&chunk);
  m_free_ready.notify_one();
}

void OrderedPipeline::run_worker(unsigned worker) {
  while (Chunk* const chunk = take(m_to_work, m_work_ready, false)) {
    m_stages.work(worker, *chunk);
    const std::lock_guard lock(m_mutex);
    chunk->m_worked = true;
    if (m_to_consume.front() == chunk) m_consumer_ready.notify_one();
  }
}

void OrderedPipeline::run_consumer() {
  while (Chunk* const chunk = take(m_to_consume, m_consumer_ready, true)) {
    m_stages.consume(*chunk);
    release(*chunk);
  }
}

void OrderedPipeline::run_tap() {
  while (Chunk* const chunk = take(m_to_tap, m_tap_ready, false)) {
    m_stages.tap(chunk->input());
    release(*chunk);
  }
}

}  // namespace pinnace::compress
