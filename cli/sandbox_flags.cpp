#include "sandbox_flags.hpp"

#include <cmath>

#include "invocation.hpp"
#include "jobs/sandbox_request.hpp"

namespace pinnace::cli {

void SandboxFlags::add_to(CLI::App& verb) {
  verb.add_option("--network", network,
                  "Of containers: default (a stack of its own), none, or host (all that the host "
                  "reaches, its loopback, too)")
      ->check(CLI::IsMember({"default", "none", "host"}));
  verb.add_option("--runtime", runtime,
                  "OCI runtime (default: the first of crun and runc that works)");
  verb.add_option("--processes", processes,
                  "At most so many processes and threads in a container at once")
      ->check(CLI::Range(std::int64_t{1}, jobs::k_most_processes));
  verb.add_option("--memory", memory,
                  "At most so many bytes (512MiB, 2GiB) of memory in a container; needs a control "
                  "group: root, or one delegated by systemd")
      ->transform(size_between(jobs::k_least_memory, jobs::k_most_memory));
  verb.add_option("--cpus", cpus, "At most so many processors (0.5) for a container, likewise")
      ->check(CLI::Range(0.01, 4096.0));
  verb.add_flag("--run-as-host-root", host_root,
                "As root: root in a container is the host's root (default: a user of its own)");
}

nlohmann::json SandboxFlags::request() const {
  return {{"executable", nullptr},
          {"runtime", text_or_null(runtime)},
          {"network", network},
          {"hostRoot", host_root},
          {"processes", processes == 0 ? nlohmann::json(nullptr) : nlohmann::json(processes)},
          {"memory", memory == 0 ? nlohmann::json(nullptr) : nlohmann::json(memory)},
          {"milliCpus",
           cpus == 0 ? nlohmann::json(nullptr) : nlohmann::json(std::lround(cpus * 1000))}};
}

}  // namespace pinnace::cli
