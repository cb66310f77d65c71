#pragma once

// How the types of members are read, written and described; a part of json/fields.hpp.

#include <chrono>
#include <filesystem>

#include "json/fields.hpp"

namespace pinnace::json {

std::string read_text(const Node& node, const Limits& limits);
std::int64_t read_integer(const Node& node, const Limits& limits);
/// The items of a list; of texts, each is one.
std::vector<Node> read_list(const Node& node, const Limits& limits, bool of_texts);
Schema text_schema(const Limits& limits, const char* pattern);
Schema integer_schema(const Limits& limits);
Schema list_schema(Schema items, const Limits& limits);
Schema map_schema(const Limits& limits);

template <>
struct TextOf<std::string> {
  static constexpr const char* k_pattern = nullptr;
  static std::string parse(std::string text) { return text; }
  static std::string print(const std::string& text) { return text; }
};
template <>
struct TextOf<std::filesystem::path> {
  static constexpr const char* k_pattern = nullptr;
  static std::filesystem::path parse(const std::string& text) { return text; }
  static std::string print(const std::filesystem::path& path) { return path.string(); }
};
template <Textual M>
struct Kind<M> {
  static M read(const Node& node, const Limits& limits) {
    return TextOf<M>::parse(read_text(node, limits));
  }
  static nlohmann::json write(const M& value) { return TextOf<M>::print(value); }
  static Schema schema(const Limits& limits, Definitions&) {
    return text_schema(limits, TextOf<M>::k_pattern);
  }
};

template <class M>
std::vector<std::string> names_of() {
  std::vector<std::string> names;
  for (const auto& [value, name] : NamesOf<M>::k_names) names.emplace_back(name);
  return names;
}

template <class M>
std::optional<M> value_named(std::string_view name) {
  for (const auto& [value, known] : NamesOf<M>::k_names) {
    if (known == name) return value;
  }
  return std::nullopt;
}

template <class M>
requires std::is_enum_v<M>
struct Kind<M> {
  static M read(const Node& node, const Limits& limits) {
    if (const auto value = value_named<M>(read_text(node, limits))) return *value;
    std::string known;
    for (const std::string& name : names_of<M>())
      known += (known.empty() ? "\"" : ", \"") + name + "\"";
    fail(node, limits, "one of " + known);
  }
  static nlohmann::json write(const M& value) {
    for (const auto& [known, name] : NamesOf<M>::k_names) {
      if (known == value) return name;
    }
    return nullptr;
  }
  static Schema schema(const Limits&, Definitions&) {
    return {{"type", "string"}, {"enum", names_of<M>()}};
  }
};

template <>
struct Kind<bool> {
  static bool read(const Node& node, const Limits& limits) {
    if (!node.json().is_boolean()) fail(node, limits, "true or false");
    return node.json().get<bool>();
  }
  static nlohmann::json write(bool value) { return value; }
  static Schema schema(const Limits&, Definitions&) { return {{"type", "boolean"}}; }
};

template <std::integral M>
struct Kind<M> {
  static M read(const Node& node, const Limits& limits) {
    return static_cast<M>(read_integer(node, limits));
  }
  static nlohmann::json write(M value) { return value; }
  static Schema schema(const Limits& limits, Definitions&) { return integer_schema(limits); }
};

template <>
struct Kind<std::chrono::seconds> {
  static std::chrono::seconds read(const Node& node, const Limits& limits) {
    return std::chrono::seconds(read_integer(node, limits));
  }
  static nlohmann::json write(std::chrono::seconds value) { return value.count(); }
  static Schema schema(const Limits& limits, Definitions&) { return integer_schema(limits); }
};

/// JSON of others, as it is.
template <>
struct Kind<nlohmann::json> {
  static nlohmann::json read(const Node& node, const Limits&) { return node.object().json(); }
  static nlohmann::json write(const nlohmann::json& value) { return value; }
  static Schema schema(const Limits&, Definitions&) { return {{"type", "object"}}; }
};

template <Described M>
struct Kind<M> {
  static M read(const Node& node, const Limits& limits) { return json::read<M>(node, limits); }
  static nlohmann::json write(const M& value) { return json::write(value); }
  static Schema schema(const Limits&, Definitions& all) { return json::schema<M>(all); }
};

template <class M>
struct Kind<std::optional<M>> {
  static std::optional<M> read(const Node& node, Limits limits) {
    if (node.json().is_null()) return std::nullopt;
    limits.nullable = true;
    return Kind<M>::read(node, limits);
  }
  static nlohmann::json write(const std::optional<M>& value) {
    return value ? nlohmann::json(Kind<M>::write(*value)) : nlohmann::json(nullptr);
  }
  static Schema schema(const Limits& limits, Definitions& all) {
    return or_null(Kind<M>::schema(limits, all));
  }
};

/// An empty list may be read as null, too.
template <class M>
struct Kind<std::vector<M>> {
  static std::vector<M> read(const Node& node, const Limits& limits) {
    std::vector<M> all;
    for (const Node& item : read_list(node, limits, Textual<M>))
      all.push_back(Kind<M>::read(item, limits));
    return all;
  }
  static nlohmann::json write(const std::vector<M>& values) {
    nlohmann::json all = nlohmann::json::array();
    for (const M& value : values) all.push_back(Kind<M>::write(value));
    return all;
  }
  static Schema schema(const Limits& limits, Definitions& all) {
    return list_schema(Kind<M>::schema(limits, all), limits);
  }
};

template <>
struct Kind<std::map<std::string, std::string>> {
  using Map = std::map<std::string, std::string>;
  static Map read(const Node& node, const Limits& limits);
  static nlohmann::json write(const Map& values) { return values; }
  static Schema schema(const Limits& limits, Definitions&) { return map_schema(limits); }
};

}  // namespace pinnace::json
