#include "text/pattern.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "text/utf8.hpp"

namespace pinnace::text {

namespace {

using Characters = std::vector<std::uint32_t>;

[[noreturn]] void refuse(const std::string& message) {
  throw base::Error(base::ErrorCode::invalid_input, message);
}

Characters decode(std::string_view text) {
  Characters characters;
  for (std::size_t at = 0; at < text.size();) characters.push_back(take_character(text, at));
  return characters;
}

}  // namespace

Pattern::Pattern(std::string_view text, Dialect dialect) : m_dialect(dialect) {
  if (dialect == Dialect::shell) {
    compile_shell(decode(text));
    return;
  }
  if (text.size() > k_max_length) {
    refuse("pattern longer than " + std::to_string(k_max_length) + " bytes");
  }
  compile(decode(text));
}

void Pattern::compile_shell(const Characters& text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '*') {
      m_tokens.push_back({Token::Kind::everything});
    } else if (text[at] == '?') {
      m_tokens.push_back({Token::Kind::any});
    } else {
      if (text[at] == '\\' && at + 1 < text.size()) ++at;
      m_tokens.push_back({Token::Kind::character, text[at]});
    }
  }
}

void Pattern::reverse() {
  std::reverse(m_tokens.begin(), m_tokens.end());
}

void Pattern::compile(const Characters& text) {
  for (std::size_t at = 0; at < text.size();) {
    switch (text[at]) {
      case '*':
        at = compile_stars(text, at);
        break;
      case '[':
        at = compile_set(text, at);
        break;
      case '?':
        m_tokens.push_back({Token::Kind::any});
        ++at;
        break;
      case '\\':
        if (++at == text.size()) refuse("pattern ends with a backslash");
        if (m_dialect == Dialect::glob && text[at] == '/')
          refuse("backslash before / in a pattern");
        [[fallthrough]];
      default:
        m_tokens.push_back({Token::Kind::character, text[at++]});
    }
  }
}

std::size_t Pattern::compile_stars(const Characters& text, std::size_t at) {
  const std::size_t start = at;
  if (at + 1 == text.size() || text[at + 1] != '*') {
    m_tokens.push_back({Token::Kind::star});
    return at + 1;
  }
  at += 2;
  const bool slash = at < text.size() && text[at] == '/';
  if (m_dialect == Dialect::glob) {
    const bool whole = (start == 0 || text[start - 1] == '/') && (slash || at == text.size());
    if (!whole) refuse("** must be a whole segment of the path, as in a/**/b");
  }
  if (slash) ++at;
  // moby takes what begins with ** and has no other special character for a suffix: **x matches
  // axe/fix.
  const bool suffix =
      m_dialect == Dialect::ignore && start == 0 && !slash &&
      std::none_of(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), [](std::uint32_t c) {
        return c == '*' || c == '?' || c == '[' || c == ']' || c == '\\';
      });
  const bool at_end = at == text.size();
  m_tokens.push_back({at_end || suffix ? Token::Kind::everything : Token::Kind::folders});
  return at;
}

std::size_t Pattern::compile_set(const Characters& text, std::size_t at) {
  Token set{Token::Kind::set};
  ++at;
  const bool bang = m_dialect == Dialect::glob && at < text.size() && text[at] == '!';
  if (at < text.size() && (text[at] == '^' || bang)) {
    set.negated = true;
    ++at;
  }
  const auto take = [&] {
    if (at < text.size() && text[at] == '\\') ++at;
    if (at >= text.size()) refuse("[ without ] in a pattern");
    return text[at++];
  };
  // A ] that comes first stands for itself.
  for (bool first = true; first || at >= text.size() || text[at] != ']'; first = false) {
    const std::uint32_t low = take();
    std::uint32_t high = low;
    if (at + 1 < text.size() && text[at] == '-' && text[at + 1] != ']') {
      ++at;
      high = take();
    }
    if (high < low) refuse("a range in [ ] of a pattern is the wrong way round");
    set.ranges.emplace_back(low, high);
  }
  m_tokens.push_back(std::move(set));
  return at + 1;
}

bool Pattern::accepts(const Token& token, std::uint32_t character) const {
  switch (token.kind) {
    case Token::Kind::character:
      return token.character == character;
    case Token::Kind::any:
      return character != '/' || m_dialect == Dialect::shell;
    case Token::Kind::star:
      return character != '/';
    case Token::Kind::everything:
    case Token::Kind::folders:
      return true;
    case Token::Kind::set:
      break;
  }
  if (m_dialect == Dialect::glob && character == '/') return false;
  const bool inside = std::any_of(token.ranges.begin(), token.ranges.end(), [&](const auto& range) {
    return range.first <= character && character <= range.second;
  });
  return inside != token.negated;
}

bool Pattern::matches(std::string_view path) const {
  Reading reading(*this);
  for (std::size_t at = 0; at < path.size();) {
    if (!reading.read(take_character(path, at))) return false;
  }
  return reading.is_match();
}

bool Pattern::matches_with_parents(std::string_view path) const {
  Reading reading(*this);
  for (std::size_t at = 0; at < path.size();) {
    const std::uint32_t character = take_character(path, at);
    if (character == '/' && reading.is_match()) return true;
    if (!reading.read(character)) return false;
  }
  return reading.is_match();
}

// A state is twice the number of tokens that are behind us. Folders have a second one, the odd
// number: begun, and to be ended by a slash only.
Pattern::Reading::Reading(const Pattern& pattern)
    : m_pattern(pattern), m_now(2 * pattern.size() + 1, 0), m_next(m_now) {
  m_now[0] = 1;
  m_pattern.close(m_now);
}

bool Pattern::Reading::read(std::uint32_t character) {
  std::fill(m_next.begin(), m_next.end(), 0);
  const bool alive = m_pattern.step(m_now, character, m_next);
  m_pattern.close(m_next);
  m_now.swap(m_next);
  return alive;
}

/// Whether any state is left.
bool Pattern::step(const States& now, std::uint32_t character, States& next) const {
  bool alive = false;
  for (std::size_t state = 0; state + 1 < now.size(); ++state) {
    if (now[state] == 0) continue;
    const Token& token = m_tokens[state / 2];
    if (!accepts(token, character)) continue;
    alive = true;
    if (token.kind == Token::Kind::folders) {
      next[2 * (state / 2) + 1] = 1;
      if (character == '/') next[2 * (state / 2) + 2] = 1;
    } else if (token.kind == Token::Kind::star || token.kind == Token::Kind::everything) {
      next[state] = 1;
    } else {
      next[state + 2] = 1;
    }
  }
  return alive;
}

/// Adds the states that are reached without a character.
void Pattern::close(States& states) const {
  for (std::size_t index = 0; index < m_tokens.size(); ++index) {
    const Token::Kind kind = m_tokens[index].kind;
    const bool may_be_empty = kind == Token::Kind::star || kind == Token::Kind::everything ||
                              kind == Token::Kind::folders;
    if (may_be_empty && states[2 * index] != 0) states[2 * index + 2] = 1;
  }
}

}  // namespace pinnace::text
