#include "api/challenge.hpp"

#include "web/headers.hpp"

namespace pinnace::api {

namespace {

constexpr std::size_t k_max_header = 16 * 1024;
constexpr std::size_t k_max_challenges = 16;
constexpr std::size_t k_max_parameters = 32;

bool is_token_char(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

/// Reads the grammar of RFC 9110, 11.6.1 and 5.6.2 to 5.6.4, from left to right.
class Reader {
 public:
  explicit Reader(std::string_view text) : m_rest(text) {}

  bool at_end() const noexcept { return m_rest.empty(); }
  void skip(std::string_view chars) noexcept {
    const std::size_t first = m_rest.find_first_not_of(chars);
    m_rest.remove_prefix(first == std::string_view::npos ? m_rest.size() : first);
  }
  void skip_one() noexcept { m_rest.remove_prefix(m_rest.empty() ? 0 : 1); }
  bool take(char c) noexcept {
    if (m_rest.empty() || m_rest.front() != c) return false;
    m_rest.remove_prefix(1);
    return true;
  }
  std::string_view token() noexcept {
    std::size_t size = 0;
    while (size < m_rest.size() && is_token_char(m_rest[size])) ++size;
    const std::string_view result = m_rest.substr(0, size);
    m_rest.remove_prefix(size);
    return result;
  }
  /// What is behind an opening quote, up to the closing one or the end.
  std::string quoted() {
    std::string result;
    while (!m_rest.empty() && m_rest.front() != '"') {
      if (m_rest.front() == '\\' && m_rest.size() > 1) m_rest.remove_prefix(1);
      result += m_rest.front();
      m_rest.remove_prefix(1);
    }
    skip_one();
    return result;
  }
  /// Whether an equals sign comes next, with blanks before it, that is followed by a value.
  bool take_equals() noexcept {
    const std::size_t at = m_rest.find_first_not_of(" \t");
    if (at == std::string_view::npos || m_rest[at] != '=') return false;
    m_rest.remove_prefix(at + 1);
    return true;
  }

 private:
  std::string_view m_rest;
};

std::string read_value(Reader& reader) {
  reader.skip(" \t");
  if (reader.take('"')) return reader.quoted();
  return std::string(reader.token());
}

}  // namespace

std::vector<Challenge> parse_challenges(std::string_view header) {
  std::vector<Challenge> result;
  Reader reader(header.substr(0, k_max_header));
  while (!reader.at_end()) {
    reader.skip(" \t,");
    const std::string_view word = reader.token();
    if (word.empty()) {
      reader.skip_one();
    } else if (!reader.take_equals()) {
      // A word without "=" begins the next challenge.
      if (result.size() == k_max_challenges) break;
      result.push_back({web::lower_case(word), {}});
    } else {
      std::string value = read_value(reader);
      if (!result.empty() && result.back().parameters.size() < k_max_parameters) {
        result.back().parameters.emplace(web::lower_case(word), std::move(value));
      }
    }
  }
  return result;
}

}  // namespace pinnace::api
