#include "packages/paragraphs.hpp"

#include <algorithm>

namespace pinnace::packages {

namespace {

constexpr std::string_view k_blanks = " \t\r\n";

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool goes_on(std::string_view text) {
  return text.starts_with(' ') || text.starts_with('\t');
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(k_blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(k_blanks) - first + 1);
}

std::string_view Paragraph::find(std::string_view name) const {
  const auto found = std::find_if(m_fields.begin(), m_fields.end(),
                                  [&](const Field& field) { return same_name(field.name, name); });
  return found == m_fields.end() ? std::string_view() : found->value;
}

std::string_view Paragraph::find_last(std::string_view name) const {
  const auto found = std::find_if(m_fields.rbegin(), m_fields.rend(),
                                  [&](const Field& field) { return same_name(field.name, name); });
  return found == m_fields.rend() ? std::string_view() : found->value;
}

std::string Paragraph::repeated(std::initializer_list<std::string_view> names) const {
  for (const std::string_view name : names) {
    const auto count = std::count_if(m_fields.begin(), m_fields.end(), [&](const Field& field) {
      return same_name(field.name, name);
    });
    if (count > 1) return std::string(name);
  }
  return {};
}

std::string_view Paragraph::line(std::string_view name) const {
  std::string_view value = find(name);
  return trimmed(take_line(value));
}

std::optional<Paragraph> Paragraphs::next() {
  Paragraph paragraph;
  while (!m_rest.empty()) {
    std::string_view after = m_rest;
    const std::string_view first = take_line(after);
    if (trimmed(first).empty() && !goes_on(first)) {
      m_rest = after;
      if (!paragraph.empty()) return paragraph;
      continue;
    }
    while (goes_on(after)) take_line(after);
    const std::string_view whole = m_rest.substr(0, m_rest.size() - after.size());
    m_rest = after;
    const std::size_t colon = first.find(':');
    if (colon == std::string_view::npos || goes_on(first)) continue;
    paragraph.add({trimmed(first.substr(0, colon)), trimmed(whole.substr(colon + 1))});
  }
  if (paragraph.empty()) return std::nullopt;
  return paragraph;
}

std::string joined(std::string_view value) {
  std::string text;
  while (!value.empty()) {
    std::string_view line = take_line(value);
    if (!text.empty() && line.starts_with(' ')) line.remove_prefix(1);
    text += line;
  }
  return text;
}

}  // namespace pinnace::packages
