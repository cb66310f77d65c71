#include "api/authenticator.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/client.hpp"
#include "base/error.hpp"
#include "json/json.hpp"
#include "text/base64.hpp"
#include "text/rfc3339.hpp"
#include "web/host.hpp"
#include "web/redact.hpp"
#include "web/url.hpp"

namespace pinnace::api {

using base::Error;
using base::ErrorCode;
using base::Secret;
using config::Credentials;
using std::chrono::seconds;
using std::chrono::system_clock;

namespace {

constexpr std::size_t k_max_token = 64 * 1024;
/// Without expires_in a token is good for 60 s (distribution token specification).
constexpr seconds k_default_lifetime{60};
constexpr seconds k_longest_lifetime{24 * 3600};
constexpr seconds k_renew_before{30};
constexpr std::size_t k_max_tokens = 1000;
const std::string k_nobody = "no credentials";

std::string parameter(const Challenge& challenge, const std::string& name) {
  const auto found = challenge.parameters.find(name);
  return found == challenge.parameters.end() ? std::string() : found->second;
}

/// The challenge that we can answer: Bearer before Basic.
std::optional<Challenge> choose(const http::Response& response) {
  std::optional<Challenge> basic;
  for (const std::string_view header : response.headers.all("WWW-Authenticate")) {
    for (const Challenge& challenge : parse_challenges(header)) {
      if (challenge.scheme == "bearer" && !parameter(challenge, "realm").empty()) return challenge;
      if (challenge.scheme == "basic" && !basic) basic = challenge;
    }
  }
  return basic;
}

bool may_be_header(std::string_view token) {
  return !token.empty() && token.size() <= k_max_token &&
         std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

std::string text_field(const nlohmann::json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// When the token should be renewed: a while before it expires, reckoned from when we got it, or
/// from when it was issued if that is earlier and leaves it some life (clocks differ).
system_clock::time_point renewal_time(const nlohmann::json& json, system_clock::time_point now) {
  seconds lifetime = k_default_lifetime;
  if (const auto found = json.find("expires_in");
      found != json.end() && found->is_number_integer()) {
    const auto value = found->get<std::int64_t>();
    if (value > 0) lifetime = std::min(seconds(value), k_longest_lifetime);
  }
  system_clock::time_point expires = now + lifetime;
  if (const auto issued = text::parse_rfc3339(text_field(json, "issued_at"))) {
    if (*issued<now&& * issued + lifetime> now) expires = *issued + lifetime;
  }
  const auto left = std::chrono::duration_cast<seconds>(expires - now);
  return expires - std::min(k_renew_before, left / 2);
}

std::string form_field(std::string_view name, std::string_view value) {
  return std::string(name) + "=" + web::percent_encode(value);
}

std::string join(const std::vector<std::string>& words) {
  std::string result;
  for (const std::string& word : words) result += (result.empty() ? "" : " ") + word;
  return result;
}

Secret basic_value(const Credentials& credentials) {
  const Secret pair = Secret::join({credentials.username, ":", credentials.password});
  const Secret encoded(text::base64_encode(pair.text()));
  return Secret::join({"Basic ", encoded.text()});
}

http::Request token_request(const Challenge& challenge, const Credentials* credentials,
                            const Scopes& scopes) {
  const std::string service = parameter(challenge, "service");
  http::Request request;
  request.max_body = 2 * k_max_token;
  request.url = parameter(challenge, "realm");
  if (credentials && !credentials->identity_token.empty()) {
    request.method = "POST";
    request.headers.set("Content-Type", "application/x-www-form-urlencoded");
    const Secret token(web::percent_encode(credentials->identity_token));
    request.body = Secret::join(
        {"grant_type=refresh_token&client_id=pinnace&", form_field("service", service), "&",
         form_field("scope", join(scopes.list())), "&refresh_token=", token.text()});
    return request;
  }
  if (!service.empty()) request.url = web::with_query(request.url, "service", service);
  for (const std::string& scope : scopes.list()) {
    request.url = web::with_query(request.url, "scope", scope);
  }
  if (credentials && !(credentials->username.empty() && credentials->password.empty())) {
    request.url = web::with_query(request.url, "account", credentials->username);
    request.headers.set("Authorization", basic_value(*credentials).text());
  }
  return request;
}

}  // namespace

Authenticator::Authenticator(Endpoint endpoint, http::Client& client,
                             FindCredentials find_credentials, http::MayBePlain may_be_plain,
                             NoteSecret note_secret)
    : m_endpoint(std::move(endpoint)),
      m_client(client),
      m_find_credentials(std::move(find_credentials)),
      m_may_be_plain(std::move(may_be_plain)),
      m_note_secret(std::move(note_secret)) {}

Authorization Authenticator::header(const base::Context& context, const Scopes& scopes) {
  Lock lock(m_mutex);
  if (!m_challenge) return {};
  return obtain(context, {scopes.repository(), scopes}, lock);
}

Authorization Authenticator::renew(const base::Context& context, const Scopes& scopes,
                                   const http::Response& response, const Secret& rejected) {
  std::optional<Challenge> challenge = choose(response);
  if (!challenge) throw make_error("authentication for", response);
  Wish wish{scopes.repository(), scopes};
  Lock lock(m_mutex);
  // Another thread may have renewed it meanwhile.
  if (const Token* token = m_challenge ? find_token(context, wish) : nullptr;
      token && token->authorization.header != rejected) {
    return token->authorization;
  }
  std::erase_if(m_tokens,
                [&](const Token& token) { return token.authorization.header == rejected; });
  wish.scopes.merge(Scopes::parse(parameter(*challenge, "scope")));
  const auto before = std::exchange(m_challenge, std::move(challenge));
  try {
    return obtain(context, wish, lock);
  } catch (...) {
    // What we can't answer is not answered beforehand: another request may need nothing.
    m_challenge = before;
    throw;
  }
}

const Authenticator::Token* Authenticator::find_token(const base::Context& context,
                                                      const Wish& wish) const {
  const auto now = context.now();
  for (const Token& token : m_tokens) {
    if (token.renew_at > now && token.wish.repository == wish.repository &&
        token.wish.scopes.covers(wish.scopes))
      return &token;
  }
  return nullptr;
}

/// A token that we have, or that another thread is fetching, or a new one.
Authorization Authenticator::obtain(const base::Context& context, const Wish& wish, Lock& lock) {
  const auto being_fetched = [&] {
    return std::find(m_fetching.begin(), m_fetching.end(), wish) != m_fetching.end();
  };
  while (true) {
    if (const Token* token = find_token(context, wish)) return token->authorization;
    if (!being_fetched()) break;
    m_fetched.wait(lock, context.stop, [&] { return !being_fetched(); });
    context.check();
  }
  m_fetching.push_back(wish);
  const Challenge challenge = *m_challenge;
  lock.unlock();
  std::optional<Token> token;
  std::exception_ptr failure;
  try {
    token = make_token(context, challenge, wish);
  } catch (...) {
    failure = std::current_exception();
  }
  lock.lock();
  m_fetching.erase(std::find(m_fetching.begin(), m_fetching.end(), wish));
  m_fetched.notify_all();
  if (failure) std::rethrow_exception(failure);
  keep(context, *token);
  return token->authorization;
}

Authenticator::Token Authenticator::make_token(const base::Context& context,
                                               const Challenge& challenge, const Wish& wish) const {
  Token token = challenge.scheme == "basic" ? basic_token(context, wish)
                                            : bearer_token(context, challenge, wish);
  const std::string_view header = token.authorization.header.text();
  if (m_note_secret) m_note_secret(header.substr(header.find(' ') + 1));
  return token;
}

void Authenticator::keep(const base::Context& context, Token token) {
  const auto now = context.now();
  std::erase_if(m_tokens, [&](const Token& old) { return old.renew_at <= now; });
  if (m_tokens.size() >= k_max_tokens) m_tokens.clear();
  m_tokens.push_back(std::move(token));
}

std::optional<Credentials> Authenticator::find_credentials(const base::Context& context,
                                                           const Wish& wish) const {
  if (!m_find_credentials) return std::nullopt;
  return m_find_credentials(context, wish.repository);
}

/// An image may be public although a helper fails.
std::optional<Credentials> Authenticator::find_credentials_or_warn(const base::Context& context,
                                                                   const Wish& wish) const {
  try {
    return find_credentials(context, wish);
  } catch (const config::HelperError& error) {
    context.warn(std::string(error.what()) + "; going on without credentials");
    return std::nullopt;
  }
}

Authenticator::Token Authenticator::basic_token(const base::Context& context,
                                                const Wish& wish) const {
  const auto credentials = find_credentials(context, wish);
  if (!credentials || (credentials->username.empty() && credentials->password.empty())) {
    throw Error(
        ErrorCode::unauthorized,
        m_endpoint.domain + " wants a user name and a password, and none is configured for it");
  }
  return {
      wish, {basic_value(*credentials), credentials->origin}, context.now() + k_longest_lifetime};
}

Authenticator::Token Authenticator::bearer_token(const base::Context& context,
                                                 const Challenge& challenge,
                                                 const Wish& wish) const {
  const std::string realm = parameter(challenge, "realm");
  check_realm(realm);
  const auto credentials = find_credentials_or_warn(context, wish);
  if (credentials && !credentials->registry_token.empty()) {
    if (!may_be_header(credentials->registry_token)) {
      throw Error(ErrorCode::invalid_input, "the registry token for " + m_endpoint.domain +
                                                " has characters that no token has");
    }
    return {wish,
            {Secret::join({"Bearer ", credentials->registry_token}), credentials->origin},
            context.now() + k_longest_lifetime};
  }
  const http::Request request =
      token_request(challenge, credentials ? &*credentials : nullptr, wish.scopes);
  return fetch_token(context, request, credentials ? credentials->origin : k_nobody, wish);
}

void Authenticator::check_realm(const std::string& realm) const {
  const web::Origin to = web::origin_of(realm);
  const web::Origin registry = web::origin_of(m_endpoint.url);
  const bool on_this_machine = web::is_loopback(registry.host) && web::is_loopback(to.host);
  if (on_this_machine) return;
  if (const std::string why = http::why_not_led(registry, to, m_may_be_plain); !why.empty()) {
    throw Error(ErrorCode::denied, m_endpoint.domain + " sends us for a token to " +
                                       web::redact_url(realm) + "; to be led " + why +
                                       " is refused");
  }
}

Authenticator::Token Authenticator::fetch_token(const base::Context& context,
                                                const http::Request& request,
                                                const std::string& login, const Wish& wish) const {
  http::Response response = m_client.send(context, request);
  response.login = login;
  if (http::is_retryable(response.status)) {
    throw http::TransportError(make_error(request.method, response).message(), response.headers);
  }
  if (response.status == 400 || response.status == 401 || response.status == 403) {
    throw Error(ErrorCode::unauthorized, make_error(request.method, response).message());
  }
  if (response.status / 100 != 2) throw make_error(request.method, response);
  const auto json = json::parse_or_null(response.body);
  std::string token = json.is_object() ? text_field(json, "token") : std::string();
  if (token.empty() && json.is_object()) token = text_field(json, "access_token");
  if (!may_be_header(token)) {
    throw Error(ErrorCode::unauthorized, request.method + " " + web::redact_url(request.url) +
                                             ": expected JSON with a \"token\" in the answer");
  }
  return {wish, {Secret::join({"Bearer ", token}), login}, renewal_time(json, context.now())};
}

}  // namespace pinnace::api
