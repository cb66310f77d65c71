#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "text/position.hpp"

namespace pinnace::yaml {

struct Value;
struct Document;

/// One value of a parsed document that knows where it stands and what it is called, and is read
/// strictly: whatever is not as expected throws invalid_input "file:line:column: what was found,
/// what was expected". Cheap to copy; keeps its document alive. Values of JSON are never quoted in
/// messages: they may be secrets.
class Node {
 public:
  enum class Kind { null, scalar, sequence, map };

  Node(std::shared_ptr<const Document> document, const Value* value, std::string path);

  Kind kind() const noexcept;
  bool is_null() const noexcept { return kind() == Kind::null; }
  text::Position position() const;
  /// "config.ports[2]"; empty for the root.
  const std::string& path() const noexcept { return m_path; }

  /// A scalar exactly as it is written: of YAML, 1.10, 0644 and true are the texts "1.10", "0644"
  /// and "true", and only null is no text. Of JSON, a string.
  std::string text() const;
  /// As text(), but neither empty nor with control characters.
  std::string name() const;
  /// true or false, nothing else, and not in quotes.
  bool boolean() const;
  /// A decimal number in range, not in quotes.
  std::int64_t integer(std::int64_t least, std::int64_t most) const;
  std::vector<Node> items() const;
  /// The keys and values of a map in the order of the text. A key's node gives its position.
  std::vector<std::pair<Node, Node>> entries() const;
  /// A map's value, without a look at its other keys.
  std::optional<Node> find(std::string_view key) const;
  /// find(), or invalid_input.
  Node get(std::string_view key) const;
  /// Refuses keys of this map that are not in `known`, with the one that was probably meant.
  const Node& only(std::initializer_list<std::string_view> known) const;

  /// Throws "file:line:column: message".
  [[noreturn]] void fail(std::string_view message,
                         base::ErrorCode code = base::ErrorCode::invalid_input) const;
  /// Runs `parse(text())`; an Error from it gets this node's position.
  template <class Parse>
  auto convert(Parse&& parse) const {
    const std::string written = text();
    try {
      return std::forward<Parse>(parse)(written);
    } catch (const base::Error& error) {
      fail(error.message(), error.code());
    }
  }

 private:
  [[noreturn]] void expected(std::string_view what) const;
  std::string subject() const;

  std::shared_ptr<const Document> m_document;
  const Value* m_value;
  std::string m_path;
};

}  // namespace pinnace::yaml
