#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pinnace::text {

/// The patterns of globs, ignore files and shells, compiled. Matching takes time proportional to
/// pattern times text at worst, so that no pattern can blow up. Characters are UTF-8 code points;
/// bytes that are none stand for themselves.
class Pattern {
 public:
  /// How "*", "?", "**", "[...]" and "\" are read. Patterns of COPY are globs (glob.hpp).
  enum class Dialect {
    glob,    ///< "**" is a whole segment; [!x] and [^x] negate; classes never match "/"
    ignore,  ///< as moby's patternmatcher: "**" anywhere crosses "/"; [^x] negates
    shell,   ///< of ${name#pattern}: "*" and "?" match "/", too, and "[" is itself
  };
  static constexpr std::size_t k_max_length = 4096;  ///< bytes of a pattern over paths

  /// Throws invalid_input: a class without end, a trailing backslash, too long, "**" inside a
  /// segment (glob).
  Pattern(std::string_view text, Dialect dialect);

  /// `path` is relative and clean: "a/b/c".
  bool matches(std::string_view path) const;
  /// Whether it matches the path or a directory that the path is in.
  bool matches_with_parents(std::string_view path) const;

  /// What of the pattern matches a text's characters, one by one.
  class Reading;
  std::size_t size() const noexcept { return m_tokens.size(); }
  /// Turns a shell's pattern round, for a text that is read from its end.
  void reverse();

 private:
  struct Token {
    enum class Kind {
      character,
      any,         ///< one character, not "/" (but for a shell)
      star,        ///< any number of them
      everything,  ///< any number of characters, "/" too
      folders,     ///< nothing, or anything that ends with "/"
      set,
    };
    Kind kind = Kind::character;
    std::uint32_t character = 0;
    bool negated = false;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges = {};
  };
  using States = std::vector<char>;

  void compile_shell(const std::vector<std::uint32_t>& text);
  void compile(const std::vector<std::uint32_t>& text);
  std::size_t compile_stars(const std::vector<std::uint32_t>& text, std::size_t at);
  std::size_t compile_set(const std::vector<std::uint32_t>& text, std::size_t at);
  bool step(const States& now, std::uint32_t character, States& next) const;
  void close(States& states) const;
  bool accepts(const Token& token, std::uint32_t character) const;

  Dialect m_dialect;
  std::vector<Token> m_tokens;
};

class Pattern::Reading {
 public:
  /// `pattern` must outlive it.
  explicit Reading(const Pattern& pattern);

  /// Whether all that has been read is a match.
  bool is_match() const noexcept { return m_now.back() != 0; }
  /// false: no text that begins so is a match.
  bool read(std::uint32_t character);

 private:
  const Pattern& m_pattern;
  States m_now;
  States m_next;
};

}  // namespace pinnace::text
