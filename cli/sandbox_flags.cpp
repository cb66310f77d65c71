#include "sandbox_flags.hpp"

#include "invocation.hpp"

namespace pinnace::cli {

void SandboxFlags::add_to(CLI::App& verb) {
  verb.add_option("--network", network,
                  "Of containers: default (a stack of its own), none, or host (all that the host "
                  "reaches, its loopback, too)")
      ->check(CLI::IsMember({"default", "none", "host"}));
  verb.add_option("--runtime", runtime,
                  "OCI runtime (default: the first of crun and runc that works)");
  verb.add_option("--processes", processes, "At most so many processes in a container");
  verb.add_flag("--run-as-host-root", host_root,
                "As root: root in a container is the host's root (default: a user of its own)");
}

nlohmann::json SandboxFlags::request() const {
  return {{"executable", nullptr},
          {"runtime", text_or_null(runtime)},
          {"network", network},
          {"hostRoot", host_root},
          {"processes", processes == 0 ? nlohmann::json(nullptr) : nlohmann::json(processes)}};
}

}  // namespace pinnace::cli
