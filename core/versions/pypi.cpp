#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "versions/characters.hpp"
#include "versions/versions.hpp"

namespace pinnace::versions {

namespace {

/// A version of PEP 440, normalized.
struct Version {
  std::string epoch = "0";
  std::vector<std::string> release;
  std::optional<char> pre;  ///< 'a', 'b' or 'r'
  std::string pre_number;
  std::optional<std::string> post;
  std::optional<std::string> dev;
  std::vector<std::string> local;
};

bool is_separator(char c) noexcept {
  return c == '.' || c == '-' || c == '_';
}

class Reader {
 public:
  explicit Reader(std::string_view rest) : m_rest(rest) {}

  std::optional<Version> read() {
    Version version;
    (void)take("v");
    if (!read_release(version)) return std::nullopt;
    read_pre(version);
    read_post(version);
    if (take_word({"dev"})) version.dev = take_number();
    if (!read_local(version) || !m_rest.empty()) return std::nullopt;
    return version;
  }

 private:
  bool take(std::string_view text) {
    if (!m_rest.starts_with(text)) return false;
    m_rest.remove_prefix(text.size());
    return true;
  }
  std::string digits() { return std::string(take_while(m_rest, is_digit)); }
  /// One of the words, perhaps behind a separator.
  std::optional<std::string_view> take_word(std::initializer_list<std::string_view> words) {
    const std::string_view before = m_rest;
    if (!m_rest.empty() && is_separator(m_rest.front())) m_rest.remove_prefix(1);
    for (const std::string_view word : words) {
      if (take(word)) return word;
    }
    m_rest = before;
    return std::nullopt;
  }
  /// Behind a word, perhaps behind a separator.
  std::string take_number() {
    if (m_rest.size() > 1 && is_separator(m_rest[0]) && is_digit(m_rest[1]))
      m_rest.remove_prefix(1);
    return digits();
  }
  bool read_release(Version& version) {
    version.release = {digits()};
    if (take("!")) {
      version.epoch = version.release[0];
      version.release = {digits()};
    }
    while (m_rest.size() > 1 && m_rest[0] == '.' && is_digit(m_rest[1])) {
      m_rest.remove_prefix(1);
      version.release.push_back(digits());
    }
    return !version.release[0].empty();
  }
  void read_pre(Version& version) {
    const auto word = take_word({"alpha", "a", "beta", "b", "preview", "pre", "c", "rc"});
    if (!word) return;
    version.pre = *word == "pre" || *word == "preview" || *word == "c" ? 'r' : word->front();
    version.pre_number = take_number();
  }
  void read_post(Version& version) {
    if (m_rest.size() > 1 && m_rest[0] == '-' && is_digit(m_rest[1])) {
      m_rest.remove_prefix(1);
      version.post = digits();
    } else if (take_word({"post", "rev", "r"})) {
      version.post = take_number();
    }
  }
  bool read_local(Version& version) {
    if (!take("+")) return true;
    const auto is_part = [](char c) { return is_digit(c) || is_letter(c); };
    while (true) {
      version.local.emplace_back(take_while(m_rest, is_part));
      if (version.local.back().empty()) return false;
      if (m_rest.empty() || !is_separator(m_rest.front())) return true;
      m_rest.remove_prefix(1);
    }
  }

  std::string_view m_rest;
};

std::weak_ordering compare_release(const Version& a, const Version& b) {
  for (std::size_t i = 0; i < std::max(a.release.size(), b.release.size()); ++i) {
    const auto order = compare_numbers(i < a.release.size() ? a.release[i] : "",
                                       i < b.release.size() ? b.release[i] : "");
    if (order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

/// dev alone < a < b < rc < release.
int rank_of_pre(const Version& version) {
  if (!version.pre) return version.dev && !version.post ? 0 : 4;
  return *version.pre == 'a' ? 1 : *version.pre == 'b' ? 2 : 3;
}

/// Numbers are behind words, what has a local part is behind what has none.
std::weak_ordering compare_local(const Version& a, const Version& b) {
  for (std::size_t i = 0; i < std::min(a.local.size(), b.local.size()); ++i) {
    const bool left = is_number(a.local[i]);
    const bool right = is_number(b.local[i]);
    if (left != right) return left <=> right;
    const auto order = left ? compare_numbers(a.local[i], b.local[i])
                            : std::weak_ordering(a.local[i] <=> b.local[i]);
    if (order != 0) return order;
  }
  return a.local.size() <=> b.local.size();
}

std::weak_ordering compare_versions(const Version& a, const Version& b) {
  if (const auto order = compare_numbers(a.epoch, b.epoch); order != 0) return order;
  if (const auto order = compare_release(a, b); order != 0) return order;
  if (const auto order = rank_of_pre(a) <=> rank_of_pre(b); order != 0) return order;
  if (const auto order = compare_numbers(a.pre_number, b.pre_number); order != 0) return order;
  if (a.post.has_value() != b.post.has_value()) return a.post.has_value() <=> b.post.has_value();
  if (const auto order = compare_numbers(a.post.value_or(""), b.post.value_or("")); order != 0)
    return order;
  if (a.dev.has_value() != b.dev.has_value()) return b.dev.has_value() <=> a.dev.has_value();
  if (const auto order = compare_numbers(a.dev.value_or(""), b.dev.value_or("")); order != 0)
    return order;
  return compare_local(a, b);
}

std::string lowered(std::string_view text) {
  std::string all;
  for (const char c : text) all += lower(c);
  return all;
}

}  // namespace

std::weak_ordering compare_pypi(std::string_view a, std::string_view b) {
  const std::string left_text = lowered(a);
  const std::string right_text = lowered(b);
  const auto left = Reader(left_text).read();
  const auto right = Reader(right_text).read();
  if (left && right) return compare_versions(*left, *right);
  if (left || right) return left.has_value() <=> right.has_value();
  return left_text <=> right_text;
}

}  // namespace pinnace::versions
