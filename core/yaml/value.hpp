#pragma once

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "text/position.hpp"
#include "yaml/node.hpp"

namespace pinnace::yaml {

/// A parsed value. Children are shared where the text has aliases, so that the tree is no larger
/// than the text.
struct Value {
  enum class Style { plain, quoted, json_number, json_literal };

  Node::Kind kind = Node::Kind::null;
  Style style = Style::plain;
  int line = 0;
  int column = 0;
  int height = 0;              ///< levels of collections below
  std::size_t node_count = 1;  ///< with all that is below, aliases expanded
  std::string text;
  std::vector<const Value*> items;
  std::vector<std::pair<const Value*, const Value*>> entries;
};

/// Owns the values of one text.
struct Document {
  Document() = default;
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;
  ~Document();

  std::string file;
  bool may_be_quoted = true;  ///< false: values could be secrets, and are wiped in the end
  std::deque<Value> values;
  const Value* root = nullptr;
};

/// Builds a Document from the events of a parser, and holds its limits.
class Builder {
 public:
  Builder(std::string file, bool may_be_quoted);

  /// A new value at a place; it is filled in before add() or begin().
  Value& make(Node::Kind kind, int line, int column);
  /// Opens a collection: what is added from now on is in it.
  void begin(Value& value);
  /// Closes the innermost collection.
  void end();
  /// Adds a finished value (a scalar, or an alias' target) to the innermost collection, as a key or
  /// a value in turn if that is a map. `line` and `column` are of this occurrence.
  void add(const Value& value, int line, int column);
  /// Whether add() would now add a key.
  bool expects_key() const noexcept;

  /// The finished tree; null if nothing was added.
  Node finish();
  text::Position at(int line, int column) const { return {m_document->file, line, column}; }

 private:
  void attach(const Value& value, int line, int column);
  void check_key(const Value& key, int line, int column);

  struct Open {
    Value* value;
    const Value* key = nullptr;
    std::set<std::string_view> keys = {};
  };
  std::shared_ptr<Document> m_document;
  std::vector<Open> m_open;
};

}  // namespace pinnace::yaml
