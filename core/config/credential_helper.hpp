#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/credentials.hpp"
#include "process/environment.hpp"

namespace pinnace::config {

/// Asks `docker-credential-<name> get` for a registry's credentials (protocol of
/// github.com/docker/docker-credential-helpers): the registry goes to its standard input, JSON with
/// Username and Secret comes back; user "<token>" means that the secret is an identity token.
/// nullopt if it has none. Ends after 30 s. Throws HelperError (no such helper, nonsense from it,
/// or it failed), cancelled. Nothing of what a helper says is quoted: a secret could be in it.
std::optional<Credentials> ask_helper(const base::Context& context, const std::string& name,
                                      std::string_view domain,
                                      const process::Environment& environment);

}  // namespace pinnace::config
