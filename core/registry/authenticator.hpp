#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "base/secret.hpp"
#include "config/credentials.hpp"
#include "http/client.hpp"
#include "registry/challenge.hpp"
#include "registry/endpoint.hpp"
#include "registry/scopes.hpp"

namespace pinnace::registry {

/// The credentials for a repository of this registry; nullopt: anonymous. Called at most once a
/// token.
using FindCredentials = std::function<std::optional<config::Credentials>(
    const base::Context&, std::string_view repository)>;

/// Answers the challenges of one registry: none, Basic, or Bearer tokens by the distribution token
/// specification (GET with basic credentials or none; OAuth2 POST with an identity token). Tokens
/// are kept for (realm, service, scopes) until 30 s before they expire; a token that allows more
/// serves too. A request is made with the credentials of the repository that it changes or reads
/// (Scopes::repository()), whatever else its scopes name, and with a token that they gave.
///
/// A token goes to the registry that asked for it and nowhere else. Credentials go to the realm
/// that the registry names only over https, or to loopback, or, if the registry itself is spoken to
/// in plain http, to its own host; otherwise denied is thrown. Safe to call from several threads:
/// of those that want the same scopes one fetches the token, and the others wait, until they are
/// told to stop; nobody else does. A token server that fails in a way that may pass throws
/// http::TransportError: the caller's Retry covers it.
class Authenticator {
 public:
  /// `client` sends the token requests, and must outlive this.
  Authenticator(Endpoint endpoint, http::Client& client, FindCredentials find_credentials);

  /// The Authorization header to send at once: empty as long as the registry has not asked for one.
  base::Secret header(const base::Context& context, const Scopes& scopes);
  /// After a 401 to a request that was sent with `rejected` (may be empty): a fresh header. Throws
  /// unauthorized if there is nothing else to try.
  base::Secret renew(const base::Context& context, const Scopes& scopes,
                     const http::Response& response, const base::Secret& rejected);

 private:
  /// What a token is wanted for.
  struct Wish {
    std::string repository;  ///< whose credentials are asked with
    Scopes scopes;
    bool operator==(const Wish&) const = default;
  };
  struct Token {
    Wish wish;  ///< that it fulfils
    base::Secret header;
    std::chrono::system_clock::time_point renew_at;
  };

  using Lock = std::unique_lock<std::mutex>;

  const Token* find_token(const base::Context& context, const Wish& wish) const;
  base::Secret obtain(const base::Context& context, const Wish& wish, Lock& lock);
  Token make_token(const base::Context& context, const Challenge& challenge,
                   const Wish& wish) const;
  void keep(const base::Context& context, Token token);
  std::optional<config::Credentials> find_credentials(const base::Context& context,
                                                      const Wish& wish) const;
  Token basic_token(const base::Context& context, const Wish& wish) const;
  Token bearer_token(const base::Context& context, const Challenge& challenge,
                     const Wish& wish) const;
  Token fetch_token(const base::Context& context, const http::Request& request,
                    bool with_credentials, const Wish& wish) const;
  void check_realm(const std::string& realm) const;

  Endpoint m_endpoint;
  http::Client& m_client;
  FindCredentials m_find_credentials;
  std::mutex m_mutex;  ///< not held while a token is fetched
  std::condition_variable_any m_fetched;
  std::optional<Challenge> m_challenge;
  std::vector<Token> m_tokens;
  std::vector<Wish> m_fetching;
};

}  // namespace pinnace::registry
