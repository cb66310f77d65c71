#include "cli/options/sandbox_flags.hpp"

#include <cmath>

#include "cli/options/requests.hpp"

namespace pinnace::cli {

void SandboxFlags::add_to(CLI::App& verb) {
  verb.add_option("--network", network,
                  "Of containers: default (a stack of its own), none, or host (all that the host "
                  "reaches, its loopback, too)")
      ->check(CLI::IsMember(json::names_of<container::Network>()));
  verb.add_option("--runtime", runtime,
                  "OCI runtime (default: the first of crun and runc that works)");
  verb.add_option("--processes", processes,
                  "At most so many processes and threads in a container at once")
      ->check(CLI::Range(std::int64_t{1}, job::k_most_processes));
  verb.add_option("--memory", memory,
                  "At most so many bytes (512MiB, 2GiB) of memory in a container; needs a control "
                  "group: root, or one delegated by systemd")
      ->transform(size_between(job::k_least_memory, job::k_most_memory));
  verb.add_option("--cpus", cpus, "At most so many processors (0.5) for a container, likewise")
      ->check(CLI::Range(0.01, 4096.0));
  verb.add_flag("--run-as-host-root", host_root,
                "As root: root in a container is the host's root (default: a user of its own)");
}

job::SandboxRequest SandboxFlags::request() const {
  job::SandboxRequest request;
  request.runtime = runtime;
  request.network = json::value_named<container::Network>(network).value();
  request.host_root = host_root;
  if (processes != 0) request.processes = processes;
  if (memory != 0) request.memory = memory;
  if (cpus != 0) request.milli_cpus = static_cast<std::uint64_t>(std::lround(cpus * 1000));
  return request;
}

}  // namespace pinnace::cli
