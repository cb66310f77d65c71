#include "transfer/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace pinnace::transfer {

void for_each_parallel(const base::Context& context, std::size_t count, unsigned parallel,
                       const std::function<void(const base::Context&, std::size_t)>& work) {
  std::stop_source stop;
  const std::stop_callback forward(context.stop, [&] { stop.request_stop(); });
  base::Context inner = context;
  inner.stop = stop.get_token();
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr first_error;

  const auto run = [&] {
    for (std::size_t i = next++; i < count && !stop.stop_requested(); i = next++) {
      try {
        work(inner, i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!first_error) first_error = std::current_exception();
        stop.request_stop();
      }
    }
  };
  {
    const std::size_t threads = std::min<std::size_t>(count, std::max(1U, parallel));
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back(run);
    run();
  }
  if (first_error) std::rethrow_exception(first_error);
  context.check();
}

}  // namespace pinnace::transfer
