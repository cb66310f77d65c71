#include "build/image_config.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace pinnace::build {

namespace {

using nlohmann::json;

/// "Env" is a list of NAME=value: one that is there is replaced in its place, a new one added at
/// the end.
void set_variable(json& list, const std::string& name, const std::string& value) {
  const std::string prefix = name + "=";
  for (json& item : list) {
    if (item.is_string() && item.get_ref<const std::string&>().starts_with(prefix)) {
      item = prefix + value;
      return;
    }
  }
  list.push_back(prefix + value);
}

/// A member that may be missing or null (Go writes both), as `empty` then.
json& member(json& execution, const char* name, json empty) {
  json& value = execution[name];
  if (value.is_null()) value = empty;
  if (value.type() != empty.type()) {
    throw base::Error(base::ErrorCode::invalid_input, "the base's configuration: config." +
                                                          std::string(name) + " has a wrong type");
  }
  return value;
}

void remove_variable(json& list, const std::string& name) {
  const std::string prefix = name + "=";
  const auto is_it = [&](const json& item) {
    return item.is_string() && item.get_ref<const std::string&>().starts_with(prefix);
  };
  list.erase(std::remove_if(list.begin(), list.end(), is_it), list.end());
}

/// Ports and volumes are objects whose members are empty objects.
void add_names(json& execution, const char* name,
               const std::optional<std::vector<std::string>>& names) {
  if (!names) return;
  if (names->empty()) {
    execution.erase(name);
    return;
  }
  json& set = member(execution, name, json::object());
  for (const std::string& item : *names) set[item] = json::object();
}

/// An empty value drops what the base has.
template <class Value>
void replace(json& execution, const char* name, const std::optional<Value>& value) {
  if (!value) return;
  if (value->empty()) {
    execution.erase(name);
  } else {
    execution[name] = *value;
  }
}

}  // namespace

void apply_config(const definition::ImageConfig& wanted, oci::Config& config) {
  json& execution = config.execution();
  replace(execution, "User", wanted.user);
  replace(execution, "WorkingDir", wanted.workdir);
  replace(execution, "StopSignal", wanted.stopsignal);
  if (wanted.entrypoint) execution.erase("Cmd");
  replace(execution, "Entrypoint", wanted.entrypoint);
  replace(execution, "Cmd", wanted.cmd);
  if (!wanted.env.empty()) {
    json& variables = member(execution, "Env", json::array());
    for (const auto& [name, value] : wanted.env) {
      if (value) {
        set_variable(variables, name, *value);
      } else {
        remove_variable(variables, name);
      }
    }
  }
  if (!wanted.labels.empty()) {
    json& labels = member(execution, "Labels", json::object());
    for (const auto& [name, value] : wanted.labels) {
      if (value) {
        labels[name] = *value;
      } else {
        labels.erase(name);
      }
    }
  }
  add_names(execution, "ExposedPorts", wanted.ports);
  add_names(execution, "Volumes", wanted.volumes);
}

}  // namespace pinnace::build
