#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pinnace::packages {

/// Takes the first line off a text, and gives it without its end ("\n" or "\r\n").
std::string_view take_line(std::string_view& rest);

/// Without spaces and tabs and ends of lines at both ends.
std::string_view trimmed(std::string_view text);

/// Whether they are the same but for the case of ASCII letters.
bool same_name(std::string_view a, std::string_view b);

/// "Name: value", with lines that begin with a space or tab going on with the value: as dpkg
/// (deb822(5)), Python's metadata (RFC 822) and the manifests of Java archives have it. Borrows the
/// text.
class Paragraph {
 public:
  struct Field {
    std::string_view name;
    std::string_view value;  ///< trimmed, with the lines that go on with it
  };

  /// No paragraph has as many fields as k_max_fields; what is beyond is passed over.
  static constexpr std::size_t k_max_fields = 10'000;

  void add(Field field) {
    if (m_fields.size() < k_max_fields) m_fields.push_back(field);
  }
  bool empty() const noexcept { return m_fields.empty(); }
  const std::vector<Field>& fields() const noexcept { return m_fields; }
  /// The first value of a name, in whatever case that is written; empty if there is none.
  std::string_view find(std::string_view name) const;
  /// The first line of the same.
  std::string_view line(std::string_view name) const;
  /// The last value of a name.
  std::string_view find_last(std::string_view name) const;
  /// The first of these names that stands twice; empty if none does.
  std::string repeated(std::initializer_list<std::string_view> names) const;

 private:
  std::vector<Field> m_fields;
};

/// Reads paragraphs, which empty lines part; lines that are no field are passed over.
class Paragraphs {
 public:
  explicit Paragraphs(std::string_view text) : m_rest(text) {}

  /// nullopt at the end.
  std::optional<Paragraph> next();

 private:
  std::string_view m_rest;
};

/// The value of a Java manifest, in which a line goes on with the next byte.
std::string joined(std::string_view value);

}  // namespace pinnace::packages
