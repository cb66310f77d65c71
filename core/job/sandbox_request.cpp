#include "job/sandbox_request.hpp"

namespace pinnace::job {

json::Table<SandboxRequest> SandboxRequest::table() {
  return {"Sandbox",
          "How containers run.",
          {{"executable",
            &SandboxRequest::executable,
            "Of pinnace, which a JVM needs for containers; null: this process's.",
            {.nullable = true}},
           {"runtime",
            &SandboxRequest::runtime,
            "Name or path of an OCI runtime; null: the first of crun and runc that works.",
            {.nullable = true}},
           {"network",
            &SandboxRequest::network,
            "What they reach: the outside but not this machine, nothing, or what it reaches; null: "
            "default.",
            {.nullable = true}},
           {"hostRoot", &SandboxRequest::host_root,
            "Whether their root is root of the host, if the job runs as root."},
           {"processes",
            &SandboxRequest::processes,
            "At most so many in one; null: no limit.",
            {.least = 1, .most = k_most_processes}},
           {"memory",
            &SandboxRequest::memory,
            "Bytes that one may have; null: no limit.",
            {.least = k_least_memory, .most = k_most_memory}},
           {"milliCpus",
            &SandboxRequest::milli_cpus,
            "Thousandths of a processor that one may have; null: no limit.",
            {.least = 10, .most = 4'096'000}}}};
}

run::Sandbox::Options SandboxRequest::options(const local::LocalStore& store) const {
  return {executable, std::filesystem::absolute(store.at(local::Part::sandbox)), runtime, host_root,
          process::current_environment()};
}

}  // namespace pinnace::job
