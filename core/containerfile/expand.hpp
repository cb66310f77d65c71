#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pinnace::containerfile {

/// The value of a variable; nullopt if it is not set.
using Variables = std::function<std::optional<std::string>(std::string_view name)>;

/// What becomes of quotes: in an instruction's words they are taken out, in here-documents they are
/// text like any other.
enum class QuoteRule { remove, text };

/// Replaces variables as a Containerfile does: $name, ${name}, ${name:-word}, ${name-word},
/// ${name:+word}, ${name+word}, ${name:?word}, ${name?word}, ${name#pattern}, ${name##pattern},
/// ${name%pattern}, ${name%%pattern}, ${name/pattern/new}, ${name//pattern/new}; escapes and quotes
/// are taken out as a shell does, nothing is expanded in single quotes.
class Expander {
 public:
  /// Longer values are refused: a few lines that double a variable would fill the memory. It is
  /// what Linux takes for one argument or variable.
  static constexpr std::size_t k_max_value = 128 * 1024;

  Expander(Variables variables, char escape)
      : m_variables(std::move(variables)), m_escape(escape) {}

  /// Throws invalid_input without a position: a quote or brace without end, an unknown modifier,
  /// ${name:?word}, a value beyond k_max_value.
  std::string expand(std::string_view text, QuoteRule quotes = QuoteRule::remove);
  /// As expand(), then split at the spaces that came from variables, for EXPOSE.
  std::vector<std::string> expand_words(std::string_view text);
  /// Variables that were asked for and not set, without those that have a default.
  const std::set<std::string>& undefined() const noexcept { return m_undefined; }

 private:
  friend class Expansion;
  Variables m_variables;
  char m_escape;
  std::set<std::string> m_undefined;
};

/// ${name#pattern} and its kin: "*" and "?" match anything, "\" takes a meaning away.
enum class Trim { shortest_prefix, longest_prefix, shortest_suffix, longest_suffix };
std::string trim_matching(std::string_view value, std::string_view pattern, Trim trim);
/// ${name/pattern/new}: the leftmost, longest match, or all of them.
enum class Matches { first, all };
std::string replace_matching(std::string_view value, std::string_view pattern,
                             std::string_view replacement, Matches matches);

}  // namespace pinnace::containerfile
