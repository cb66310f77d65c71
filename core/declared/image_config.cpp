#include "declared/image_config.hpp"

namespace pinnace::declared {

namespace {

using oci::Execution;

/// An empty value drops what the base has, also if that is null.
template <class Value>
void replace(Execution& execution, const char* name, std::optional<Value>& member,
             const std::optional<Value>& value) {
  if (!value) return;
  execution.others.erase(name);
  member = value->empty() ? std::nullopt : value;
}

void add_names(Execution& execution, const char* name, std::optional<Execution::Names>& member,
               const std::optional<std::vector<std::string>>& names) {
  if (!names) return;
  if (names->empty()) return replace(execution, name, member, std::optional(Execution::Names{}));
  for (const std::string& item : *names) oci::made(member)[item] = nlohmann::json::object();
}

}  // namespace

void apply_config(const definition::ImageConfig& wanted, oci::Config& config) {
  Execution execution = config.execution();
  replace(execution, "User", execution.user, wanted.user);
  replace(execution, "WorkingDir", execution.directory, wanted.workdir);
  replace(execution, "StopSignal", execution.stop_signal, wanted.stopsignal);
  if (wanted.entrypoint)
    replace(execution, "Cmd", execution.command, std::optional(Execution::Texts{}));
  replace(execution, "Entrypoint", execution.entrypoint, wanted.entrypoint);
  replace(execution, "Cmd", execution.command, wanted.cmd);
  for (const auto& [name, value] : wanted.env) {
    if (value) {
      oci::made(execution.environment).set(name, *value);
    } else {
      oci::made(execution.environment).remove(name);
    }
  }
  for (const auto& [name, value] : wanted.labels) {
    if (value) {
      oci::made(execution.labels)[name] = *value;
    } else {
      oci::made(execution.labels).erase(name);
    }
  }
  add_names(execution, "ExposedPorts", execution.ports, wanted.ports);
  add_names(execution, "Volumes", execution.volumes, wanted.volumes);
  config.set_execution(execution);
}

}  // namespace pinnace::declared
