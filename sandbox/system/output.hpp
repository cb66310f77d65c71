#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/io.hpp"
#include "helper/frame.hpp"

namespace pinnace::sandbox {

/// Frames for the process that started us, on our standard output.
void send(helper::FrameType type, std::string_view payload);
void send(helper::FrameType type, const nlohmann::json& payload);
/// An Error, or what else was thrown.
void send_failure(const std::exception& error);

/// Bytes that become frames of one type, gathered to large ones.
class FrameSink final : public base::Sink {
 public:
  explicit FrameSink(helper::FrameType type) : m_type(type) {}
  void write(base::Bytes bytes) override;
  void flush();

 private:
  helper::FrameType m_type;
  std::string m_held;
};

}  // namespace pinnace::sandbox
