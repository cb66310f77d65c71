#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pinnace::base {

/// What kind of failure it was. The names are part of the job protocol
/// (docs/formats/job-protocol.md).
enum class ErrorCode {
  invalid_input,  ///< the request, a file or a reference is wrong; trying again changes nothing
  not_found,      ///< the thing named does not exist
  conflict,       ///< what is there forbids it: an immutable tag, a policy that does not admit it
  unauthorized,   ///< no or wrong credentials
  denied,         ///< the peer knows us, and refuses
  unavailable,    ///< the peer or the network failed; trying again may help
  integrity,      ///< bytes do not have the digest or size that was promised
  unsupported,    ///< correct, but not something that we can do
  cancelled,      ///< the caller asked to stop
  io,             ///< a local file or disk failed
  internal,       ///< a defect of ours
};

std::string_view to_string(ErrorCode code) noexcept;

/// The one exception type: "could not do what was asked". An outcome that a caller branches on is a
/// value instead. The trail is built from the inside out: who knows more adds it with add_context()
/// while the error passes, and nobody logs and throws.
class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string message);

  ErrorCode code() const noexcept { return m_code; }
  const std::string& message() const noexcept { return m_message; }
  /// Outermost first.
  const std::vector<std::string>& context() const noexcept { return m_context; }
  /// "outermost: ...: innermost: message".
  const char* what() const noexcept override { return m_what.c_str(); }

  /// Puts `text` in front of the trail.
  void add_context(std::string text);

 private:
  ErrorCode m_code;
  std::string m_message;
  std::vector<std::string> m_context;
  std::string m_what;
};

/// What kind of failure any exception was: that of an Error, io for one of the file system, else
/// internal.
ErrorCode code_of(const std::exception& error) noexcept;

/// Runs `action`; an Error that passes gets `make_text()` as context. The text is made only then.
template <class MakeText, class Action>
decltype(auto) with_context(MakeText&& make_text, Action&& action) {
  try {
    return std::forward<Action>(action)();
  } catch (Error& error) {
    error.add_context(std::forward<MakeText>(make_text)());
    throw;
  }
}

/// An io error with the text of `errno_value`: "open /x: Permission denied".
/// ENOENT becomes not_found.
[[noreturn]] void throw_errno(int errno_value, std::string what);

}  // namespace pinnace::base
