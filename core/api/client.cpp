#include "api/client.hpp"

#include <algorithm>

#include "web/redact.hpp"

namespace pinnace::api {

namespace {

http::Response& response_of(http::Response& response) {
  return response;
}
http::Response& response_of(http::OpenResponse& opened) {
  return opened.response;
}

std::string shown(const http::Request& request) {
  return request.method + " " + web::redact_url(request.url);
}

}  // namespace

Client::Client(Endpoint endpoint, ClientOptions options)
    : m_endpoint(std::move(endpoint)),
      m_options(std::move(options)),
      m_http(m_options.http),
      m_authenticator(m_endpoint, m_http, m_options.find_credentials, m_options.http.may_be_plain,
                      m_options.note_secret),
      m_origin(web::origin_of(m_endpoint.url)) {}

template <class Send>
auto Client::authenticated(const base::Context& context, const http::Request& request,
                           const Scopes& scopes, Send send) {
  // An upload may continue at another host: nothing of ours goes there.
  if (web::origin_of(request.url) != m_origin) return send(request);
  const auto send_with = [&](const Authorization& authorization) {
    http::Request signed_request = request;
    if (!authorization.header.empty())
      signed_request.headers.set("Authorization", authorization.header.text());
    auto result = send(signed_request);
    if (answered(response_of(result))) response_of(result).login = authorization.login;
    return result;
  };
  Authorization authorization = m_authenticator.header(context, scopes);
  auto result = send_with(authorization);
  const http::Response& response = response_of(result);
  // A 401 of a host that we were redirected to says nothing about our credentials.
  if (response.status != 401 || !answered(response)) return result;
  authorization = m_authenticator.renew(context, scopes, response, authorization.header);
  return send_with(authorization);
}

bool Client::answered(const http::Response& response) const {
  return web::origin_of(response.url) == m_origin;
}

std::string Client::why_not_led(const std::string& url) const {
  return http::why_not_led(m_origin, web::origin_of(url), m_options.http.may_be_plain);
}

bool Client::refuses_mount(const std::string& from, const std::string& to) {
  const std::lock_guard lock(m_mutex);
  return m_refused_mounts.contains({from, to});
}

void Client::note_refused_mount(const std::string& from, const std::string& to) {
  const std::lock_guard lock(m_mutex);
  m_refused_mounts.emplace(from, to);
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

}  // namespace pinnace::api
