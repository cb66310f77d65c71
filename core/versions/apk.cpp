#include <array>
#include <optional>

#include "versions/characters.hpp"
#include "versions/versions.hpp"

namespace pinnace::versions {

namespace {

/// Those before k_release stand for what comes before a release, those behind it for what follows.
constexpr std::array<std::string_view, 9> k_suffixes = {"alpha", "beta", "pre", "rc", "cvs",
                                                        "svn",   "git",  "hg",  "p"};
constexpr std::size_t k_release = 4;

/// A component behind a dot that begins with zeros is a fraction: 1.02 < 1.1, 1.0 < 1.01.
std::weak_ordering compare_fraction(std::string_view a, std::string_view b) {
  if (!a.starts_with('0') && !b.starts_with('0')) return compare_numbers(a, b);
  return a <=> b;
}

std::weak_ordering compare_digits(std::string_view& a, std::string_view& b) {
  auto order = compare_numbers(take_while(a, is_digit), take_while(b, is_digit));
  const auto goes_on = [](std::string_view rest) {
    return rest.size() > 1 && rest.front() == '.' && is_digit(rest[1]);
  };
  while (order == 0 && goes_on(a) && goes_on(b)) {
    a.remove_prefix(1);
    b.remove_prefix(1);
    order = compare_fraction(take_while(a, is_digit), take_while(b, is_digit));
  }
  return order != 0 ? order : goes_on(a) <=> goes_on(b);
}

std::string_view take_letter(std::string_view& rest) {
  const std::string_view letter = rest.substr(0, !rest.empty() && is_letter(rest.front()) ? 1 : 0);
  rest.remove_prefix(letter.size());
  return letter;
}

struct Suffix {
  std::size_t rank = 0;
  std::string_view number;
};

std::optional<Suffix> take_suffix(std::string_view& rest) {
  if (!rest.starts_with('_')) return std::nullopt;
  std::string_view after = rest.substr(1);
  const std::string_view name = take_while(after, is_letter);
  const auto* const known = std::find(k_suffixes.begin(), k_suffixes.end(), name);
  if (known == k_suffixes.end()) return std::nullopt;
  const std::string_view number = take_while(after, is_digit);
  rest = after;
  return Suffix{static_cast<std::size_t>(known - k_suffixes.begin()), number};
}

std::weak_ordering compare_suffixes(std::string_view& a, std::string_view& b) {
  while (true) {
    const auto left = take_suffix(a);
    const auto right = take_suffix(b);
    if (!left && !right) return std::weak_ordering::equivalent;
    if (!left)
      return right->rank < k_release ? std::weak_ordering::greater : std::weak_ordering::less;
    if (!right)
      return left->rank < k_release ? std::weak_ordering::less : std::weak_ordering::greater;
    if (left->rank != right->rank) return left->rank <=> right->rank;
    const auto order = compare_numbers(left->number, right->number);
    if (order != 0) return order;
  }
}

/// "-r5", perhaps behind the hash of a commit; none is before r0.
std::optional<std::string_view> revision_of(std::string_view rest) {
  const std::size_t at = rest.rfind("-r");
  if (at == std::string_view::npos) return std::nullopt;
  return is_number(rest.substr(at + 2)) ? std::optional(rest.substr(at + 2)) : std::nullopt;
}

}  // namespace

std::weak_ordering compare_apk(std::string_view a, std::string_view b) {
  if (const auto order = compare_digits(a, b); order != 0) return order;
  if (const auto order = take_letter(a) <=> take_letter(b); order != 0) return order;
  if (const auto order = compare_suffixes(a, b); order != 0) return order;
  const auto left = revision_of(a);
  const auto right = revision_of(b);
  if (left && right) {
    if (const auto order = compare_numbers(*left, *right); order != 0) return order;
  } else if (left || right) {
    return left.has_value() <=> right.has_value();
  }
  return a <=> b;  // what is no version of apk, or differs in zeros
}

}  // namespace pinnace::versions
