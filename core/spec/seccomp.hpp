#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "oci/platform.hpp"

namespace pinnace::spec {

/// What the conditions of a profile's rules ask about.
struct SeccompHost {
  std::string architecture;  ///< as Go and libseccomp name it: "amd64"
  int kernel = 0;            ///< its version
  int kernel_minor = 0;

  /// This machine.
  static SeccompHost current();
};

/// Whether programs may call socketcall(2), through which old C libraries of 32-bit x86 make all
/// their sockets. The family is behind a pointer there, so that no filter sees AF_VSOCK.
enum class Socketcall { refused, given };
/// Whether who asks for this platform wants programs that need it.
bool needs_socketcall(const oci::Platform& asked_for);

/// linux.seccomp of the runtime specification: Docker's default profile
/// (third_party/moby-seccomp) as it is for a container with these capabilities, and without
/// packets of the container's own making. What the profile knows and does not give is refused with
/// EPERM; calls that it does not know with ENOSYS, so that C libraries newer than it fall back to
/// older calls. Where the runtime's libseccomp does not know a name, the same holds.
nlohmann::json seccomp_profile(const SeccompHost& host, const std::set<std::string>& capabilities,
                               Socketcall socketcall);

/// The same of any profile in Docker's format (its rules' "includes" and "excludes").
nlohmann::json seccomp_profile(const nlohmann::json& profile, const SeccompHost& host,
                               const std::set<std::string>& capabilities, Socketcall socketcall);

}  // namespace pinnace::spec
