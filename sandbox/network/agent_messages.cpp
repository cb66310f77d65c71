#include "sandbox/network/agent_messages.hpp"

#include "base/error.hpp"
#include "helper/frame.hpp"

namespace pinnace::sandbox {

namespace {

constexpr char k_failure = 5;
constexpr char k_request_identities = 11;
constexpr char k_sign_request = 13;
constexpr char k_extension = 27;

/// The string that a text begins with: a size, and so many bytes. Empty where it has less.
std::string_view first_string(std::string_view text) {
  if (text.size() < helper::k_size_bytes) return {};
  const std::size_t size = helper::decode_size(text.substr(0, helper::k_size_bytes));
  text.remove_prefix(helper::k_size_bytes);
  return size <= text.size() ? text.substr(0, size) : std::string_view();
}

}  // namespace

bool may_ask_agent(std::string_view message) {
  if (message.empty()) return false;
  switch (message.front()) {
    case k_request_identities:
    case k_sign_request:
      return true;
    case k_extension:
      return first_string(message.substr(1)) == "session-bind@openssh.com";
    default:
      return false;
  }
}

std::string agent_failure() {
  return helper::encode_size(1) + k_failure;
}

std::optional<std::string> take_agent_message(std::string& received) {
  if (received.size() < helper::k_size_bytes) return std::nullopt;
  const std::size_t size =
      helper::decode_size(std::string_view(received).substr(0, helper::k_size_bytes));
  if (size > k_max_agent_message)
    throw base::Error(base::ErrorCode::invalid_input,
                      "a message of an SSH agent has at most 256 KiB");
  if (received.size() < helper::k_size_bytes + size) return std::nullopt;
  std::string message = received.substr(0, helper::k_size_bytes + size);
  received.erase(0, message.size());
  return message;
}

}  // namespace pinnace::sandbox
