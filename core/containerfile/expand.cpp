#include "containerfile/expand.hpp"

#include "base/error.hpp"
#include "containerfile/text.hpp"
#include "text/utf8.hpp"

namespace pinnace::containerfile {

using base::Error;
using base::ErrorCode;

namespace {

constexpr int k_max_nesting = 64;

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::invalid_input, message);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_of_name(std::uint32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         text::is_letter_beyond_ascii(c);
}

/// Whether escapes stay as they are, for a pattern that gives them its own meaning.
enum class Escapes { remove, keep };

}  // namespace

/// One text while it is expanded.
class Expansion {
 public:
  Expansion(Expander& expander, std::string_view text, QuoteRule quotes)
      : m_expander(expander), m_text(text), m_quotes(quotes) {}

  std::string run() { return until('\0', Escapes::remove, 0); }
  /// Where spaces of variables split, which those in the text itself never do.
  const std::string& splits() const noexcept { return m_splits; }

 private:
  bool at_end() const noexcept { return m_at == m_text.size(); }
  char peek() const noexcept { return at_end() ? '\0' : m_text[m_at]; }

  std::string until(char stop, Escapes escapes, int depth);
  std::string single_quoted();
  std::string double_quoted(int depth);
  std::string variable(int depth);
  std::string braced(int depth);
  std::string defaulted(const std::string& name, char modifier, bool empty_is_unset, int depth);
  std::string trimmed(const std::string& name, char modifier, int depth);
  std::string replaced(const std::string& name, int depth);
  std::string take_name();
  std::optional<std::string> look_up(const std::string& name) const {
    return m_expander.m_variables(name);
  }
  std::string value_of(const std::string& name);
  void check(const std::string& value) const {
    if (value.size() > m_limit) refuse("the value of a variable exceeds 128 KiB");
  }

  Expander& m_expander;
  std::string_view m_text;
  QuoteRule m_quotes;
  std::size_t m_limit = std::max(Expander::k_max_value, m_text.size());
  std::size_t m_at = 0;
  std::string m_splits;
};

/// Reads up to `stop`, which is passed over; '\0' is the end of the text.
std::string Expansion::until(char stop, Escapes escapes, int depth) {
  if (depth > k_max_nesting) refuse("more than 64 substitutions within each other");
  std::string result;
  for (; !at_end(); check(result)) {
    const char c = peek();
    if (stop != '\0' && c == stop) {
      ++m_at;
      return result;
    }
    std::string part;
    if (c == '$') {
      part = variable(depth);
    } else if (c == '\'' && m_quotes == QuoteRule::remove) {
      part = single_quoted();
    } else if (c == '"' && m_quotes == QuoteRule::remove) {
      part = double_quoted(depth);
    } else if (c == m_expander.m_escape) {
      if (escapes == Escapes::keep) part += c;
      ++m_at;
      if (at_end()) break;
      part += m_text[m_at++];
    } else {
      part += c;
      ++m_at;
    }
    if (depth == 0)
      for (const char p : part) m_splits += c == '$' && is_space(p) ? ' ' : 'x';
    result += part;
  }
  if (stop != '\0') refuse(std::string("expected \"") + stop + "\" at the end of a substitution");
  return result;
}

std::string Expansion::single_quoted() {
  const std::size_t end = m_text.find('\'', m_at + 1);
  if (end == std::string_view::npos) refuse("a single quote (') has no end");
  const std::string_view inside = m_text.substr(m_at + 1, end - m_at - 1);
  m_at = end + 1;
  return std::string(inside);
}

std::string Expansion::double_quoted(int depth) {
  ++m_at;
  std::string result;
  while (peek() != '"') {
    if (at_end()) refuse("a double quote (\") has no end");
    if (peek() == '$') {
      result += variable(depth);
      check(result);
      continue;
    }
    char c = m_text[m_at++];
    // In double quotes an escape has a meaning before these only (POSIX shell, 2.2.3).
    if (c == m_expander.m_escape) {
      const char next = peek();  // none at the end, which the loop finds

      if (next == '"' || next == '$' || next == m_expander.m_escape) {
        c = next;
        ++m_at;
      }
    }
    result += c;
  }
  ++m_at;
  return result;
}

