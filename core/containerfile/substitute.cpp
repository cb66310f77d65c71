#include <algorithm>
#include <cstdint>
#include <span>

#include "base/error.hpp"
#include "containerfile/expand.hpp"
#include "text/pattern.hpp"
#include "text/utf8.hpp"

namespace pinnace::containerfile {

namespace {

using base::Error;
using base::ErrorCode;

/// Steps that one substitution may take: a hostile pattern over a long value must not hang.
constexpr std::size_t k_max_steps = 50'000'000;

/// A value by its characters, so that none is cut in two.
class Value {
 public:
  explicit Value(std::string_view text) : m_text(text) {
    for (std::size_t at = 0; at < text.size();) {
      m_places.push_back(at);
      m_characters.push_back(text::take_character(text, at));
    }
    m_places.push_back(text.size());
  }
  const std::vector<std::uint32_t>& characters() const { return m_characters; }
  std::size_t size() const { return m_characters.size(); }
  std::string_view part(std::size_t begin, std::size_t end) const {
    return m_text.substr(m_places[begin], m_places[end] - m_places[begin]);
  }

 private:
  std::string_view m_text;
  std::vector<std::uint32_t> m_characters;
  std::vector<std::size_t> m_places;
};

/// Looks for a pattern in the characters of a value.
class Search {
 public:
  explicit Search(text::Pattern pattern) : m_pattern(std::move(pattern)) {}

  /// The length of the shortest or longest match at the front of `value`; nullopt without one.
  std::optional<std::size_t> match(std::span<const std::uint32_t> value, bool longest);

 private:
  text::Pattern m_pattern;
  std::size_t m_steps = 0;
};

std::optional<std::size_t> Search::match(std::span<const std::uint32_t> value, bool longest) {
  text::Pattern::Reading reading(m_pattern);
  std::optional<std::size_t> found;
  for (std::size_t length = 0;; ++length) {
    if (reading.is_match()) found = length;
    if ((found && !longest) || length == value.size()) return found;
    m_steps += m_pattern.size() + 1;
    if (m_steps > k_max_steps)
      throw Error(ErrorCode::invalid_input, "the pattern takes too long on so long a value");
    if (!reading.read(value[length])) return found;
  }
}

}  // namespace

std::string trim_matching(std::string_view value, std::string_view pattern, Trim trim) {
  text::Pattern compiled(pattern, text::Pattern::Dialect::shell);
  const Value whole(value);
  std::vector<std::uint32_t> characters = whole.characters();
  const bool longest = trim == Trim::longest_prefix || trim == Trim::longest_suffix;
  const bool from_end = trim == Trim::shortest_suffix || trim == Trim::longest_suffix;
  if (from_end) {
    compiled.reverse();
    std::reverse(characters.begin(), characters.end());
  }
  const std::size_t cut = Search(std::move(compiled)).match(characters, longest).value_or(0);
  return std::string(from_end ? whole.part(0, whole.size() - cut) : whole.part(cut, whole.size()));
}

std::string replace_matching(std::string_view value, std::string_view pattern,
                             std::string_view replacement, Matches matches) {
  if (pattern.empty()) return std::string(value);
  Search search(text::Pattern(pattern, text::Pattern::Dialect::shell));
  const Value whole(value);
  const std::span<const std::uint32_t> characters(whole.characters());
  const std::size_t end = whole.size();
  std::string result;
  for (std::size_t at = 0; at <= end;) {
    const auto length = search.match(characters.subspan(at), true);
    if (length && (*length > 0 || at == end)) {
      result += *length > 0 || value.empty() ? replacement : std::string_view{};
      at += *length;
      if (matches == Matches::first || *length == 0) return result.append(whole.part(at, end));
    } else {
      if (at < end) result += whole.part(at, at + 1);
      ++at;
    }
    if (result.size() > Expander::k_max_value)
      throw Error(ErrorCode::invalid_input, "the value of a variable exceeds 128 KiB");
  }
  return result;
}

}  // namespace pinnace::containerfile
