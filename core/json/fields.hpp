#pragma once

#include <functional>
#include <limits>
#include <type_traits>
#include <utility>

#include "json/json.hpp"

namespace pinnace::json {

/// JSON whose objects keep the order in which they were written.
using Schema = nlohmann::ordered_json;
/// The schemas of structs, by their tables' names ("$defs" of JSON Schema).
using Definitions = Schema;

/// What a field is held to beyond the type of its member.
struct Limits {
  std::int64_t least = 0;  ///< of integers
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
  std::size_t length = std::numeric_limits<std::size_t>::max();  ///< of a text, in bytes
  std::size_t count = std::numeric_limits<std::size_t>::max();   ///< of a list's or map's items
  const char* pattern = nullptr;  ///< a text's, for schemas; who reads leaves that to the type
  bool lines = false;             ///< a text may have several lines
  bool variables = false;         ///< a map's names are those of an environment's variables
  bool later = false;             ///< it came later: who does not know it leaves it out
  bool nullable = false;          ///< null stands for what the member has from the start
};

/// What a text is that is the digest of something.
inline constexpr Limits k_digest{.length = 135,
                                 .pattern = "^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$"};

/// A type that is written as text: parse() throws invalid_input, print() is what parse() takes, and
/// k_pattern is a regular expression of ECMA 262, or null.
template <class M>
struct TextOf;
template <class M>
concept Textual = requires(const M& value) {
  { TextOf<M>::print(value) } -> std::convertible_to<std::string>;
};

/// The names of an enumeration: k_names, an array of pairs of a value and a name.
template <class M>
struct NamesOf;

/// How members of type M are read, written and described:
///   static M read(const Node&, const Limits&);             throws invalid_input
///   static nlohmann::json write(const M&);
///   static Schema schema(const Limits&, Definitions&);
template <class M>
struct Kind;

/// A schema of what may be null, too.
Schema or_null(Schema schema);

/// A field of struct T: its name in JSON, its member, one sentence about it, and its limits.
template <class T>
struct Field {
  template <class Owner, class M>
  requires std::is_base_of_v<Owner, T> Field(const char* field, M Owner::*member, const char* about,
                                             const Limits& held_to = {})
      : name(field),
        sentence(about),
        limits(held_to),
        read([member, held_to](T& to, const Node& node) {
          if (held_to.nullable && node.json().is_null()) return;
          to.*member = Kind<M>::read(node, held_to);
        }),
        write([member](const T& from) { return Kind<M>::write(from.*member); }),
        schema([held_to](Definitions& all) {
          Schema of_member = Kind<M>::schema(held_to, all);
          return held_to.nullable ? or_null(std::move(of_member)) : of_member;
        }) {}

  const char* name;
  const char* sentence;
  Limits limits;
  std::function<void(T&, const Node&)> read;
  std::function<nlohmann::json(const T&)> write;
  std::function<Schema(Definitions&)> schema;
};

/// All that JSON knows of struct T; `static Table<T> table()` of the struct gives it.
template <class T>
struct Table {
  const char* name;
  const char* sentence;
  std::vector<Field<T>> fields;
};
template <class T>
concept Described = requires {
  { T::table() } -> std::same_as<Table<T>>;
};

/// Throws invalid_input: "<where>: expected <expected>", with " or null" if the limits allow it.
[[noreturn]] void fail(const Node& node, const Limits& limits, const std::string& expected);
/// Throws invalid_input unless it is an object without other fields than `known`.
void check_names(const Node& node, const Limits& limits, const std::vector<std::string>& known);
/// The node of a field, named as in "request: tags"; null if it isn't there.
std::optional<Node> field_of(const Node& node, const char* name);

/// Reads a struct strictly: throws invalid_input for fields that are missing, unknown, of another
/// type or beyond their limits.
template <Described T>
T read(const Node& node, const Limits& limits = {}) {
  const Table<T> table = T::table();
  std::vector<std::string> names;
  for (const Field<T>& field : table.fields) names.emplace_back(field.name);
  check_names(node, limits, names);
  T value{};
  for (const Field<T>& field : table.fields) {
    const std::optional<Node> found = field_of(node, field.name);
    if (found) {
      field.read(value, *found);
    } else if (!field.limits.later) {
      Node(nullptr, node.where() + ": " + field.name).fail("the field (null for none)");
    }
  }
  return value;
}

template <Described T>
nlohmann::json write(const T& value) {
  nlohmann::json object = nlohmann::json::object();
  for (const Field<T>& field : T::table().fields) object[field.name] = field.write(value);
  return object;
}

/// Adds the JSON Schema (2020-12) of T, and of what is in it, to `all`; gives a reference to it.
template <Described T>
Schema schema(Definitions& all) {
  const Table<T> table = T::table();
  if (!all.contains(table.name)) {
    all[table.name] = nullptr;  // its place
    Schema properties = Schema::object();
    Schema required = Schema::array();
    const nlohmann::json defaults = write(T{});
    for (const Field<T>& field : table.fields) {
      Schema& property = properties[field.name] = field.schema(all);
      property["description"] = field.sentence;
      if (field.limits.later) {
        property["default"] = defaults[field.name];
      } else {
        required.push_back(field.name);
      }
    }
    all[table.name] = {{"description", table.sentence},
                       {"type", "object"},
                       {"properties", std::move(properties)},
                       {"required", std::move(required)},
                       {"additionalProperties", false}};
  }
  return {{"$ref", "#/$defs/" + std::string(table.name)}};
}

}  // namespace pinnace::json

#include "json/kinds.hpp"  // IWYU pragma: export
