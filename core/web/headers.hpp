#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pinnace::web {

/// Header fields in the order in which they came; names compare without regard to case (RFC
/// 9110, 5.1). Values are wiped when they go: they may be credentials.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : m_fields(fields) {}
  Headers(const Headers&) = default;
  Headers(Headers&& other) noexcept { m_fields.swap(other.m_fields); }
  Headers& operator=(Headers other) noexcept {
    m_fields.swap(other.m_fields);
    return *this;
  }
  ~Headers();

  void add(std::string name, std::string value);
  /// Replaces every field of that name.
  void set(std::string name, std::string value);
  void remove(std::string_view name);
  /// The first value; nullptr if there is none. Lives as long as the field.
  const std::string* find(std::string_view name) const noexcept;
  /// The first value, or an empty text.
  std::string_view get(std::string_view name) const noexcept;
  std::vector<std::string_view> all(std::string_view name) const;

  auto begin() const noexcept { return m_fields.begin(); }
  auto end() const noexcept { return m_fields.end(); }
  bool empty() const noexcept { return m_fields.empty(); }

 private:
  std::vector<std::pair<std::string, std::string>> m_fields;
};

/// Whether two ASCII texts are equal without regard to case; the locale plays no part.
bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;
/// Lower case of an ASCII text.
std::string lower_case(std::string_view text);
/// Without blanks and tabs at both ends.
std::string_view trim(std::string_view text) noexcept;

}  // namespace pinnace::web
