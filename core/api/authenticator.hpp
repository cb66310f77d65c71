#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/challenge.hpp"
#include "api/endpoint.hpp"
#include "api/scopes.hpp"
#include "base/context.hpp"
#include "base/secret.hpp"
#include "config/credentials.hpp"
#include "http/client.hpp"

namespace pinnace::api {

/// The credentials for a repository of this registry; nullopt: anonymous. Called at most once a
/// token.
using FindCredentials = std::function<std::optional<config::Credentials>(
    const base::Context&, std::string_view repository)>;

/// Told of each secret that is made of credentials.
using NoteSecret = std::function<void(std::string_view)>;

/// What a request is sent with.
struct Authorization {
  base::Secret header;  ///< of the field Authorization; empty: none
  std::string login;    ///< whose credentials gave it, for messages
};

/// Answers the challenges of one registry: none, Basic, or Bearer tokens by the distribution token
/// specification (GET with basic credentials or none; OAuth2 POST with an identity token). Tokens
/// are kept for (realm, service, scopes) until 30 s before they expire; a token that allows more
/// serves too. A request is made with the credentials of the repository that it changes or reads
/// (Scopes::repository()), whatever else its scopes name, and with a token that they gave.
///
/// A token goes to the registry that asked for it and nowhere else. Credentials go to the realm
/// that the registry names only over https, or to loopback, or, if the registry itself is spoken to
/// in plain http, to its own host; otherwise denied is thrown. Nor is a realm asked without
/// credentials where http::why_not_led() has something against it. Where the helper that should
/// have the credentials fails, a token is asked for without any, with a warning. Safe to call from
/// several threads: of those that want the same scopes one fetches the token, and the others wait,
/// until they are told to stop; nobody else does. A token server that fails in a way that may pass
/// throws http::TransportError: the caller's Retry covers it.
class Authenticator {
 public:
  /// `client` sends the token requests, and must outlive this. Realms that `may_be_plain` knows may
  /// be asked in plain http.
  Authenticator(Endpoint endpoint, http::Client& client, FindCredentials find_credentials,
                http::MayBePlain may_be_plain = {}, NoteSecret note_secret = {});

  /// What to send at once: nothing as long as the registry has not asked for it.
  Authorization header(const base::Context& context, const Scopes& scopes);
  /// After a 401 to a request that was sent with `rejected` (may be empty): a fresh one. Throws
  /// unauthorized if there is nothing else to try.
  Authorization renew(const base::Context& context, const Scopes& scopes,
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
    Authorization authorization;
    std::chrono::system_clock::time_point renew_at;
  };

  using Lock = std::unique_lock<std::mutex>;

  const Token* find_token(const base::Context& context, const Wish& wish) const;
  Authorization obtain(const base::Context& context, const Wish& wish, Lock& lock);
  Token make_token(const base::Context& context, const Challenge& challenge,
                   const Wish& wish) const;
  void keep(const base::Context& context, Token token);
  std::optional<config::Credentials> find_credentials(const base::Context& context,
                                                      const Wish& wish) const;
  std::optional<config::Credentials> find_credentials_or_warn(const base::Context& context,
                                                              const Wish& wish) const;
  Token basic_token(const base::Context& context, const Wish& wish) const;
  Token bearer_token(const base::Context& context, const Challenge& challenge,
                     const Wish& wish) const;
  Token fetch_token(const base::Context& context, const http::Request& request,
                    const std::string& login, const Wish& wish) const;
  void check_realm(const std::string& realm) const;

  Endpoint m_endpoint;
  http::Client& m_client;
  FindCredentials m_find_credentials;
  http::MayBePlain m_may_be_plain;
  NoteSecret m_note_secret;
  std::mutex m_mutex;  ///< not held while a token is fetched
  std::condition_variable_any m_fetched;
  std::optional<Challenge> m_challenge;
  std::vector<Token> m_tokens;
  std::vector<Wish> m_fetching;
};

}  // namespace pinnace::api
