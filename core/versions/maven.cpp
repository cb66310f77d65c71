#include <array>
#include <string>
#include <vector>

#include "versions/characters.hpp"
#include "versions/versions.hpp"

namespace pinnace::versions {

namespace {

struct Token {
  bool hyphen = false;  ///< before it; else a dot
  std::string text;
};
using Tokens = std::vector<Token>;

/// Those that are known, in their order; "" is a release.
constexpr std::array<std::string_view, 7> k_qualifiers = {"alpha",    "beta", "milestone", "rc",
                                                          "snapshot", "",     "sp"};

std::string qualifier_of(std::string_view written, bool before_digit) {
  std::string text;
  for (const char c : written) text += lower(c);
  if (before_digit && text == "a") return "alpha";
  if (before_digit && text == "b") return "beta";
  if (before_digit && text == "m") return "milestone";
  if (text == "cr") return "rc";
  if (text == "final" || text == "ga" || text == "release") return "";
  return text;
}

bool is_null(const Token& token) {
  return token.text.find_first_not_of('0') == std::string::npos;
}

Token take_token(std::string_view& rest, bool hyphen) {
  if (!rest.empty() && is_digit(rest.front()))
    return {hyphen, std::string(take_while(rest, is_digit))};
  const std::string_view word =
      take_while(rest, [](char c) { return !is_digit(c) && c != '.' && c != '-'; });
  if (word.empty()) return {hyphen, "0"};
  return {hyphen, qualifier_of(word, !rest.empty() && is_digit(rest.front()))};
}

Tokens split(std::string_view rest) {
  Tokens tokens = {take_token(rest, false)};
  while (!rest.empty()) {
    const bool is_sign = rest.front() == '.' || rest.front() == '-';
    const bool hyphen = !is_sign || rest.front() == '-';
    if (is_sign) rest.remove_prefix(1);
    tokens.push_back(take_token(rest, hyphen));
  }
  return tokens;
}

/// Without what says nothing at the end, or before a hyphen.
Tokens tokens_of(std::string_view version) {
  Tokens tokens;
  for (Token& token : split(version)) {
    if (token.hyphen) {
      while (tokens.size() > 1 && is_null(tokens.back())) tokens.pop_back();
    }
    tokens.push_back(std::move(token));
  }
  while (tokens.size() > 1 && is_null(tokens.back())) tokens.pop_back();
  return tokens;
}

/// ".word" and "-word" are before "-1", which is before ".1".
int rank_of(const Token& token) {
  if (!is_number(token.text)) return 0;
  return token.hyphen ? 1 : 2;
}

std::weak_ordering compare_words(const std::string& a, const std::string& b) {
  const auto rank = [](const std::string& word) {
    return std::find(k_qualifiers.begin(), k_qualifiers.end(), word) - k_qualifiers.begin();
  };
  if (const auto order = rank(a) <=> rank(b); order != 0) return order;
  return a <=> b;
}

/// What is not there is a number 0 or the word of a release, as the other is.
std::weak_ordering compare_tokens(const Token* a, const Token* b) {
  const auto pad = [](const Token& other) {
    return Token{other.hyphen, is_number(other.text) ? "0" : ""};
  };
  const Token left = a != nullptr ? *a : pad(*b);
  const Token right = b != nullptr ? *b : pad(*a);
  if (const auto order = rank_of(left) <=> rank_of(right); order != 0) return order;
  if (rank_of(left) != 0) return compare_numbers(left.text, right.text);
  return compare_words(left.text, right.text);
}

}  // namespace

std::weak_ordering compare_maven(std::string_view a, std::string_view b) {
  const Tokens left = tokens_of(a);
  const Tokens right = tokens_of(b);
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const auto order = compare_tokens(i < left.size() ? &left[i] : nullptr,
                                      i < right.size() ? &right[i] : nullptr);
    if (order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

}  // namespace pinnace::versions
