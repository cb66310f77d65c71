#pragma once

#include <chrono>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>

#include "base/context.hpp"
#include "base/io.hpp"
#include "helper/frame.hpp"
#include "helper/helper_request.hpp"
#include "process/spawn.hpp"

namespace pinnace::helper {

/// What happens to an operation on a stop request: a signal for its container, and so much time to
/// end by itself.
struct Farewell {
  int signal = 0;                     ///< 0: none
  std::chrono::milliseconds time{0};  ///< 0: no signal, no time
};

/// One operation of the helper process. When this ends, however it does, the helper and all that it
/// started have ended.
class Operation {
 public:
  /// Starts the helper and hands over the request. Throws as process::Child and cancelled.
  Operation(const base::Context& context, const std::filesystem::path& executable,
            const HelperRequest& request, std::string_view secrets = {}, Farewell farewell = {});
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  ~Operation();

  /// Writes to the helper's standard input, behind the request. If it has failed, throws its
  /// failure.
  void write(std::string_view bytes);
  /// No more will be written.
  void close_input() { m_child.close_input(); }
  /// The next frame. Throws the helper's failure, cancelled after a stop request and the time of
  /// the farewell, and internal if it ended without a result.
  Frame next();
  /// Reads up to the result. Other frames are dropped.
  nlohmann::json finish();

 private:
  enum class Ready { input, output };
  Ready wait(bool for_input);
  /// Throws cancelled if a stop was requested and there is no time left.
  void obey_stop();
  int milliseconds_left() const;
  void take_output();
  void take_error();
  /// The helper ended while it was written to: throws its failure, if it has told one.
  [[noreturn]] void fail_before_the_end();
  [[noreturn]] void fail_without_result();

  const base::Context& m_context;
  files::UniqueFd m_stop_event;
  std::stop_callback<std::function<void()>> m_on_stop;
  process::Child m_child;
  Farewell m_farewell;  ///< one with a signal: none as long as the request is written
  std::optional<std::chrono::steady_clock::time_point> m_end;  ///< of the farewell, once it began
  FrameReader m_reader;
  std::deque<Frame> m_frames;
  bool m_ended = false;  ///< nothing more comes
  std::string m_error;
};

/// Writes all of a layer to an operation.
class OperationSink final : public base::Sink {
 public:
  explicit OperationSink(Operation& operation) : m_operation(operation) {}
  void write(base::Bytes bytes) override { m_operation.write(base::as_text(bytes)); }

 private:
  Operation& m_operation;
};

}  // namespace pinnace::helper
