#include "base/context.hpp"

#include <condition_variable>
#include <mutex>

#include "base/error.hpp"

namespace pinnace::base {

namespace {
class NullEvents final : public EventSink {
 public:
  void on_event(const Event&) noexcept override {}
};
}  // namespace

EventSink& null_events() noexcept {
  static NullEvents sink;
  return sink;
}

void Context::check() const {
  if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "cancelled");
}

void Context::log(std::string text) const {
  events->on_event({Event::Kind::log, std::move(text), 0, 0});
}

void Context::warn(std::string text) const {
  events->on_event({Event::Kind::warning, std::move(text), 0, 0});
}

void Context::progress(std::string_view what, std::uint64_t done, std::uint64_t total) const {
  events->on_event({Event::Kind::progress, std::string(what), done, total});
}

void Context::output(Event::Kind kind, std::string_view bytes) const {
  events->on_event({kind, std::string(bytes), 0, 0});
}

void Context::ready(std::vector<PublishedPort> ports) const {
  events->on_event({Event::Kind::ready, {}, 0, 0, std::move(ports)});
}

void Context::sleep(std::chrono::milliseconds duration) const {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop, duration, [] { return false; });
  check();
}

}  // namespace pinnace::base
