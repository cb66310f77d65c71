#include "yaml/node.hpp"

#include <algorithm>
#include <charconv>

#include "base/quote.hpp"
#include "base/suggest.hpp"
#include "yaml/value.hpp"

namespace pinnace::yaml {

namespace {

std::string_view kind_name(const Value& value) {
  switch (value.kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::sequence:
      return "a list";
    case Node::Kind::map:
      return "a map";
    case Node::Kind::scalar:
      break;
  }
  if (value.style == Value::Style::json_number) return "a number";
  return value.style == Value::Style::json_literal ? "true or false" : "a text";
}

std::string child_path(const std::string& path, const std::string& key) {
  return path.empty() ? key : path + "." + key;
}

bool is_decimal(std::string_view text) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Node::Node(std::shared_ptr<const Document> document, const Value* value, std::string path)
    : m_document(std::move(document)), m_value(value), m_path(std::move(path)) {}

Node::Kind Node::kind() const noexcept {
  return m_value->kind;
}

text::Position Node::position() const {
  return {m_document->file, m_value->line, m_value->column};
}

void Node::fail(std::string_view message, base::ErrorCode code) const {
  text::fail_at(position(), message, code);
}

std::string Node::subject() const {
  return m_path.empty() ? "" : " for " + base::quote(m_path);
}

void Node::expected(std::string_view what) const {
  const bool shown = m_value->kind == Kind::scalar && m_document->may_be_quoted;
  fail("expected " + std::string(what) + subject() + ", found " +
       (shown ? base::quote(m_value->text) : std::string(kind_name(*m_value))));
}

std::string Node::text() const {
  const bool is_text = m_value->kind == Kind::scalar && (m_value->style == Value::Style::plain ||
                                                         m_value->style == Value::Style::quoted);
  if (!is_text) expected("a text");
  return m_value->text;
}

std::string Node::name() const {
  std::string written = text();
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (written.empty()) fail("expected a text" + subject() + ", found an empty one");
  if (std::any_of(written.begin(), written.end(), is_control)) {
    fail("a line end or control character in the text" + subject());
  }
  return written;
}

bool Node::boolean() const {
  const bool is_bare = m_value->kind == Kind::scalar && m_value->style != Value::Style::quoted;
  if (!is_bare || (m_value->text != "true" && m_value->text != "false")) expected("true or false");
  return m_value->text == "true";
}

std::int64_t Node::integer(std::int64_t least, std::int64_t most) const {
  const std::string& written = m_value->text;
  const bool is_bare = m_value->kind == Kind::scalar && m_value->style != Value::Style::quoted;
  std::int64_t number = 0;
  const bool parsed =
      is_bare && is_decimal(written) &&
      std::from_chars(written.data(), written.data() + written.size(), number).ec == std::errc();
  if (!parsed || number < least || number > most) {
    expected("a number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

std::vector<Node> Node::items() const {
  if (m_value->kind != Kind::sequence) expected("a list");
  std::vector<Node> nodes;
  nodes.reserve(m_value->items.size());
  for (const Value* item : m_value->items) {
    nodes.emplace_back(m_document, item, m_path + "[" + std::to_string(nodes.size()) + "]");
  }
  return nodes;
}

std::vector<std::pair<Node, Node>> Node::entries() const {
  if (m_value->kind != Kind::map) expected("a map");
  std::vector<std::pair<Node, Node>> nodes;
  nodes.reserve(m_value->entries.size());
  for (const auto& [key, value] : m_value->entries) {
    const std::string path = child_path(m_path, key->text);
    nodes.emplace_back(Node(m_document, key, path), Node(m_document, value, path));
  }
  return nodes;
}

std::optional<Node> Node::find(std::string_view key) const {
  if (m_value->kind != Kind::map) expected("a map");
  for (const auto& [name, value] : m_value->entries) {
    if (name->text == key) return Node(m_document, value, child_path(m_path, name->text));
  }
  return std::nullopt;
}

Node Node::get(std::string_view key) const {
  std::optional<Node> found = find(key);
  if (!found) {
    fail("key " + base::quote(key) + " is missing" + (m_path.empty() ? "" : " in " + m_path));
  }
  return *std::move(found);
}

const Node& Node::only(std::initializer_list<std::string_view> known) const {
  if (m_value->kind != Kind::map) expected("a map");
  for (const auto& [key, value] : m_value->entries) {
    if (std::find(known.begin(), known.end(), key->text) != known.end()) continue;
    text::fail_at({m_document->file, key->line, key->column},
                  "unknown key " + base::quote(key->text) +
                      (m_path.empty() ? "" : " in " + m_path) + base::suggestion(key->text, known));
  }
  return *this;
}

}  // namespace pinnace::yaml
