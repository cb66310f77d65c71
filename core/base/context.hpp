#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace pinnace::base {

/// A port of the host that leads to one of a container. `host_port` 0: any that is free.
struct PublishedPort {
  std::string address = "127.0.0.1";
  std::uint16_t host_port = 0;
  std::uint16_t container_port = 0;
  bool udp = false;
};

/// Something that a running job tells its caller.
struct Event {
  enum class Kind { log, progress, warning, output, error_output, ready };
  Kind kind = Kind::log;
  /// log, warning: one line without its end. progress: what the numbers count, "layer
  /// sha256:1f2e...". output, error_output: bytes as the container that runs wrote them to its
  /// standard output or standard error; they begin and end anywhere. ready: empty.
  std::string text;
  /// progress only: bytes done, and bytes to do in all (0: not known).
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  /// ready only, said once: the ports of the container, as they were published.
  std::vector<PublishedPort> ports = {};
};

/// Takes events. Implementations must be safe to call from several threads and must not throw.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void on_event(const Event& event) noexcept = 0;
};

/// Drops everything.
EventSink& null_events() noexcept;

/// What every operation that takes time is handed: how it learns that it must stop, where it
/// reports to, what time it is, and where temporary files may go. Cheap to copy; references are
/// borrowed and outlive the job. There is no global state beside it.
struct Context {
  std::stop_token stop;
  EventSink* events = &null_events();
  std::function<std::chrono::system_clock::time_point()> now = std::chrono::system_clock::now;
  /// Jobs have it in their store: there is room for what they unpack.
  std::filesystem::path scratch = std::filesystem::path("/tmp");

  /// Throws Error(cancelled) if a stop was requested.
  void check() const;
  void log(std::string text) const;
  void warn(std::string text) const;
  void progress(std::string_view what, std::uint64_t done, std::uint64_t total) const;
  /// `kind`: output or error_output.
  void output(Event::Kind kind, std::string_view bytes) const;
  void ready(std::vector<PublishedPort> ports) const;
  /// Sleeps, but wakes at once and throws Error(cancelled) when a stop is requested.
  void sleep(std::chrono::milliseconds duration) const;
};

}  // namespace pinnace::base
