#include "base/error.hpp"

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace pinnace::base {

std::string_view to_string(ErrorCode code) noexcept {
  static constexpr std::array<std::string_view, 11> k_names = {
      "invalid_input", "not_found",   "conflict",  "unauthorized", "denied",  "unavailable",
      "integrity",     "unsupported", "cancelled", "io",           "internal"};
  return k_names[static_cast<std::size_t>(code)];
}

namespace {

/// what() would end there.
std::string without_nul(std::string text) {
  for (std::size_t at = 0; (at = text.find('\0', at)) != text.npos;) text.replace(at, 1, "\\x00");
  return text;
}

}  // namespace

Error::Error(ErrorCode code, std::string message)
    : m_code(code), m_message(without_nul(std::move(message))), m_what(m_message) {}

void Error::add_context(std::string text) {
  text = without_nul(std::move(text));
  m_what.insert(0, text + ": ");
  m_context.insert(m_context.begin(), std::move(text));
}

ErrorCode code_of(const std::exception& error) noexcept {
  if (const auto* known = dynamic_cast<const Error*>(&error)) return known->code();
  const bool disk = dynamic_cast<const std::filesystem::filesystem_error*>(&error) != nullptr;
  return disk ? ErrorCode::io : ErrorCode::internal;
}

void throw_errno(int errno_value, std::string what) {
  const ErrorCode code = errno_value == ENOENT ? ErrorCode::not_found : ErrorCode::io;
  throw Error(code, std::move(what) + ": " + std::generic_category().message(errno_value));
}

}  // namespace pinnace::base
