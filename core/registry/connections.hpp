#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "config/credentials.hpp"
#include "config/registries.hpp"
#include "oci/reference.hpp"
#include "registry/mirrored_repository.hpp"
#include "registry/repository.hpp"

namespace pinnace::registry {

/// One Client a registry for the whole process: connections and tokens are shared by all who speak
/// to it.
class Connections {
 public:
  /// `template_options` hold for every registry; CA file and client certificate come from
  /// `registries`.
  Connections(std::shared_ptr<const config::Registries> registries,
              std::shared_ptr<const config::CredentialStore> credentials,
              api::ClientOptions template_options = {});

  std::shared_ptr<api::Client> client(std::string_view domain);
  /// The repository that a reference names; its tag and digest play no part.
  std::unique_ptr<Repository> repository(const oci::Reference& reference);
  /// The same for reading only: through the registry's mirror, if one is configured.
  std::unique_ptr<Repository> readable(const oci::Reference& reference);

 private:
  std::shared_ptr<api::Client> make_client(std::string_view domain, unsigned most_attempts) const;
  std::shared_ptr<Mirror> mirror(const std::string& domain);

  std::shared_ptr<const config::Registries> m_registries;
  std::shared_ptr<const config::CredentialStore> m_credentials;
  api::ClientOptions m_options;
  std::mutex m_mutex;
  std::map<std::string, std::shared_ptr<api::Client>, std::less<>> m_clients;
  std::map<std::string, std::shared_ptr<Mirror>, std::less<>> m_mirrors;  ///< null: has none
};

}  // namespace pinnace::registry
