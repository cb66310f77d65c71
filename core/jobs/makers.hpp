#pragma once

#include <memory>

#include "jobs/job.hpp"
#include "jobs/request.hpp"

namespace pinnace::jobs {

/// Each takes its fields from the request and makes the job; the file of that name describes them.
using MakeJob = std::unique_ptr<Job> (*)(
    RequestReader& request, std::shared_ptr<const config::CredentialStore> credentials);
std::unique_ptr<Job> make_build(RequestReader& request,
                                std::shared_ptr<const config::CredentialStore> credentials);
std::unique_ptr<Job> make_pin(RequestReader& request,
                              std::shared_ptr<const config::CredentialStore> credentials);
std::unique_ptr<Job> make_copy(RequestReader& request,
                               std::shared_ptr<const config::CredentialStore> credentials);
std::unique_ptr<Job> make_inspect(RequestReader& request,
                                  std::shared_ptr<const config::CredentialStore> credentials);
std::unique_ptr<Job> make_promote(RequestReader& request,
                                  std::shared_ptr<const config::CredentialStore> credentials);
std::unique_ptr<Job> make_ping(RequestReader& request,
                               std::shared_ptr<const config::CredentialStore> credentials);
std::unique_ptr<Job> make_run(RequestReader& request,
                              std::shared_ptr<const config::CredentialStore> credentials);
std::unique_ptr<Job> make_gc(RequestReader& request,
                             std::shared_ptr<const config::CredentialStore> credentials);

}  // namespace pinnace::jobs
