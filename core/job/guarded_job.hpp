#pragma once

#include <memory>
#include <string>

#include "config/known_secrets.hpp"
#include "job/job.hpp"

namespace pinnace::job {

/// A text of an error or an event as it may be shown: one line that steers nothing
/// (base::printable()), without user info.
std::string shown(const std::string& text);
/// The same, and no longer than anybody reads: it may quote what others made long.
std::string shown_error(const std::string& text);

/// A job whose errors and warnings are shown_error(), and log lines shown(), without any of the
/// secrets that it came to know: a registry may echo a password, or lead to a URL that has it. What
/// its container writes is without them, too, and else as it is.
std::unique_ptr<Job> guard(std::unique_ptr<Job> job,
                           std::shared_ptr<const config::KnownSecrets> secrets);

}  // namespace pinnace::job