std::string Expansion::take_name() {
  const std::size_t start = m_at;
  if (is_digit(peek())) {
    while (is_digit(peek())) ++m_at;
  } else if (!at_end() && std::string_view("@*#?-$!").find(peek()) != std::string_view::npos) {
    ++m_at;
  } else {
    for (std::size_t next = m_at; next < m_text.size(); m_at = next)
      if (!is_of_name(text::take_character(m_text, next))) break;
  }
  return std::string(m_text.substr(start, m_at - start));
}

std::string Expansion::value_of(const std::string& name) {
  auto value = look_up(name);
  if (!value) m_expander.m_undefined.insert(name);
  return std::move(value).value_or("");
}

std::string Expansion::variable(int depth) {
  ++m_at;
  if (peek() == '{') return braced(depth);
  const std::string name = take_name();
  return name.empty() ? "$" : value_of(name);
}

std::string Expansion::braced(int depth) {
  ++m_at;
  const std::string name = take_name();
  if (name.empty()) refuse("\"${\" without the name of a variable");
  if (at_end()) refuse("\"${" + name + "\" without \"}\"");
  const char modifier = m_text[m_at++];
  switch (modifier) {
    case '}':
      return value_of(name);
    case ':': {
      const char next = peek();
      if (next != '-' && next != '+' && next != '?') break;
      ++m_at;
      return defaulted(name, next, true, depth);
    }
    case '-':
    case '+':
    case '?':
      return defaulted(name, modifier, false, depth);
    case '#':
    case '%':
      return trimmed(name, modifier, depth);
    case '/':
      return replaced(name, depth);
    default:
      break;
  }
  refuse("\"${" + name + "\" is followed by \"" + modifier +
         "\", expected } or one of :- - :+ + :? ? # ## % %% / //");
}

std::string Expansion::defaulted(const std::string& name, char modifier, bool empty_is_unset,
                                 int depth) {
  std::string word = until('}', Escapes::remove, depth + 1);
  const auto value = look_up(name);
  const bool there = value && !(empty_is_unset && value->empty());
  if (modifier == '-') return there ? *value : word;
  if (modifier == '+') return there ? word : "";
  if (there) return *value;
  if (word.empty()) word = value ? "must not be empty" : "must be set";
  refuse(name + ": " + word);
}

std::string Expansion::trimmed(const std::string& name, char modifier, int depth) {
  const bool longest = peek() == modifier;
  if (longest) ++m_at;
  const std::string pattern = until('}', Escapes::keep, depth + 1);
  const std::string value = value_of(name);
  if (modifier == '#')
    return trim_matching(value, pattern, longest ? Trim::longest_prefix : Trim::shortest_prefix);
  return trim_matching(value, pattern, longest ? Trim::longest_suffix : Trim::shortest_suffix);
}

std::string Expansion::replaced(const std::string& name, int depth) {
  const Matches matches = peek() == '/' ? Matches::all : Matches::first;
  if (matches == Matches::all) ++m_at;
  const std::string pattern = until('/', Escapes::keep, depth + 1);
  const std::string replacement = until('}', Escapes::remove, depth + 1);
  return replace_matching(value_of(name), pattern, replacement, matches);
}

std::string Expander::expand(std::string_view text, QuoteRule quotes) {
  return Expansion(*this, text, quotes).run();
}

std::vector<std::string> Expander::expand_words(std::string_view text) {
  Expansion expansion(*this, text, QuoteRule::remove);
  const std::string value = expansion.run();
  std::vector<std::string> words;
  std::string word;
  for (std::size_t i = 0; i <= value.size(); ++i) {
    if (i < value.size() && expansion.splits()[i] != ' ') {
      word += value[i];
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  return words;
}

}  // namespace pinnace::containerfile
