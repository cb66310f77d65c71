#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hash/digest.hpp"

namespace pinnace::json {

/// JSON of others is refused beyond this nesting and this number of values: that bounds the memory
/// and stack that hostile text can cost.
inline constexpr std::size_t k_max_depth = 64;
inline constexpr std::size_t k_max_values = 2'000'000;

/// Parses untrusted text (RFC 8259, without equal keys in one object). Throws invalid_input,
/// "<what>: line 3, column 7: ...". The caller has bounded the size of `text`.
nlohmann::json parse(std::string_view text, std::string_view what);

/// What is ours and may be damaged, or an answer that is something else as often: the same, or null
/// where parse() throws.
nlohmann::json parse_or_null(std::string_view text);

/// Canonical text: compact, keys sorted by their bytes. Throws invalid_input, naming `what`, for
/// strings that are not UTF-8.
std::string dump(const nlohmann::json& json, std::string_view what);

/// As dump(), with U+FFFD for bytes that are not UTF-8.
std::string dump_replacing(const nlohmann::json& json);
/// The same in printable ASCII, all else as "\uXXXX": whatever strangers have written steers no
/// terminal, and nobody who shows the text has to change it.
std::string dump_ascii(const nlohmann::json& json);

/// A value inside a parsed document together with its place, so that an error can say
/// "<what>: /layers/3/size: expected ...". Borrows the JSON. All getters throw invalid_input. For
/// an optional field, null is as good as absent (Go writes empty fields so).
class Node {
 public:
  /// The root of a document; `what` names it in errors.
  Node(const nlohmann::json& json, std::string what) : m_json(&json), m_what(std::move(what)) {}

  const nlohmann::json& json() const noexcept { return *m_json; }
  bool has(const char* field) const;
  /// Itself, if it is an object.
  const Node& object() const;

  Node field(const char* name) const;
  std::optional<Node> optional_field(const char* name) const;
  /// The items of an array of at most `limit`. A null counts as empty.
  std::vector<Node> items(std::size_t limit) const;

  std::string text() const;
  /// 0 to 2^63 - 1, written as an integer.
  std::uint64_t size() const;
  hash::Digest digest() const;
  std::map<std::string, std::string> text_map() const;
  std::vector<std::string> texts(std::size_t limit) const;

  /// Throws invalid_input: "<what>: <pointer>: expected <expected>".
  [[noreturn]] void fail(std::string_view expected) const;
  /// "<what>: <pointer>".
  std::string where() const;

 private:
  Node(const nlohmann::json& json, std::string what, std::string pointer)
      : m_json(&json), m_what(std::move(what)), m_pointer(std::move(pointer)) {}

  const nlohmann::json* m_json;
  std::string m_what;
  std::string m_pointer;
};

}  // namespace pinnace::json
