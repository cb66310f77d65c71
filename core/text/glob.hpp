#pragma once

#include <string>
#include <string_view>

#include "text/pattern.hpp"

namespace pinnace::text {

/// A pattern over relative paths: "*" and "?" within a segment, "**" for any number of whole
/// segments (none, too), [a-z] and [!a-z], "\" before a character that stands for itself. Names
/// that start with a dot are names like any other.
class Glob {
 public:
  /// Throws invalid_input.
  explicit Glob(std::string_view pattern);

  /// `path` is relative and clean.
  bool matches(std::string_view path) const { return m_pattern.matches(path); }
  /// The directory below which all matches are: the leading segments without special characters,
  /// "\" taken out. "target/lib/*.jar" -> "target/lib"; "*.jar" -> "".
  const std::string& literal_prefix() const noexcept { return m_prefix; }

  /// Whether `text` has an unescaped "*", "?" or "[".
  static bool is_pattern(std::string_view text) noexcept;
  /// `text` without its backslashes, for a path that is no pattern.
  static std::string unescape(std::string_view text);
  /// The pattern that matches the path `text` alone.
  static std::string escape(std::string_view text);

 private:
  Pattern m_pattern;
  std::string m_prefix;
};

/// A pattern of COPY or ADD without --parents as a glob: "**" is nothing else than "*" there, as in
/// other builders.
std::string glob_of_copy(std::string_view pattern);

}  // namespace pinnace::text
