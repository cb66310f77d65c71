#pragma once

#include <atomic>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "api/authenticator.hpp"
#include "api/endpoint.hpp"
#include "api/scopes.hpp"
#include "base/context.hpp"
#include "http/client.hpp"
#include "web/url.hpp"

namespace pinnace::api {

struct ClientOptions {
  http::Options http;
  http::RetrySettings retry;
  FindCredentials find_credentials;  ///< empty: anonymous
  NoteSecret note_secret;            ///< told of tokens and headers; may be empty
};

/// The error for a response that is none of those expected: "PUT
/// http://127.0.0.1:5000/v2/x/manifests/t: 400: MANIFEST_INVALID: manifest invalid". 401 and 407
/// are unauthorized, 403 denied, 404 not_found, 409 conflict, 408, 429 and 5xx unavailable, other
/// 4xx invalid_input; the registry's own codes (OCI distribution specification, "Error Codes")
/// refine it: DIGEST_INVALID and SIZE_INVALID are integrity, UNSUPPORTED is unsupported.
base::Error make_error(std::string_view method, const http::Response& response);

/// Speaks to one registry: endpoint, authentication, retry. Shared by its repositories and threads.
class Client {
 public:
  Client(Endpoint endpoint, ClientOptions options);

  const Endpoint& endpoint() const noexcept { return m_endpoint; }
  const http::RetrySettings& retry_settings() const noexcept { return m_options.retry; }
  /// `path` begins with "/v2/".
  std::string url(std::string_view path) const { return m_endpoint.url + std::string(path); }

  /// Whether a response is of a kind that may be another one at the next attempt.
  using MayPass = bool (*)(const http::Response&);

  /// Sends, authenticated where the URL is the registry's own, and again after failures that may
  /// pass: http::is_retryable(), and what `may_pass` says. Any status may come back. Throws
  /// unavailable when no attempt is left and there is no response.
  http::Response send(const base::Context& context, const http::Request& request,
                      const Scopes& scopes, MayPass may_pass = nullptr);
  /// As send(), but a status that is not among `expected` is thrown as make_error().
  http::Response expect(const base::Context& context, const http::Request& request,
                        const Scopes& scopes, std::initializer_list<int> expected,
                        MayPass may_pass = nullptr);

  /// One attempt (and one more after a 401), for callers that have their own Retry around several
  /// requests. Throws http::TransportError.
  http::Response attempt(const base::Context& context, const http::Request& request,
                         const Scopes& scopes);
  http::OpenResponse attempt_open(const base::Context& context, const http::Request& request,
                                  const Scopes& scopes);

  /// Whether a response is the registry's own, and not that of a store that it led to.
  bool answered(const http::Response& response) const;

  /// Why the registry may not lead us to `url`, by http::why_not_led(); empty if it may.
  std::string why_not_led(const std::string& url) const;

  /// Whether we have no right to have this registry mount blobs of one repository in another one.
  bool refuses_mount(const std::string& from, const std::string& to);
  void note_refused_mount(const std::string& from, const std::string& to);
  /// Whether this registry is known to answer ?mount= with 201: then a 202 means "not there".
  bool mounts() const noexcept { return m_mounts; }
  void note_mount() noexcept { m_mounts = true; }

 private:
  template <class Send>
  auto authenticated(const base::Context& context, const http::Request& request,
                     const Scopes& scopes, Send send);

  Endpoint m_endpoint;
  ClientOptions m_options;
  http::Client m_http;
  Authenticator m_authenticator;
  web::Origin m_origin;
  std::atomic<bool> m_mounts = false;
  std::mutex m_mutex;
  std::set<std::pair<std::string, std::string>> m_refused_mounts;
};

}  // namespace pinnace::api
