#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace pinnace::base {

/// Overwrites memory, so that the compiler can't leave it out.
void wipe(void* memory, std::size_t size) noexcept;
/// Overwrites a text in memory, and empties it.
void wipe(std::string& text) noexcept;

/// A text that is wiped when it goes, as are its copies.
class Secret {
 public:
  Secret() = default;
  /// Takes the memory of `text` over.
  explicit Secret(std::string text) noexcept : m_text(std::move(text)) {}
  /// Made in one place: a text that grows leaves copies behind.
  static Secret join(std::initializer_list<std::string_view> parts);

  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept { m_text.swap(other.m_text); }
  Secret& operator=(Secret other) noexcept {
    m_text.swap(other.m_text);
    return *this;
  }
  ~Secret() { wipe(m_text); }

  const std::string& text() const noexcept { return m_text; }
  bool empty() const noexcept { return m_text.empty(); }
  bool operator==(const Secret&) const = default;

 private:
  std::string m_text;
};

}  // namespace pinnace::base
