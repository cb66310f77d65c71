#include "sandbox/system/output.hpp"

#include <unistd.h>

#include "base/error.hpp"
#include "sandbox/system/system.hpp"

namespace pinnace::sandbox {

namespace {

constexpr std::size_t k_gather = std::size_t{256} << 10;

}  // namespace

void send(helper::FrameType type, std::string_view payload) {
  do {
    const std::string_view part = payload.substr(0, helper::k_max_frame);
    write_all(STDOUT_FILENO, helper::frame_header(type, part.size()));
    write_all(STDOUT_FILENO, part);
    payload.remove_prefix(part.size());
  } while (!payload.empty());
}

void send(helper::FrameType type, const nlohmann::json& payload) {
  send(type,
       std::string_view(payload.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)));
}

void send_failure(const std::exception& error) {
  send(helper::FrameType::failure,
       nlohmann::json{{"code", base::to_string(base::code_of(error))}, {"message", error.what()}});
}

void FrameSink::write(base::Bytes bytes) {
  m_held.append(base::as_text(bytes));
  if (m_held.size() >= k_gather) flush();
}

void FrameSink::flush() {
  if (m_held.empty()) return;
  send(m_type, std::string_view(m_held));
  m_held.clear();
}

}  // namespace pinnace::sandbox
