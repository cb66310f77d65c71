#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pinnace::text {

/// The common ground of globs and ignore files: a compiled pattern over paths. Matching takes time
/// proportional to pattern times path at worst, so that no pattern can blow up. Characters are
/// UTF-8 code points; bytes that are none stand for themselves.
class Pattern {
 public:
  /// How "**" and "[...]" are read.
  enum class Dialect {
    glob,    ///< "**" is a whole segment; [!x] and [^x] negate; classes never match "/"
    ignore,  ///< as moby's patternmatcher: "**" anywhere crosses "/"; [^x] negates
  };
  static constexpr std::size_t k_max_length = 4096;  ///< bytes of a pattern

  /// Throws invalid_input: a class without end, a trailing backslash, too long, "**" inside a
  /// segment (glob).
  Pattern(std::string_view text, Dialect dialect);

  /// `path` is relative and clean: "a/b/c".
  bool matches(std::string_view path) const { return run(path, Reach::path); }
  /// Whether it matches the path or a directory that the path is in.
  bool matches_with_parents(std::string_view path) const {
    return run(path, Reach::path_or_parent);
  }

 private:
  struct Token {
    enum class Kind {
      character,
      any,         ///< one character, not "/"
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
  enum class Reach { path, path_or_parent };

  void compile(const std::vector<std::uint32_t>& text);
  std::size_t compile_stars(const std::vector<std::uint32_t>& text, std::size_t at);
  std::size_t compile_set(const std::vector<std::uint32_t>& text, std::size_t at);
  bool run(std::string_view path, Reach reach) const;
  bool step(const States& now, std::uint32_t character, States& next) const;
  void close(States& states) const;
  bool accepts(const Token& token, std::uint32_t character) const;

  Dialect m_dialect;
  std::vector<Token> m_tokens;
};

}  // namespace pinnace::text
