#include "json/fields.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "base/suggest.hpp"

namespace pinnace::json {

namespace {

constexpr Limits k_none;

std::string text_of(const Node& node) {
  std::string text = node.text();
  if (text.find('\0') != std::string::npos) node.fail("a string without NUL");
  return text;
}

/// With the limit as `keyword`, unless there is none.
template <class Number>
void add_limit(Schema& schema, const char* keyword, Number limit, Number none) {
  if (limit != none) schema[keyword] = limit;
}

}  // namespace

void fail(const Node& node, const Limits& limits, const std::string& expected) {
  node.fail(expected + (limits.nullable ? " or null" : ""));
}

void check_names(const Node& node, const Limits& limits, const std::vector<std::string>& known) {
  if (!node.json().is_object()) fail(node, limits, "a JSON object");
  for (const auto& [name, value] : node.json().items()) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string_view meant = base::nearest(name, {known.begin(), known.end()});
    throw base::Error(base::ErrorCode::invalid_input,
                      node.where() + ": unknown field \"" + name.substr(0, 80) + "\"" +
                          (meant.empty() ? "" : ", did you mean " + base::quote(meant) + "?"));
  }
}

std::optional<Node> field_of(const Node& node, const char* name) {
  const auto found = node.json().find(name);
  if (found == node.json().end()) return std::nullopt;
  return Node(*found, node.where() + ": " + name);
}

std::string read_text(const Node& node, const Limits& limits) {
  if (!node.json().is_string()) fail(node, limits, "a string");
  std::string text = text_of(node);
  if (text.size() > limits.length)
    node.fail("at most " + std::to_string(limits.length) + " bytes of text");
  return text;
}

std::int64_t read_integer(const Node& node, const Limits& limits) {
  const nlohmann::json& value = node.json();
  const std::string range = limits.least == limits.most
                                ? std::to_string(limits.least)
                                : "an integer from " + std::to_string(limits.least) + " to " +
                                      std::to_string(limits.most);
  if (!value.is_number_integer()) fail(node, limits, range);
  const auto number = value.get<std::int64_t>();
  const bool wrapped = value.is_number_unsigned() && number < 0;
  if (wrapped || number < limits.least || number > limits.most) fail(node, limits, range);
  return number;
}

std::vector<Node> read_list(const Node& node, const Limits& limits, bool of_texts) {
  const nlohmann::json& value = node.json();
  const std::string expected = of_texts ? "a list of strings, or null" : "a list, or null";
  const bool has_other = of_texts && value.is_array() &&
                         !std::all_of(value.begin(), value.end(),
                                      [](const nlohmann::json& item) { return item.is_string(); });
  if (has_other || !(value.is_array() || value.is_null())) node.fail(expected);
  return node.items(limits.count);
}

Kind<std::map<std::string, std::string>>::Map Kind<std::map<std::string, std::string>>::read(
    const Node& node, const Limits& limits) {
  const nlohmann::json& value = node.json();
  Map all;
  if (value.is_null()) return all;
  if (!value.is_object()) node.fail("an object of strings, or null");
  if (value.size() > limits.count) node.fail("at most " + std::to_string(limits.count) + " names");
  for (const auto& [name, item] : value.items()) {
    if (!item.is_string()) node.fail("an object of strings, or null");
    auto text = item.get<std::string>();
    if (name.empty()) node.fail("names that are not empty");
    if ((name + text).find('\0') != std::string::npos) node.fail("strings without NUL");
    if (limits.variables && name.find('=') != std::string::npos)
      node.fail("names of variables, without \"=\"");
    all.emplace(name, std::move(text));
  }
  return all;
}

Schema text_schema(const Limits& limits, const char* pattern) {
  Schema schema = {{"type", "string"}};
  if (limits.lines) schema["format"] = "lines";
  add_limit(schema, "maxLength", limits.length, k_none.length);
  if (const char* held_to = limits.pattern != nullptr ? limits.pattern : pattern)
    schema["pattern"] = held_to;
  return schema;
}

Schema integer_schema(const Limits& limits) {
  if (limits.least == limits.most) return {{"const", limits.least}};
  return {{"type", "integer"}, {"minimum", limits.least}, {"maximum", limits.most}};
}

Schema list_schema(Schema items, const Limits& limits) {
  Schema schema = {{"type", "array"}, {"items", std::move(items)}};
  add_limit(schema, "maxItems", limits.count, k_none.count);
  return schema;
}

Schema map_schema(const Limits& limits) {
  Limits of_values = limits;
  of_values.pattern = nullptr;
  Schema schema = {{"type", "object"},
                   {"propertyNames", {{"pattern", limits.variables ? "^[^=]+$" : "^.+$"}}},
                   {"additionalProperties", text_schema(of_values, nullptr)}};
  add_limit(schema, "maxProperties", limits.count, k_none.count);
  return schema;
}

Schema or_null(Schema schema) {
  if (schema.contains("type") && !schema.contains("enum")) {
    schema["type"] = {schema["type"], "null"};
    return schema;
  }
  if (schema.contains("enum")) {
    schema["type"] = {"string", "null"};
    schema["enum"].push_back(nullptr);
    return schema;
  }
  return {{"anyOf", {std::move(schema), {{"type", "null"}}}}};
}

}  // namespace pinnace::json
