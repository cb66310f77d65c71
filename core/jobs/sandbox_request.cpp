#include "jobs/sandbox_request.hpp"

#include "base/error.hpp"

namespace pinnace::jobs {

namespace {

run::Network parse_network(const std::string& name) {
  if (name == "default") return run::Network::isolated;
  if (name == "none") return run::Network::none;
  if (name == "host") return run::Network::host;
  throw base::Error(base::ErrorCode::invalid_input,
                    "network " + name + ": expected default, none or host");
}

}  // namespace

SandboxRequest::SandboxRequest(RequestReader& request) {
  auto fields = request.optional_object("sandbox");
  if (!fields) return;
  executable = fields->optional_text("executable").value_or("");
  runtime = fields->optional_text("runtime").value_or("");
  network = parse_network(fields->optional_text("network").value_or("default"));
  host_root = fields->flag("hostRoot");
  if (const auto most = fields->optional_integer("processes", 1, k_most_processes))
    limits.processes = static_cast<std::uint64_t>(*most);
  if (const auto bytes = fields->optional_integer("memory", k_least_memory, k_most_memory))
    limits.memory = static_cast<std::uint64_t>(*bytes);
  if (const auto share = fields->optional_integer("milliCpus", 10, 4'096'000))
    limits.milli_cpus = static_cast<std::uint64_t>(*share);
  fields->end();
}

run::Sandbox::Options SandboxRequest::options(const std::filesystem::path& store) const {
  return {executable, std::filesystem::absolute(store) / "sandbox", runtime, host_root,
          process::current_environment()};
}

}  // namespace pinnace::jobs
