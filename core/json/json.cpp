#include "json/json.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "json/equal_keys.hpp"

namespace pinnace::json {

using base::Error;
using base::ErrorCode;
using Json = nlohmann::json;

namespace {

/// "line 3, column 7" of a byte offset, both from 1.
std::string position(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.rfind('\n');
  const std::size_t column = before.size() - (start == std::string_view::npos ? 0 : start + 1);
  return "line " + std::to_string(line) + ", column " +
         std::to_string(std::max<std::size_t>(column, 1));
}

[[noreturn]] void fail_at(std::string_view text, std::size_t offset, std::string_view what,
                          std::string_view reason) {
  throw Error(ErrorCode::invalid_input,
              std::string(what) + ": " + position(text, offset) + ": " + std::string(reason));
}

/// Counts brackets and commas outside of strings. For text that is no JSON the counts mean little,
/// but then the parser fails without building more than they allow.
void check_extent(std::string_view text, std::string_view what) {
  std::size_t depth = 0;
  std::size_t values = 1;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      ++values;
      if (++depth > k_max_depth) {
        fail_at(text, i + 1, what, "nested deeper than " + std::to_string(k_max_depth) + " levels");
      }
    } else if (c == ']' || c == '}') {
      if (depth > 0) --depth;
    } else if (c == ',') {
      ++values;
    }
    if (values > k_max_values) {
      fail_at(text, i + 1, what, "more than " + std::to_string(k_max_values) + " values");
    }
  }
}

/// What the library says after its "[json.exception...] parse error at line 1, column 2: ".
std::string reason_of(const Json::parse_error& error) {
  std::string_view text = error.what();
  const std::size_t at = text.find("column ");
  const std::size_t colon = at == std::string_view::npos ? at : text.find(": ", at);
  if (colon != std::string_view::npos) text.remove_prefix(colon + 2);
  return "invalid JSON: " + std::string(text.substr(0, 200));
}

/// A key as a step of a JSON pointer (RFC 6901), shortened and free of control characters.
std::string step(std::string_view key) {
  std::string text = "/";
  for (const char c : key.substr(0, 80)) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    }
  }
  return text;
}

/// Refuses objects with equal keys: which of them counts differs from reader to reader.
class UniqueKeys {
 public:
  explicit UniqueKeys(std::string_view what) : m_what(what) {}

  bool operator()(int, Json::parse_event_t event, const Json& value) {
    if (event == Json::parse_event_t::object_start) m_open.emplace_back();
    if (event == Json::parse_event_t::object_end) m_open.pop_back();
    if (event != Json::parse_event_t::key) return true;
    const auto& key = value.get_ref<const std::string&>();
    if (m_open.back().insert(key).second) return true;
    throw Error(ErrorCode::invalid_input, std::string(m_what) + ": expected each key once, got \"" +
                                              step(key).substr(1) + "\" twice in one object");
  }

 private:
  std::string_view m_what;
  std::vector<std::set<std::string>> m_open;
};

/// `watch`: a callback of the library's parser, or nullptr.
Json parse_watched(std::string_view text, std::string_view what,
                   const Json::parser_callback_t& watch) {
  check_extent(text, what);
  try {
    return Json::parse(text, watch);
  } catch (const Json::parse_error& error) {
    fail_at(text, error.byte, what, reason_of(error));
  } catch (const Json::exception&) {
    throw Error(ErrorCode::invalid_input,
                std::string(what) + ": invalid JSON: a number is out of range");
  }
}

}  // namespace

Json parse(std::string_view text, std::string_view what) {
  return parse_watched(text, what, UniqueKeys(what));
}

Json parse_as_javascript(std::string_view text, std::string_view what) {
  return parse_watched(text, what, nullptr);
}

Json parse_or_null(std::string_view text) {
  try {
    return parse(text, "");
  } catch (const Error&) {
    return nullptr;
  }
}

std::string dump(const Json& value, std::string_view what) {
  try {
    return value.dump();
  } catch (const Json::exception&) {
    throw Error(ErrorCode::invalid_input, std::string(what) + ": a string is not valid UTF-8");
  }
}

std::string dump_replacing(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string dump_ascii(const Json& value) {
  return value.dump(-1, ' ', true, Json::error_handler_t::replace);
}

bool Node::has(const char* field) const {
  const auto place = m_json->find(field);
  return place != m_json->end() && !place->is_null();
}

const Node& Node::object() const {
  if (!m_json->is_object()) fail("an object");
  return *this;
}

Node Node::field(const char* name) const {
  auto node = optional_field(name);
  if (!node) fail("the field \"" + std::string(name) + "\"");
  return *std::move(node);
}

std::optional<Node> Node::optional_field(const char* name) const {
  const auto place = object().json().find(name);
  if (place == m_json->end() || place->is_null()) return std::nullopt;
  return Node(*place, m_what, m_pointer + step(name));
}

std::vector<Node> Node::items(std::size_t limit) const {
  std::vector<Node> nodes;
  if (m_json->is_null()) return nodes;
  if (!m_json->is_array()) fail("an array");
  if (m_json->size() > limit) fail("at most " + std::to_string(limit) + " items");
  nodes.reserve(m_json->size());
  for (const Json& item : *m_json) {
    nodes.push_back(Node(item, m_what, m_pointer + "/" + std::to_string(nodes.size())));
  }
  return nodes;
}

std::string Node::text() const {
  if (!m_json->is_string()) fail("a string");
  return m_json->get<std::string>();
}

std::uint64_t Node::size() const {
  const bool negative = !m_json->is_number_unsigned() && m_json->is_number_integer() &&
                        m_json->get<std::int64_t>() < 0;
  if (!m_json->is_number_integer() || negative) fail("an unsigned integer");
  const auto value = m_json->get<std::uint64_t>();
  if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    fail("an unsigned integer of at most 2^63 - 1");
  }
  return value;
}

hash::Digest Node::digest() const {
  const std::string value = text();
  return base::with_context([this] { return where(); }, [&] { return hash::Digest::parse(value); });
}

std::map<std::string, std::string> Node::text_map() const {
  std::map<std::string, std::string> map;
  for (const auto& [key, value] : object().json().items()) {
    if (!value.is_string()) Node(value, m_what, m_pointer + step(key)).fail("a string");
    map.emplace(key, value.get<std::string>());
  }
  return map;
}

std::vector<std::string> Node::texts(std::size_t limit) const {
  std::vector<std::string> values;
  for (const Node& item : items(limit)) values.push_back(item.text());
  return values;
}

void Node::fail(std::string_view expected) const {
  throw Error(ErrorCode::invalid_input, where() + ": expected " + std::string(expected));
}

std::string Node::where() const {
  return m_pointer.empty() ? m_what : m_what + ": " + m_pointer;
}

}  // namespace pinnace::json
