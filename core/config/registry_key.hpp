#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pinnace::config {

/// A key of "auths" in one form: without scheme, without a slash at its end, all names of Docker
/// Hub as "docker.io". A key with a scheme is for a whole host, whatever path it has:
/// "https://host/v1/" -> "host".
std::string normalize_key(std::string_view key);

/// The keys that fit a repository, the most particular one first: "h/a/b", "h/a", "h".
std::vector<std::string> key_candidates(std::string_view domain, std::string_view repository);

}  // namespace pinnace::config
