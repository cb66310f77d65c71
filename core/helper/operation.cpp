#include "helper/operation.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/error.hpp"
#include "json/json.hpp"

namespace pinnace::helper {

using base::Error;
using base::ErrorCode;

namespace {

constexpr int k_grace_ms = 3000;
constexpr std::size_t k_max_error = 8192;

process::Command helper_command(const std::filesystem::path& executable) {
  process::Command command;
  command.arguments = {executable.string(), "sandbox"};
  return command;
}

ErrorCode code_named(std::string_view name) {
  for (const ErrorCode code : {ErrorCode::invalid_input, ErrorCode::not_found, ErrorCode::conflict,
                               ErrorCode::unsupported, ErrorCode::integrity, ErrorCode::io}) {
    if (base::to_string(code) == name) return code;
  }
  return ErrorCode::internal;
}

constexpr std::string_view k_answer = "answer of the sandbox";

[[noreturn]] void throw_failure(const std::string& payload) {
  const auto json = json::parse(payload, k_answer);
  throw Error(code_named(json.at("code").get<std::string>()), json.at("message"));
}

/// Never with other bytes than those that were given.
std::string text_of(const HelperRequest& request) {
  const nlohmann::json json = to_json(request);
  for (const auto& [name, value] : json.items()) {
    try {
      (void)value.dump();
    } catch (const nlohmann::json::exception&) {
      throw Error(ErrorCode::invalid_input, "a container's " + name + ": expected UTF-8");
    }
  }
  return json.dump();
}

files::UniqueFd make_event() {
  files::UniqueFd fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!fd) base::throw_errno(errno, "create an event");
  return fd;
}

}  // namespace

Operation::Operation(const base::Context& context, const std::filesystem::path& executable,
                     const HelperRequest& request, std::string_view secrets, Farewell farewell)
    : m_context(context),
      m_stop_event(make_event()),
      m_on_stop(context.stop, [this] { ::eventfd_write(m_stop_event.get(), 1); }),
      m_child(helper_command(executable), process::Input::stream) {
  const std::string text = text_of(request);
  if (farewell.signal == 0) m_farewell = farewell;
  write(encode_size(text.size()) + text);
  write(secrets);
  m_farewell = farewell;
}

Operation::~Operation() {
  m_child.close_input();
  pollfd ended{m_child.ended(), POLLIN, 0};
  while (::poll(&ended, 1, k_grace_ms) < 0 && errno == EINTR) {
  }
}

Operation::Ready Operation::wait(bool for_input) {
  for (;;) {
    std::array<pollfd, 4> fds = {
        pollfd{m_stop_event.get(), POLLIN, 0}, pollfd{m_child.output(), POLLIN, 0},
        pollfd{m_child.error(), POLLIN, 0}, pollfd{for_input ? m_child.input() : -1, POLLOUT, 0}};
    if (::poll(fds.data(), fds.size(), milliseconds_left()) < 0 && errno != EINTR)
      base::throw_errno(errno, "wait for the sandbox process");
    obey_stop();
    if (fds[2].revents != 0) take_error();
    if (fds[1].revents != 0) return Ready::output;
    if (fds[3].revents != 0) return Ready::input;
  }
}

int Operation::milliseconds_left() const {
  if (!m_end) return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(*m_end - std::chrono::steady_clock::now());
  return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

void Operation::obey_stop() {
  if (!m_context.stop.stop_requested()) return;
  if (m_farewell.time.count() == 0 || milliseconds_left() == 0) m_context.check();
  if (m_end) return;
  m_end = std::chrono::steady_clock::now() + m_farewell.time;
  eventfd_t asked = 0;
  ::eventfd_read(m_stop_event.get(), &asked);  // it would wake us again and again
  // A helper that has ended is seen by its output.
  if (m_farewell.signal == 0) return;
  const auto signal = static_cast<char>(m_farewell.signal);
  (void)!::send(m_child.input(), &signal, 1, MSG_NOSIGNAL);
}

void Operation::take_error() {
  std::array<char, 4096> buffer;
  const ssize_t size = ::read(m_child.error(), buffer.data(), buffer.size());
  if (size > 0 && m_error.size() < k_max_error)
    m_error.append(buffer.data(), static_cast<std::size_t>(size));
  // What can't be read is a part of a message at most; asking again and again would never end.
  if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) m_child.close_error();
}

void Operation::take_output() {
  std::array<char, 64 * 1024> buffer;
  const ssize_t size = ::read(m_child.output(), buffer.data(), buffer.size());
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size < 0) base::throw_errno(errno, "read from the sandbox process");
  if (size == 0) {
    m_ended = true;
    return;
  }
  m_reader.add({buffer.data(), static_cast<std::size_t>(size)},
               [&](Frame frame) { m_frames.push_back(std::move(frame)); });
}

void Operation::write(std::string_view bytes) {
  while (!bytes.empty()) {
    if (wait(true) == Ready::output) {
      take_output();
      if (m_ended || (!m_frames.empty() && m_frames.back().type == FrameType::failure))
        fail_before_the_end();
      continue;
    }
    const ssize_t size = ::send(m_child.input(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size > 0) bytes.remove_prefix(static_cast<std::size_t>(size));
    if (size < 0 && errno == EPIPE) fail_before_the_end();
    if (size < 0 && errno != EAGAIN && errno != EINTR)
      base::throw_errno(errno, "write to the sandbox process");
  }
}

Frame Operation::next() {
  while (m_frames.empty()) {
    if (m_ended) fail_without_result();
    wait(false);
    take_output();
  }
  Frame frame = std::move(m_frames.front());
  m_frames.pop_front();
  if (frame.type == FrameType::failure) throw_failure(frame.payload);
  return frame;
}

nlohmann::json Operation::finish() {
  for (;;) {
    const Frame frame = next();
    if (frame.type == FrameType::result) return json::parse(frame.payload, k_answer);
  }
}

void Operation::fail_before_the_end() {
  while (next().type != FrameType::result) {
  }
  fail_without_result();
}

void Operation::fail_without_result() {
  while (m_error.ends_with('\n')) m_error.pop_back();
  throw Error(ErrorCode::internal, "the sandbox process ended without a result" +
                                       (m_error.empty() ? "" : ": " + m_error));
}

}  // namespace pinnace::helper
