#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/context.hpp"
#include "base/error.hpp"
#include "base/secret.hpp"

namespace pinnace::config {

/// What opens a registry: a name and password, an identity token (OAuth2 refresh token), or a
/// registry token (sent as it is). Fields that are not there are empty. Wiped when it goes.
struct Credentials {
  std::string username;
  std::string password;
  std::string identity_token;
  std::string registry_token;
  std::string origin;  ///< for messages: the file and its entry, or the helper; no secret

  Credentials() = default;
  Credentials(std::string user, std::string secret)
      : username(std::move(user)), password(std::move(secret)) {}
  Credentials(const Credentials&) = default;
  Credentials(Credentials&& other) noexcept { swap(other); }
  Credentials& operator=(Credentials other) noexcept {
    swap(other);
    return *this;
  }
  ~Credentials();

  void swap(Credentials& other) noexcept;
  bool empty() const noexcept;
};

using base::wipe;

/// A credential helper is not there, or fails: there may be credentials, and there may be none.
class HelperError final : public base::Error {
 public:
  using Error::Error;
};

/// Finds the credentials for a registry. Safe to call from several threads.
class CredentialStore {
 public:
  virtual ~CredentialStore() = default;
  /// `registry_domain` as oci::Reference has it ("docker.io", "registry:5000"). nullopt: be
  /// anonymous. Throws invalid_input for a configuration that is broken, HelperError if a helper
  /// is not there or fails; no message holds a secret.
  virtual std::optional<Credentials> find(const base::Context& context,
                                          std::string_view registry_domain,
                                          std::string_view repository) const = 0;
  /// Told of what the credentials gave: a token, which is as secret as they are.
  virtual void note(std::string_view /*secret*/) const {}
};

/// Credentials that came beside a job request (docs/formats/credentials.md):
/// {"version": 1, "registries": {"host[:port][/path]": {"username", "password", "identityToken",
/// "registryToken"}}}. A key with a path is for repositories below it; the longest one wins.
class StaticCredentials final : public CredentialStore {
 public:
  StaticCredentials() = default;
  /// Throws invalid_input naming `what`, the line and the field.
  static StaticCredentials parse(std::string_view json, const std::string& what = "credentials");
  void add(std::string key, Credentials credentials);

  std::optional<Credentials> find(const base::Context& context, std::string_view registry_domain,
                                  std::string_view repository) const override;

 private:
  std::map<std::string, Credentials, std::less<>> m_registries;
};

}  // namespace pinnace::config
