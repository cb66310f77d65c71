#include "http/client.hpp"

#include "base/error.hpp"
#include "http/exchange.hpp"
#include "http/hop.hpp"
#include "web/redact.hpp"

namespace pinnace::http {

using base::Error;
using base::ErrorCode;

namespace {

constexpr int k_max_redirects = 10;
constexpr std::size_t k_max_error_body = 64 * 1024;
constexpr std::size_t k_buffer = 128 * 1024;
constexpr std::size_t k_collected_at_a_time = 64 * 1024;

bool is_redirect(int status) noexcept {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool may_follow(const Request& request, int status) noexcept {
  if (request.method == "GET" || request.method == "HEAD") return true;
  return status == 307 || status == 308;
}

std::string shown(const Request& request) {
  return request.method + " " + web::redact_url(request.url);
}

/// Reads what is left into `body` as far as `limit` allows; whether that was all. No body that is
/// collected is so large that a peer may take long for it.
bool collect(Exchange& exchange, std::string& body, std::size_t limit) {
  exchange.expect(k_collected_at_a_time);
  std::vector<std::byte> buffer(16 * 1024);
  while (const std::size_t size = exchange.read(buffer)) {
    const std::string_view text = base::as_text(base::Bytes(buffer).first(size));
    body.append(text.substr(0, limit - body.size()));
    if (body.size() == limit && text.size() > 0) {
      // Full: one more read tells whether there is more.
      return exchange.read(buffer) == 0;
    }
  }
  return true;
}

/// Streams a response whose exchange it owns; the request has been sent by then.
class ResponseSource final : public base::Source {
 public:
  explicit ResponseSource(std::unique_ptr<Exchange> exchange) : m_exchange(std::move(exchange)) {}
  std::size_t read(std::span<std::byte> buffer) override { return m_exchange->read(buffer); }

 private:
  std::unique_ptr<Exchange> m_exchange;
};

}  // namespace

/// The hops of one request.
class Client::Following {
 public:
  Following(const Request& request, const Options& options, std::shared_ptr<HandlePool> pool)
      : m_request(request),
        m_options(options),
        m_pool(std::move(pool)),
        m_url(request.url),
        m_headers(request.headers) {}

  /// The exchange whose response is no redirect; its head is read.
  std::unique_ptr<Exchange> run(const base::Context& context) {
    for (int hop = 0; hop <= k_max_redirects; ++hop) {
      auto exchange =
          std::make_unique<Exchange>(m_pool, context, m_options, m_request, m_url, m_headers);
      const Response& head = exchange->head();
      const std::string* location = head.headers.find("Location");
      if (!is_redirect(head.status) || !location || !may_follow(m_request, head.status))
        return exchange;
      const std::string next = web::resolve_url(m_url, *location);
      // A short body is read to its end, so that the connection can be used again.
      std::string body;
      collect(*exchange, body, k_max_error_body);
      go_to(next);
    }
    throw Error(ErrorCode::unavailable,
                shown(m_request) + ": more than " + std::to_string(k_max_redirects) + " redirects");
  }

 private:
  void go_to(const std::string& next) {
    const web::Origin from = web::origin_of(m_url);
    const web::Origin to = web::origin_of(next);
    if (const std::string why = why_not_redirected(from, to); !why.empty()) {
      throw Error(ErrorCode::denied, shown(m_request) + ": redirected to " + web::redact_url(next) +
                                         "; a redirect " + why + " is refused");
    }
    if (from != to) {
      if (std::holds_alternative<base::Secret>(m_request.body)) {
        throw Error(ErrorCode::denied, shown(m_request) + ": redirected to " +
                                           web::redact_url(next) +
                                           ", which would get the credentials; that is refused");
      }
      for (const char* name : {"Authorization", "Cookie", "Proxy-Authorization"})
        m_headers.remove(name);
    }
    m_url = next;
  }

  /// As why_not_led().
  std::string why_not_redirected(const web::Origin& from, const web::Origin& to) const {
    if (m_options.redirects == Redirects::same_origin && from != to) return "to another origin";
    return why_not_led(from, to, m_options.may_be_plain);
  }

  const Request& m_request;
  const Options& m_options;
  std::shared_ptr<HandlePool> m_pool;
  std::string m_url;
  web::Headers m_headers;
};

Client::Client(Options options)
    : m_options(std::move(options)), m_pool(std::make_shared<HandlePool>()) {}

Client::~Client() = default;

Response Client::send(const base::Context& context, const Request& request, base::Sink* sink) {
  const auto exchange = Following(request, m_options, m_pool).run(context);
  Response response = exchange->head();
  if (!response.ok()) {
    collect(*exchange, response.body, k_max_error_body);
  } else if (!sink) {
    const std::size_t limit = request.max_body.value_or(m_options.max_body);
    if (!collect(*exchange, response.body, limit)) {
      throw Error(ErrorCode::invalid_input, shown(request) + ": the response is larger than " +
                                                std::to_string(limit) + " bytes");
    }
  } else {
    std::vector<std::byte> buffer(k_buffer);
    while (const std::size_t size = exchange->read(buffer))
      sink->write(base::Bytes(buffer).first(size));
  }
  return response;
}

OpenResponse Client::open(const base::Context& context, const Request& request) {
  auto exchange = Following(request, m_options, m_pool).run(context);
  OpenResponse result{exchange->head(), nullptr};
  if (result.response.ok()) {
    result.body = std::make_unique<ResponseSource>(std::move(exchange));
  } else {
    collect(*exchange, result.response.body, k_max_error_body);
  }
  return result;
}

}  // namespace pinnace::http
