#include "build/config_json.hpp"

#include <algorithm>

#include "build/image_config.hpp"

namespace pinnace::build {

using nlohmann::json;

namespace {

const json* member(const oci::Config& config, const char* name) {
  const auto execution = config.json().find("config");
  if (execution == config.json().end() || !execution->is_object()) return nullptr;
  const auto found = execution->find(name);
  return found == execution->end() || found->is_null() ? nullptr : &*found;
}

/// Whether each '0' of the pattern is a digit in the text, and all else the same.
bool matches(std::string_view text, std::string_view pattern) {
  return std::equal(
      text.begin(), text.end(), pattern.begin(), pattern.end(),
      [](char c, char wanted) { return wanted == '0' ? c >= '0' && c <= '9' : c == wanted; });
}

/// As RFC 3339 has it; what is no time in an image stops programs in Go that read it.
bool is_time(std::string_view text) {
  constexpr std::string_view k_seconds = "0000-00-00T00:00:00";
  if (!matches(text.substr(0, k_seconds.size()), k_seconds)) return false;
  text.remove_prefix(k_seconds.size());
  if (text.starts_with('.')) {
    const std::size_t end = text.find_first_not_of("0123456789", 1);
    if (end == std::string_view::npos || end == 1) return false;
    text.remove_prefix(end);
  }
  return text == "Z" || matches(text, "+00:00") || matches(text, "-00:00");
}

}  // namespace

void set_created(oci::Config& config, std::optional<std::int64_t> source_date) {
  const json& root = config.json();
  const auto present = root.find("created");
  const bool says_time = present != root.end() && present->is_string() &&
                         is_time(present->get_ref<const std::string&>());
  if (source_date || !says_time) config.set_created(source_date.value_or(0));
}

std::optional<std::string> find_variable(const oci::Config& config, std::string_view name) {
  const json* variables = member(config, "Env");
  if (variables == nullptr) return std::nullopt;
  for (const json& item : *variables) {
    const std::string_view text = item.get_ref<const std::string&>();
    if (text.size() > name.size() && text.starts_with(name) && text[name.size()] == '=')
      return std::string(text.substr(name.size() + 1));
  }
  return std::nullopt;
}

std::string text_of(const oci::Config& config, const char* name) {
  const json* text = member(config, name);
  return text == nullptr ? std::string() : text->get<std::string>();
}

void set_variable(oci::Config& config, const std::string& name, const std::string& value) {
  definition::ImageConfig change;
  change.env.emplace_back(name, value);
  apply_config(change, config);
}

std::vector<std::string> variables_of(const oci::Config& config) {
  const json* variables = member(config, "Env");
  return variables == nullptr ? std::vector<std::string>{}
                              : variables->get<std::vector<std::string>>();
}

json& config_list(oci::Config& config, const char* name) {
  json& value = config.execution()[name];
  if (value.is_null()) value = json::array();
  return value;
}

json& config_object(oci::Config& config, const char* name) {
  json& value = config.execution()[name];
  if (value.is_null()) value = json::object();
  return value;
}

json shell_of(const oci::Config& config) {
  const json* shell = member(config, "Shell");
  return shell != nullptr && shell->is_array() && !shell->empty() ? *shell : json{"/bin/sh", "-c"};
}

void set_or_erase(json& execution, const char* name, json value) {
  if (value.empty()) {
    execution.erase(name);
  } else {
    execution[name] = std::move(value);
  }
}

}  // namespace pinnace::build
