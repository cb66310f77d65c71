#include "web/field_reader.hpp"

#include <algorithm>

namespace pinnace::web {

namespace {

bool is_token_char(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

}  // namespace

void FieldReader::skip(std::string_view chars) noexcept {
  m_rest.remove_prefix(std::min(m_rest.find_first_not_of(chars), m_rest.size()));
}

bool FieldReader::take(char c) noexcept {
  if (!at(c)) return false;
  m_rest.remove_prefix(1);
  return true;
}

std::string_view FieldReader::token() noexcept {
  const auto end = std::find_if_not(m_rest.begin(), m_rest.end(), is_token_char);
  const std::string_view result = m_rest.substr(0, static_cast<std::size_t>(end - m_rest.begin()));
  m_rest.remove_prefix(result.size());
  return result;
}

std::string_view FieldReader::until(std::string_view chars) noexcept {
  const std::string_view result = m_rest.substr(0, m_rest.find_first_of(chars));
  m_rest.remove_prefix(result.size());
  return result;
}

std::string FieldReader::quoted(bool* closed) {
  std::string result;
  while (!m_rest.empty() && m_rest.front() != '"') {
    if (m_rest.front() == '\\' && m_rest.size() > 1) m_rest.remove_prefix(1);
    result += m_rest.front();
    m_rest.remove_prefix(1);
  }
  if (closed != nullptr) *closed = !m_rest.empty();
  skip_one();
  return result;
}

bool FieldReader::take_equals() noexcept {
  const std::size_t at = m_rest.find_first_not_of(" \t");
  if (at == std::string_view::npos || m_rest[at] != '=') return false;
  m_rest.remove_prefix(at + 1);
  return true;
}

}  // namespace pinnace::web
