#pragma once

#include <filesystem>
#include <vector>

#include "config/credentials.hpp"
#include "process/environment.hpp"

namespace pinnace::config {

/// The credentials that other tools keep: $REGISTRY_AUTH_FILE, then $DOCKER_CONFIG/config.json (or
/// ~/.docker/config.json if that is not set), then $XDG_RUNTIME_DIR/containers/auth.json; the first
/// file with an entry wins. In a file: the helper that "credHelpers" names for the host, "auths"
/// (the longest key that is the host or host/path of the repository, containers-auth.json(5)), the
/// helper of "credsStore". Files are read and helpers run by find(), not before.
class DockerCredentials final : public CredentialStore {
 public:
  /// HOME and the variables above come from `environment`, and helpers run with it.
  explicit DockerCredentials(process::Environment environment = process::current_environment());

  std::optional<Credentials> find(const base::Context& context, std::string_view registry_domain,
                                  std::string_view repository) const override;
  /// The files that are looked into, whether they exist or not.
  std::vector<std::filesystem::path> files() const;

 private:
  process::Environment m_environment;
};

}  // namespace pinnace::config
