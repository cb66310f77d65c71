#include <algorithm>

#include "base/error.hpp"
#include "definition/containerfile_expand.hpp"

namespace pinnace::definition::containerfile {

namespace {

using base::Error;
using base::ErrorCode;

/// Steps that one substitution may take: a hostile pattern over a long value must not hang.
constexpr std::size_t k_max_steps = 50'000'000;

/// A shell pattern, compiled; matching keeps the set of positions that are possible, so that it
/// takes pattern times value at worst.
class ShellPattern {
 public:
  explicit ShellPattern(std::string_view text);
  void reverse() { std::reverse(m_tokens.begin(), m_tokens.end()); }

  /// The length of the shortest or longest match at the front of `value`; nullopt without one.
  std::optional<std::size_t> match(std::string_view value, bool longest);

 private:
  struct Token {
    enum class Kind { character, any, star } kind;
    char character;
  };
  void close(std::vector<char>& states) const;
  std::vector<Token> m_tokens;
  std::size_t m_steps = 0;
};

ShellPattern::ShellPattern(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*') {
      m_tokens.push_back({Token::Kind::star, '\0'});
    } else if (text[i] == '?') {
      m_tokens.push_back({Token::Kind::any, '\0'});
    } else {
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      m_tokens.push_back({Token::Kind::character, text[i]});
    }
  }
}

/// A star may match nothing.
void ShellPattern::close(std::vector<char>& states) const {
  for (std::size_t i = 0; i < m_tokens.size(); ++i) {
    if (states[i] != 0 && m_tokens[i].kind == Token::Kind::star) states[i + 1] = 1;
  }
}

std::optional<std::size_t> ShellPattern::match(std::string_view value, bool longest) {
  std::vector<char> states(m_tokens.size() + 1, 0);
  states[0] = 1;
  close(states);
  std::optional<std::size_t> found;
  for (std::size_t length = 0;; ++length) {
    if (states.back() != 0) found = length;
    if ((found && !longest) || length == value.size()) return found;
    m_steps += states.size();
    if (m_steps > k_max_steps)
      throw Error(ErrorCode::invalid_input, "the pattern takes too long on so long a value");
    std::vector<char> next(states.size(), 0);
    for (std::size_t i = 0; i < m_tokens.size(); ++i) {
      if (states[i] == 0) continue;
      const Token& token = m_tokens[i];
      if (token.kind == Token::Kind::star) next[i] = 1;
      if (token.kind == Token::Kind::any ||
          (token.kind == Token::Kind::character && token.character == value[length]))
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
  const bool longest = trim == Trim::longest_prefix || trim == Trim::longest_suffix;
  if (trim == Trim::shortest_prefix || trim == Trim::longest_prefix)
    return std::string(value.substr(compiled.match(value, longest).value_or(0)));
  compiled.reverse();
  const std::string reversed(value.rbegin(), value.rend());
  const std::size_t cut = compiled.match(reversed, longest).value_or(0);
  return std::string(value.substr(0, value.size() - cut));
}

std::string replace_matching(std::string_view value, std::string_view pattern,
                             std::string_view replacement, Matches matches) {
  if (pattern.empty()) return std::string(value);
  ShellPattern compiled(pattern);
  std::string result;
  for (std::size_t at = 0; at <= value.size();) {
    const auto length = compiled.match(value.substr(at), true);
    if (length && (*length > 0 || at == value.size())) {
      result += *length > 0 || value.empty() ? replacement : std::string_view{};
      at += *length;
      if (matches == Matches::first || *length == 0) return result.append(value.substr(at));
    } else {
      if (at < value.size()) result += value[at];
      ++at;
    }
    if (result.size() > Expander::k_max_value)
      throw Error(ErrorCode::invalid_input, "the value of a variable exceeds 128 KiB");
  }
  return result;
}

}  // namespace pinnace::definition::containerfile
