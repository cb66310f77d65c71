#include <algorithm>

#include "base/error.hpp"
#include "definition/containerfile_expand.hpp"
#include "text/utf8.hpp"

namespace pinnace::definition::containerfile {

namespace {

using base::Error;
using base::ErrorCode;

/// Steps that one substitution may take: a hostile pattern over a long value must not hang.
constexpr std::size_t k_max_steps = 50'000'000;

/// A text by its characters, so that none is cut in two.
using Characters = std::vector<std::string_view>;

Characters characters_of(std::string_view text) {
  Characters characters;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    (void)text::take_character(text, at);
    characters.push_back(text.substr(start, at - start));
  }
  return characters;
}

std::string join(const Characters& characters, std::size_t begin, std::size_t end) {
  std::string text;
  for (; begin < end; ++begin) text += characters[begin];
  return text;
}

/// A shell pattern, compiled; matching keeps the set of positions that are possible, so that it
/// takes pattern times value at worst.
class ShellPattern {
 public:
  /// `text` must outlive it.
  explicit ShellPattern(std::string_view text);
  void reverse() { std::reverse(m_tokens.begin(), m_tokens.end()); }

  /// The length of the shortest or longest match at `from` of `value`; nullopt without one.
  std::optional<std::size_t> match(const Characters& value, std::size_t from, bool longest);

 private:
  struct Token {
    enum class Kind { character, any, star } kind;
    std::string_view character = {};
  };
  void close(std::vector<char>& states) const;
  std::vector<Token> m_tokens;
  std::size_t m_steps = 0;
};

ShellPattern::ShellPattern(std::string_view text) {
  const Characters characters = characters_of(text);
  for (std::size_t i = 0; i < characters.size(); ++i) {
    if (characters[i] == "*") {
      m_tokens.push_back({Token::Kind::star});
    } else if (characters[i] == "?") {
      m_tokens.push_back({Token::Kind::any});
    } else {
      if (characters[i] == "\\" && i + 1 < characters.size()) ++i;
      m_tokens.push_back({Token::Kind::character, characters[i]});
    }
  }
}

/// A star may match nothing.
void ShellPattern::close(std::vector<char>& states) const {
  for (std::size_t i = 0; i < m_tokens.size(); ++i) {
    if (states[i] != 0 && m_tokens[i].kind == Token::Kind::star) states[i + 1] = 1;
  }
}

std::optional<std::size_t> ShellPattern::match(const Characters& value, std::size_t from,
                                               bool longest) {
  std::vector<char> states(m_tokens.size() + 1, 0);
  states[0] = 1;
  close(states);
  std::optional<std::size_t> found;
  for (std::size_t length = 0;; ++length) {
    if (states.back() != 0) found = length;
    if ((found && !longest) || from + length == value.size()) return found;
    m_steps += states.size();
    if (m_steps > k_max_steps)
      throw Error(ErrorCode::invalid_input, "the pattern takes too long on so long a value");
    std::vector<char> next(states.size(), 0);
    for (std::size_t i = 0; i < m_tokens.size(); ++i) {
      if (states[i] == 0) continue;
      const Token& token = m_tokens[i];
      if (token.kind == Token::Kind::star) next[i] = 1;
      if (token.kind == Token::Kind::any ||
          (token.kind == Token::Kind::character && token.character == value[from + length]))
        next[i + 1] = 1;
    }
    close(next);
    if (std::find(next.begin(), next.end(), 1) == next.end()) return found;
    states = std::move(next);
  }
}

}  // namespace

std::string trim_matching(std::string_view value, std::string_view pattern, Trim trim) {
  ShellPattern compiled(pattern);
  Characters characters = characters_of(value);
  const bool longest = trim == Trim::longest_prefix || trim == Trim::longest_suffix;
  if (trim == Trim::shortest_prefix || trim == Trim::longest_prefix)
    return join(characters, compiled.match(characters, 0, longest).value_or(0), characters.size());
  compiled.reverse();
  std::reverse(characters.begin(), characters.end());
  const std::size_t cut = compiled.match(characters, 0, longest).value_or(0);
  std::reverse(characters.begin(), characters.end());
  return join(characters, 0, characters.size() - cut);
}

std::string replace_matching(std::string_view value, std::string_view pattern,
                             std::string_view replacement, Matches matches) {
  if (pattern.empty()) return std::string(value);
  ShellPattern compiled(pattern);
  const Characters characters = characters_of(value);
  const std::size_t end = characters.size();
  std::string result;
  for (std::size_t at = 0; at <= end;) {
    const auto length = compiled.match(characters, at, true);
    if (length && (*length > 0 || at == end)) {
      result += *length > 0 || value.empty() ? replacement : std::string_view{};
      at += *length;
      if (matches == Matches::first || *length == 0) return result + join(characters, at, end);
    } else {
      if (at < end) result += characters[at];
      ++at;
    }
    if (result.size() > Expander::k_max_value)
      throw Error(ErrorCode::invalid_input, "the value of a variable exceeds 128 KiB");
  }
  return result;
}

}  // namespace pinnace::definition::containerfile
