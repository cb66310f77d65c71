#include <algorithm>

#include "base/quote.hpp"
#include "base/secret.hpp"
#include "yaml/document.hpp"
#include "yaml/value.hpp"

namespace pinnace::yaml {

Document::~Document() {
  if (may_be_quoted) return;
  for (Value& value : values) base::wipe(value.text);
}

Builder::Builder(std::string file, bool may_be_quoted) : m_document(std::make_shared<Document>()) {
  m_document->file = std::move(file);
  m_document->may_be_quoted = may_be_quoted;
}

Value& Builder::make(Node::Kind kind, int line, int column) {
  if (m_document->values.size() >= k_max_nodes) {
    text::fail_at(at(line, column), "more than " + std::to_string(k_max_nodes) + " values");
  }
  Value& value = m_document->values.emplace_back();
  value.kind = kind;
  value.line = line;
  value.column = column;
  return value;
}

void Builder::begin(Value& value) {
  if (m_open.size() >= static_cast<std::size_t>(k_max_depth)) {
    text::fail_at(at(value.line, value.column),
                  "nested more than " + std::to_string(k_max_depth) + " deep");
  }
  if (expects_key()) text::fail_at(at(value.line, value.column), "a key must be a text");
  m_open.push_back({&value});
}

void Builder::end() {
  const Value& value = *m_open.back().value;
  m_open.pop_back();
  attach(value, value.line, value.column);
}

void Builder::add(const Value& value, int line, int column) {
  if (expects_key()) {
    check_key(value, line, column);
    m_open.back().key = &value;
    return;
  }
  attach(value, line, column);
}

bool Builder::expects_key() const noexcept {
  return !m_open.empty() && m_open.back().value->kind == Node::Kind::map &&
         m_open.back().key == nullptr;
}

void Builder::attach(const Value& value, int line, int column) {
  if (m_open.empty()) {
    m_document->root = &value;
    return;
  }
  Open& open = m_open.back();
  Value& parent = *open.value;
  if (parent.kind == Node::Kind::map) {
    parent.entries.emplace_back(std::exchange(open.key, nullptr), &value);
    parent.node_count += 1;
  } else {
    parent.items.push_back(&value);
  }
  parent.node_count += value.node_count;
  parent.height = std::max(parent.height, value.height + 1);
  if (parent.node_count > k_max_nodes) {
    text::fail_at(at(line, column), "more than " + std::to_string(k_max_nodes) + " values");
  }
  if (m_open.size() + static_cast<std::size_t>(value.height) >
      static_cast<std::size_t>(k_max_depth)) {
    text::fail_at(at(line, column), "nested more than " + std::to_string(k_max_depth) + " deep");
  }
}

void Builder::check_key(const Value& key, int line, int column) {
  if (key.kind != Node::Kind::scalar) text::fail_at(at(line, column), "a key must be a text");
  if (!m_open.back().keys.insert(key.text).second) {
    text::fail_at(at(line, column), "key " + base::quote(key.text) + " is here twice");
  }
}

Node Builder::finish() {
  if (m_document->root == nullptr) m_document->root = &make(Node::Kind::null, 1, 1);
  return Node(m_document, m_document->root, "");
}

}  // namespace pinnace::yaml
