// What the host offers to containers: emulators, runtimes, overlayfs. Found out by trying.

#include <sys/stat.h>
#include <sys/utsname.h>

#include <array>
#include <utility>

#include "base/error.hpp"
#include "files/look.hpp"
#include "helper/operation.hpp"
#include "json/json.hpp"
#include "run/sandbox_state.hpp"
#include "spec/emulator.hpp"

namespace pinnace::run {

using base::Context;
using base::Error;
using base::ErrorCode;
using nlohmann::json;

namespace {

/// crun is the faster one.
constexpr std::array<const char*, 2> k_runtimes = {"crun", "runc"};

}  // namespace

bool has_program(const std::string& name, const std::string& path) {
  try {
    (void)process::find_program(name, {{"PATH", path}});
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// Registers the static emulator that the host has; empty: it has none, or none is needed.
std::string Sandbox::State::emulator_line(const std::string& architecture) const {
  const auto name = spec::emulator_name(architecture);
  const std::string program = "qemu-" + name.value_or("") + "-static";
  if (!name || !has_program(program, path)) return {};
  return spec::emulator_registration(architecture,
                                     process::find_program(program, {{"PATH", path}}));
}

bool Sandbox::State::can_emulate(const Context& context, const std::string& architecture) {
  const std::lock_guard guard(mutex);
  const auto [known, fresh] = emulated.try_emplace(architecture, false);
  // The host's root has no user namespace of its own: the registration would be the whole host's.
  if (!fresh || options.host_root) return known->second;
  helper::HelperRequest request = new_request("emulator");
  request.emulator = emulator_line(architecture);
  if (request.emulator.empty()) return false;
  try {
    helper::Operation(context, options.executable, request).finish();
    known->second = true;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) throw;
  }
  return known->second;
}

std::string Sandbox::State::probe_key(container::Network network) const {
  utsname name{};
  ::uname(&name);
  json key = {name.release, spec::to_text(maps.users), static_cast<int>(network), options.runtime};
  const std::vector<std::string> programs = {"crun", "runc", "slirp4netns"};
  for (const std::string& program : programs) {
    if (!has_program(program, path)) continue;
    const std::string file = process::find_program(program, {{"PATH", path}});
    if (const auto status = files::status(file))
      key.push_back({file, status->st_size, status->st_mtim.tv_sec});
  }
  return key.dump();
}

/// Why overlayfs can't be used; empty: it can, which is remembered beside the snapshots.
std::string Sandbox::State::overlay_refusal(const Context& context) {
  utsname name{};
  ::uname(&name);
  const std::filesystem::path file = directory.string() + ".overlay";
  if (files::read_file_or_empty(file, k_small_file) == name.release) return {};
  helper::HelperRequest request = new_request("overlay");
  request.snapshot = new_snapshot();
  const UnnamedSnapshot snapshot(*this, context, request.snapshot);
  std::string refusal = helper::Operation(context, options.executable, request)
                            .finish()
                            .at("refusal")
                            .get<std::string>();
  // A refusal may be a full disk: it is asked for again.
  if (refusal.empty()) files::write_file_atomically(file, name.release);
  return refusal;
}

void Sandbox::State::choose_snapshots(const Context& context) {
  if (snapshots_are_chosen) return;
  std::string refusal;
  const WantedSnapshots wish = wanted_snapshots(options.environment);
  if (wish == WantedSnapshots::any) refusal = overlay_refusal(context);
  if (wish == WantedSnapshots::copy) refusal = "PINNACE_SNAPSHOTS=copy";
  snapshots_are_chosen = true;
  copies = !refusal.empty();
  if (copies)
    context.warn("each container starts with a copy of its whole image, which is slow: " + refusal);
}

std::string Sandbox::State::try_runtimes(const Context& context, container::Network network) {
  std::string refusals;
  std::vector<std::string> candidates(k_runtimes.begin(), k_runtimes.end());
  if (!options.runtime.empty()) candidates = {options.runtime};
  for (const std::string& candidate : candidates) {
    if (!has_program(candidate, path)) continue;
    helper::HelperRequest request = new_request("probe");
    request.network = network;
    request.runtime = candidate;
    try {
      helper::Operation(context, options.executable, request).finish();
      return candidate;
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) throw;
      const std::string message = error.what();
      if (refusals.find(message) == std::string::npos)
        refusals += (refusals.empty() ? "" : "; ") + message;
    }
  }
  if (!refusals.empty()) throw Error(ErrorCode::unsupported, refusals);
  throw Error(ErrorCode::unsupported,
              (options.runtime.empty() ? "there is no OCI runtime (crun, runc)"
                                       : "the runtime " + options.runtime + " is not there") +
                  ", which RUN needs; as root: apt-get install runc");
}

std::string Sandbox::State::prepare(const Context& context, container::Network network) {
  const std::lock_guard guard(mutex);
  begin(context);
  for (const std::string& why : std::exchange(leftovers, {})) context.warn(why);
  std::string runtime = choose_runtime(context, network);
  choose_snapshots(context);
  return runtime;
}

std::string Sandbox::State::choose_runtime(const Context& context, container::Network network) {
  if (const auto known = runtimes.find(network); known != runtimes.end()) return known->second;
  const std::string key = probe_key(network);
  const std::filesystem::path file =
      directory.string() + ".runtime-" + std::to_string(static_cast<int>(network));
  const json remembered =
      pinnace::json::parse_or_null(files::read_file_or_empty(file, k_small_file));
  if (remembered.is_object() && remembered.value("key", "") == key)
    return runtimes[network] = remembered.value("runtime", "");
  const std::string chosen = try_runtimes(context, network);
  files::write_file_atomically(file, json{{"key", key}, {"runtime", chosen}}.dump());
  return runtimes[network] = chosen;
}

void Sandbox::check_platform(const Context& context, const oci::Platform& platform) {
  {
    // The first of all calls: with the context of the job, and not that of a container in it.
    const std::lock_guard guard(m_state->mutex);
    m_state->begin(context);
  }
  const oci::Platform host = oci::Platform::host();
  const std::string architecture = spec::foreign_architecture(platform);
  const bool emulated = !architecture.empty() && m_state->can_emulate(context, architecture);
  if (platform.os == host.os && (architecture.empty() || emulated)) return;
  throw Error(
      ErrorCode::unsupported,
      "programs of " + platform.str() + " need an emulator on " + host.str() +
          "; as root: apt-get install qemu-user-static, and binfmt-support where the kernel "
          "is older than 6.7 or the container's root is the host's");
}

}  // namespace pinnace::run
