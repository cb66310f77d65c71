#include "web/headers.hpp"

#include <algorithm>

#include "base/secret.hpp"

namespace pinnace::web {

namespace {
char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

std::string_view trim(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Headers::~Headers() {
  for (auto& [name, value] : m_fields) base::wipe(value);
}

void Headers::add(std::string name, std::string value) {
  m_fields.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string name, std::string value) {
  remove(name);
  add(std::move(name), std::move(value));
}

void Headers::remove(std::string_view name) {
  for (auto& [key, value] : m_fields) {
    if (equal_ignoring_case(key, name)) base::wipe(value);
  }
  std::erase_if(m_fields,
                [&](const auto& field) { return equal_ignoring_case(field.first, name); });
}

const std::string* Headers::find(std::string_view name) const noexcept {
  for (const auto& [key, value] : m_fields) {
    if (equal_ignoring_case(key, name)) return &value;
  }
  return nullptr;
}

std::string_view Headers::get(std::string_view name) const noexcept {
  const std::string* value = find(name);
  return value ? std::string_view(*value) : std::string_view();
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
  std::vector<std::string_view> result;
  for (const auto& [key, value] : m_fields) {
    if (equal_ignoring_case(key, name)) result.push_back(value);
  }
  return result;
}

}  // namespace pinnace::web
