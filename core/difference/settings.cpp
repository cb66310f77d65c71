#include "difference/settings.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "difference/texts.hpp"
#include "json/json.hpp"

namespace pinnace::difference {

namespace {

using Json = nlohmann::json;
/// By field and key.
using Values = std::map<std::pair<std::string, std::string>, std::string>;

std::string text_of(const Json& value) {
  const std::string text =
      value.is_string() ? value.get<std::string>() : json::dump_replacing(value);
  return shown_text(text);
}

/// The last of several counts.
void add_variables(Values& values, const std::string& field, const Json& list) {
  for (const Json& one : list) {
    const std::string text = one.is_string() ? one.get<std::string>() : json::dump_replacing(one);
    const std::size_t equals = std::min(text.find('='), text.size());
    values[{field, shown_text(text.substr(0, equals))}] =
        shown_text(text.substr(std::min(equals + 1, text.size())));
  }
}

/// What is null, or empty, says nothing.
void add(Values& values, const std::string& field, const Json& value) {
  const bool has_members = field == "Labels" || field == "ExposedPorts" || field == "Volumes";
  if (value.is_null() || (value.is_structured() && value.empty()) || value == "") return;
  if (field == "Env" && value.is_array()) return add_variables(values, field, value);
  if (!has_members || !value.is_object()) {
    values[{shown_text(field), ""}] = text_of(value);
    return;
  }
  for (const auto& [key, one] : value.items()) values[{field, shown_text(key)}] = text_of(one);
}

Values values_of(const Json& configuration) {
  Values values;
  if (!configuration.is_object()) return values;
  for (const auto& [field, value] : configuration.items()) {
    if (field == "config" && value.is_object()) {
      for (const auto& [member, inner] : value.items()) add(values, member, inner);
    } else if (field != "rootfs" && field != "history" && field != "config") {
      add(values, field, value);
    }
  }
  return values;
}

std::vector<Setting> compare(const Values& from, const Values& to) {
  std::set<Values::key_type> keys;
  for (const Values* values : {&from, &to}) {
    for (const auto& [key, value] : *values) keys.insert(key);
  }
  constexpr std::size_t k_most = 10'000;
  std::vector<Setting> settings;
  const auto find = [](const Values& values, const Values::key_type& key) {
    const auto found = values.find(key);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
  for (const auto& key : keys) {
    Setting setting{key.first, key.second, find(from, key), find(to, key)};
    if (setting.from != setting.to && settings.size() < k_most)
      settings.push_back(std::move(setting));
  }
  return settings;
}

Values values_of(const std::map<std::string, std::string>& annotations) {
  Values values;
  for (const auto& [key, value] : annotations)
    values[{"annotation", shown_text(key)}] = shown_text(value);
  return values;
}

}  // namespace

std::vector<Setting> compare_settings(const Json& from, const Json& to) {
  return compare(values_of(from), values_of(to));
}

std::vector<Setting> compare_annotations(const std::map<std::string, std::string>& from,
                                         const std::map<std::string, std::string>& to) {
  return compare(values_of(from), values_of(to));
}

}  // namespace pinnace::difference
