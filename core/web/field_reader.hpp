#pragma once

#include <string>
#include <string_view>

namespace pinnace::web {

/// Reads the value of a header field from left to right, by the grammar that fields share (RFC
/// 9110, 5.6.2 to 5.6.4). Never an error: whoever reads asks what is there.
class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : m_rest(text) {}

  bool at_end() const noexcept { return m_rest.empty(); }
  /// Whether this character comes next.
  bool at(char c) const noexcept { return m_rest.starts_with(c); }
  void skip(std::string_view chars) noexcept;
  void skip_one() noexcept { m_rest.remove_prefix(m_rest.empty() ? 0 : 1); }
  bool take(char c) noexcept;
  std::string_view token() noexcept;
  /// Up to the first of these characters, or the end.
  std::string_view until(std::string_view chars) noexcept;
  /// What is behind an opening quote, up to the closing one, which is taken, or the end. `closed`
  /// says which, if somebody wants to know.
  std::string quoted(bool* closed = nullptr);
  /// Whether an equals sign comes next, with blanks before it: it is taken then.
  bool take_equals() noexcept;

 private:
  std::string_view m_rest;
};

}  // namespace pinnace::web
