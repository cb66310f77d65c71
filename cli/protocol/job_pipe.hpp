#pragma once

#include <stop_token>
#include <string>

namespace pinnace::cli {

/// Runs job `name` for another program that talks to us through standard input and output
/// (docs/formats/job-protocol.md, "Through pipes"): the request and credentials come in, events and
/// the result go out. The end of the input stops the job: whoever asked is gone. Failures of the
/// job are an answer, too: 0 unless the pipes themselves fail.
int run_job_through_pipes(const std::string& name, std::stop_token stop);

}  // namespace pinnace::cli
