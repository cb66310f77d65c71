#include "registry/client.hpp"

#include <algorithm>

#include "http/redact.hpp"

namespace pinnace::registry {

namespace {

const http::Response& response_of(const http::Response& response) {
  return response;
}
const http::Response& response_of(const http::OpenResponse& opened) {
  return opened.response;
}

std::string shown(const http::Request& request) {
  return request.method + " " + http::redact_url(request.url);
}

}  // namespace

Client::Client(Endpoint endpoint, ClientOptions options)
    : m_endpoint(std::move(endpoint)),
      m_options(std::move(options)),
      m_http(m_options.http),
      m_authenticator(m_endpoint, m_http, m_options.find_credentials),
      m_origin(http::origin_of(m_endpoint.url)) {}

template <class Send>
auto Client::authenticated(const base::Context& context, const http::Request& request,
                           const Scopes& scopes, Send send) {
  // An upload may continue at another host: nothing of ours goes there.
  if (http::origin_of(request.url) != m_origin) return send(request);
  http::Request signed_request = request;
  base::Secret header = m_authenticator.header(context, scopes);
  if (!header.empty()) signed_request.headers.set("Authorization", header.text());
  auto result = send(signed_request);
  const http::Response& response = response_of(result);
  // A 401 of a host that we were redirected to says nothing about our credentials.
  if (response.status != 401 || http::origin_of(response.url) != m_origin) return result;
  header = m_authenticator.renew(context, scopes, response, header);
  signed_request.headers.set("Authorization", header.text());
  return send(signed_request);
}

http::Response Client::attempt(const base::Context& context, const http::Request& request,
                               const Scopes& scopes) {
  return authenticated(context, request, scopes,
                       [&](const http::Request& sent) { return m_http.send(context, sent); });
}

http::OpenResponse Client::attempt_open(const base::Context& context, const http::Request& request,
                                        const Scopes& scopes) {
  return authenticated(context, request, scopes,
                       [&](const http::Request& sent) { return m_http.open(context, sent); });
}

http::Response Client::send(const base::Context& context, const http::Request& request,
                            const Scopes& scopes, MayPass may_pass) {
  for (http::Retry retry(context, retry_settings(), shown(request));;) {
    try {
      http::Response response = attempt(context, request, scopes);
      const bool passing = may_pass != nullptr && may_pass(response);
      if (!passing && !http::is_retryable(response.status)) return response;
      if (!retry.again(std::to_string(response.status), &response.headers)) return response;
    } catch (const http::TransportError& error) {
      if (!retry.again(error)) throw retry.exhausted(error);
    }
  }
}

http::Response Client::expect(const base::Context& context, const http::Request& request,
                              const Scopes& scopes, std::initializer_list<int> expected,
                              MayPass may_pass) {
  http::Response response = send(context, request, scopes, may_pass);
  if (std::find(expected.begin(), expected.end(), response.status) == expected.end()) {
    throw make_error(request.method, response);
  }
  return response;
}

}  // namespace pinnace::registry
