#include "job/run_job.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <latch>
#include <thread>

#include "base/error.hpp"
#include "job/event_queue.hpp"

namespace pinnace::job {
namespace {

using base::Context;
using base::Event;
using std::chrono::milliseconds;

class LambdaJob final : public Job {
 public:
  explicit LambdaJob(std::function<std::string(const Context&)> work) : m_work(std::move(work)) {}
  std::string run(const Context& context) override { return m_work(context); }

 private:
  std::function<std::string(const Context&)> m_work;
};

struct Recorder : Listener {
  std::vector<Event> events;
  std::function<void(const Event&)> then = [](const Event&) {};
  std::function<bool()> stop = [] { return false; };
  void on_event(const Event& event) override {
    EXPECT_EQ(std::this_thread::get_id(), thread);
    events.push_back(event);
    then(event);
  }
  bool wants_stop() override { return stop(); }
  std::thread::id thread = std::this_thread::get_id();
};

TEST(RunJob, EveryLineOfEveryThreadComesInOrderToTheCallersThread) {
  constexpr int k_threads = 4;
  constexpr int k_lines = 2000;
  LambdaJob job([](const Context& context) {
    std::vector<std::jthread> threads;
    for (int t = 0; t < k_threads; ++t) {
      threads.emplace_back([&context, t] {
        for (int i = 0; i < k_lines; ++i) {
          context.progress("layer " + std::to_string(t), static_cast<std::uint64_t>(i + 1),
                           k_lines);
          context.log(std::to_string(t) + " " + std::to_string(i));
        }
      });
    }
    threads.clear();
    return std::string("done");
  });
  Recorder recorder;
  EXPECT_EQ(run_job(job, {}, recorder), "done");
  std::array<int, k_threads> next{};
  std::array<std::uint64_t, k_threads> done{};
  std::size_t lines = 0;
  for (const Event& event : recorder.events) {
    if (event.kind == Event::Kind::progress) {
      std::uint64_t& last = done.at(static_cast<std::size_t>(event.text.back() - '0'));
      EXPECT_LT(last, event.done);
      last = event.done;
      continue;
    }
    ++lines;
    const auto thread = static_cast<std::size_t>(event.text.front() - '0');
    EXPECT_EQ(event.text, std::to_string(thread) + " " + std::to_string(next.at(thread)++));
  }
  EXPECT_EQ(lines, std::size_t{k_threads} * k_lines);
  for (const std::uint64_t last : done) EXPECT_EQ(last, k_lines) << "the newest one always comes";
}

TEST(RunJob, AListenerThatThrowsStopsTheJob) {
  LambdaJob job([](const Context& context) -> std::string {
    for (;;) {
      context.check();
      context.log("again");
    }
  });
  Recorder recorder;
  recorder.then = [](const Event&) { throw std::runtime_error("enough"); };
  EXPECT_THROW(run_job(job, {}, recorder), std::runtime_error);
  EXPECT_EQ(recorder.events.size(), 1U);
}

TEST(RunJob, StopsWhenItsListenerOrItsContextWantsIt) {
  const auto cancelled = [](const Context& context, Listener& listener) {
    LambdaJob job([](const Context& inner) -> std::string {
      inner.log("started");
      inner.sleep(std::chrono::hours(1));
      return "slept";
    });
    try {
      return run_job(job, context, listener);
    } catch (const base::Error& error) {
      return std::string(base::to_string(error.code()));
    }
  };
  Recorder asks;
  asks.stop = [] { return true; };
  EXPECT_EQ(cancelled({}, asks), "cancelled");

  std::stop_source source;
  Context context;
  context.stop = source.get_token();
  Recorder stops;
  stops.then = [&](const Event&) { source.request_stop(); };
  EXPECT_EQ(cancelled(context, stops), "cancelled");
}

TEST(EventQueue, AFullQueueHoldsTheWriterUntilALineIsTaken) {
  EventQueue queue(2);
  std::atomic<int> written = 0;
  std::jthread writer([&] {
    for (int i = 0; i < 5; ++i) {
      queue.on_event({Event::Kind::log, std::to_string(i), 0, 0});
      ++written;
    }
    queue.finish();
  });
  for (int i = 0; i < 5; ++i) {
    const auto event = queue.next(std::chrono::hours(1));
    ASSERT_TRUE(event);
    EXPECT_EQ(event->text, std::to_string(i));
    EXPECT_LE(written, i + 3) << "more than it may hold";
  }
  EXPECT_FALSE(queue.next(std::chrono::hours(1))) << "ended";
  EXPECT_TRUE(queue.at_end());
}

TEST(EventQueue, ProgressNeverWaitsAndKeepsItsNewestNumbers) {
  EventQueue queue(4);
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    queue.on_event({Event::Kind::progress, "blob " + std::to_string(i % 8), i, 1000});
  }
  queue.finish();
  std::vector<std::uint64_t> done;
  while (const auto event = queue.next(milliseconds(0))) done.push_back(event->done);
  EXPECT_EQ(done, (std::vector<std::uint64_t>{997, 998, 999, 1000}));
}

TEST(EventQueue, DroppingLetsWaitingWritersGo) {
  EventQueue queue(1);
  std::latch full(1);
  std::jthread writer([&] {
    queue.on_event({Event::Kind::log, "held", 0, 0});
    full.count_down();
    queue.on_event({Event::Kind::log, "waits", 0, 0});
  });
  full.wait();
  queue.drop();
  writer.join();
  EXPECT_FALSE(queue.next(milliseconds(0)));
}

}  // namespace
}  // namespace pinnace::job
