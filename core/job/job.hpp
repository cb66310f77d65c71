#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/context.hpp"
#include "config/credentials.hpp"

namespace pinnace::job {

/// Version of the job protocol; each request carries it (docs/formats/job-protocol.md).
inline constexpr int k_protocol_version = 1;
/// A request has at most so many bytes.
inline constexpr std::size_t k_max_request = 16 * 1024 * 1024;

/// One piece of work: a name, a JSON request, and a JSON result. The one door to the core: the
/// command line, Java and the tests come through here. Jobs are idempotent: the same request again
/// gives the same result and does only what is missing.
class Job {
 public:
  virtual ~Job() = default;
  /// Does the work; the result as compact JSON with sorted keys. Blocks; events go to the context.
  virtual std::string run(const base::Context& context) = 0;
};

/// Those that came beside a request as JSON, or, without any, the user's: what docker login and
/// other tools left. Throws invalid_input.
std::shared_ptr<const config::CredentialStore> credentials_beside(
    std::optional<std::string_view> json);

/// An error as the protocol shows it: {"code", "message", "context"}.
std::string error_json(const std::exception& error);

}  // namespace pinnace::job
