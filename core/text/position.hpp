#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace pinnace::text {

/// A place in a text file, counted from 1; columns count characters. Line 0: not known.
struct Position {
  std::string file;
  int line = 0;
  int column = 0;

  /// "pinnace.yaml:7:12".
  std::string str() const;
  auto operator<=>(const Position&) const = default;
};

/// Throws an Error "FILE:LINE:COLUMN: message".
[[noreturn]] void fail_at(const Position& position, std::string_view message,
                          base::ErrorCode code = base::ErrorCode::invalid_input);

/// Turns offsets in a text to lines and columns. Cheap for offsets that mostly grow.
class Locator {
 public:
  explicit Locator(std::string_view text) : m_text(text) {}
  /// Goes to the byte at `offset`.
  void seek(std::size_t offset);
  int line() const noexcept { return m_line; }
  int column() const noexcept { return m_column; }

 private:
  std::string_view m_text;
  std::size_t m_offset = 0;
  int m_line = 1;
  int m_column = 1;
};

}  // namespace pinnace::text
