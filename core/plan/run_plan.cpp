#include "plan/run_plan.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace pinnace::plan {

using base::Error;
using base::ErrorCode;
using nlohmann::json;

namespace {

/// SOURCE_DATE_EPOCH of a RUN whose image and arguments have none: programs that know it write no
/// times of the clock, or of files, into what they make. Where nobody has set one, a date that all
/// of them take: the first that zip can hold.
std::string told_date(std::optional<std::int64_t> source_date) {
  constexpr std::int64_t k_first_of_zip = 315'532'800;
  return std::to_string(source_date.value_or(k_first_of_zip));
}

bool has_variable(const std::vector<std::string>& environment, const std::string& name) {
  return std::any_of(environment.begin(), environment.end(),
                     [&](const std::string& variable) { return variable.starts_with(name + "="); });
}

// Each list of names below has all members of its type: who adds one has to say here whether it is
// hashed.

/// Left out:
/// - position: moving an instruction changes no files;
/// - origin: which files are there is in the key by their chain (StepInputs::files).
/// The value of a secret, the agent behind a socket and the content of a cache are left out, too:
/// they change without the step's change, and what depends on them asked for that.
json key_of(const RunMount& mount) {
  const auto& [type, position, target, origin, source, writable, id, sharing, mode, uid, gid, size,
               required, variable] = mount;
  return {static_cast<int>(type),
          target,
          source,
          writable,
          id,
          static_cast<int>(sharing),
          mode,
          uid,
          gid,
          size,
          required,
          variable};
}

/// Left out:
/// - proxies: they say how files are reached, not which, and differ from place to place;
/// - the name of a script: the arguments have it.
/// Keys of before stay where a step has no old system calls, as nearly all.
std::string key_of(const RunStep& step) {
  const auto& [arguments, script, environment, proxies, user, directory, network, platform,
               has_socketcall, mounts] = step;
  json list = json::array();
  for (const RunMount& mount : mounts) list.push_back(key_of(mount));
  json key = {{"arguments", arguments},     {"script", script ? script->content : ""},
              {"environment", environment}, {"user", user},
              {"directory", directory},     {"network", network},
              {"platform", platform.str()}, {"mounts", std::move(list)}};
  if (has_socketcall) key["socketcall"] = true;
  return key.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Left out:
/// - secrets, sockets: as with mounts;
/// - limits: they differ from machine to machine, and what fails at one is in no cache;
/// - of the sandbox its executable, directory, runtime and environment: how a container is made,
///   which it doesn't see.
RunKey key_of(const RunStep& step, const RunSettings& settings, const std::string& date) {
  const auto& [sandbox, network, secrets, sockets, limits] = settings;
  const auto& [executable, directory, runtime, host_root, environment] = sandbox;
  return {key_of(step), date, network_of(step, settings), host_root};
}

}  // namespace

container::Network network_of(const RunStep& step, const RunSettings& settings) {
  if (step.network == "none") return container::Network::none;
  if (step.network == "host") {
    if (settings.network != container::Network::host)
      throw Error(ErrorCode::invalid_input,
                  "RUN --network=host needs the build to allow it: --network=host");
    return container::Network::host;
  }
  return settings.network;
}

RunPlan plan_run(const RunStep& step, const RunSettings& settings,
                 std::optional<std::int64_t> source_date) {
  const std::string date = told_date(source_date);
  RunPlan plan{{}, key_of(step, settings, date)};
  container::Container& container = plan.container;
  container.arguments = step.arguments;
  container.environment = step.environment;
  container.environment.insert(container.environment.end(), step.proxies.begin(),
                               step.proxies.end());
  if (!has_variable(container.environment, "SOURCE_DATE_EPOCH"))
    container.environment.push_back("SOURCE_DATE_EPOCH=" + date);
  container.user = step.user;
  container.directory = step.directory;
  container.hostname = "buildkitsandbox";  // scripts look for what the most used builder says
  container.network = plan.key.network;
  container.limits = settings.limits;
  container.platform = step.platform;
  container.has_socketcall = step.has_socketcall;
  if (step.script)
    container.mounts.push_back(
        {step.script->name, container::SecretMount{step.script->content, 0755}});
  return plan;
}

}  // namespace pinnace::plan
