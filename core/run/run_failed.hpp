#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace pinnace::run {

/// A program of a RUN has failed.
class RunFailed final : public base::Error {
 public:
  RunFailed(int exit_code, std::vector<std::string> last_lines)
      : Error(base::ErrorCode::invalid_input,
              "RUN ended with exit code " + std::to_string(exit_code)),
        m_exit_code(exit_code),
        m_last_lines(std::move(last_lines)) {}
  int exit_code() const noexcept { return m_exit_code; }
  /// What it said last, for who did not listen: at most 20 lines of at most 1,000 bytes.
  const std::vector<std::string>& last_lines() const noexcept { return m_last_lines; }

 private:
  int m_exit_code;
  std::vector<std::string> m_last_lines;
};

}  // namespace pinnace::run
