#include "http/exchange.hpp"

#include "base/error.hpp"
#include "http/trust.hpp"
#include "web/host.hpp"
#include "web/redact.hpp"

namespace pinnace::http {

using base::Error;
using base::ErrorCode;

namespace {

constexpr long k_receive_buffer = 256 * 1024;
constexpr long k_send_buffer = 512 * 1024;
/// A peer that moves less than this in the time that silence is borne for is as good as silent.
/// Only payload counts: who sends nothing but headers, trailers, interim responses and the
/// extensions of chunks, however fast, says nothing.
constexpr std::size_t k_sign_of_life = 1024;

}  // namespace

template <class Value>
void Exchange::set(CURLoption option, Value value) {
  if (const CURLcode code = curl_easy_setopt(m_handle->easy, option, value); code != CURLE_OK) {
    throw_curl(code);
  }
}

Exchange::Exchange(std::shared_ptr<HandlePool> pool, const base::Context& context,
                   const Options& options, const Request& request, const std::string& url,
                   const web::Headers& headers)
    : m_pool(std::move(pool)),
      m_context(context),
      m_stall(options.stall),
      m_total(options.total),
      m_grace(request.grace),
      m_plain_hint(options.plain_hint),
      m_method(request.method),
      m_sign_of_life(k_sign_of_life) {
  m_context.check();
  const web::Origin origin = web::origin_of(url);
  m_handle = m_pool->borrow(origin);
  m_response.url = url;
  check_loopback(options, origin);
  set(CURLOPT_URL, url.c_str());
  // Both are set always: curl would ask the environment by rules of its own.
  const std::string proxy = options.proxies.proxy_for(origin);
  m_is_direct = proxy.empty();
  set(CURLOPT_PROXY, proxy.c_str());
  set(CURLOPT_NOPROXY, "");
  configure(options, request, headers);
  if (const CURLMcode code = curl_multi_add_handle(m_handle->multi, m_handle->easy);
      code != CURLM_OK) {
    throw Error(ErrorCode::internal, name() + ": " + curl_multi_strerror(code));
  }
  m_wake.emplace(m_context.stop, [multi = m_handle->multi] { curl_multi_wakeup(multi); });
}

/// By its name; what that leads to is known when a socket is opened.
void Exchange::check_loopback(const Options& options, const web::Origin& origin) {
  if (!options.why_no_loopback) return;
  m_why_no_loopback = options.why_no_loopback(origin);
  if (!m_why_no_loopback.empty() && web::is_loopback(origin.host)) refuse_loopback();
}

void Exchange::refuse_loopback() const {
  throw Error(ErrorCode::denied,
              name() + ": leads to this machine's loopback; " + m_why_no_loopback);
}

void Exchange::configure(const Options& options, const Request& request,
                         const web::Headers& headers) {
  set(CURLOPT_ERRORBUFFER, m_error);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_USERAGENT, options.user_agent.c_str());
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  set(CURLOPT_BUFFERSIZE, k_receive_buffer);
  set(CURLOPT_UPLOAD_BUFFERSIZE, k_send_buffer);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_HEADERFUNCTION, &Exchange::header_callback);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &Exchange::write_callback);
  set(CURLOPT_WRITEDATA, this);
  m_refuses_link_services = options.refuses_link_services;
  if (m_refuses_link_services || !m_why_no_loopback.empty()) {
    set(CURLOPT_OPENSOCKETFUNCTION, &Exchange::socket_callback);
    set(CURLOPT_OPENSOCKETDATA, this);
  }
  configure_tls(options);
  configure_method(request);
  // curl would wait a second for "100 Continue", and call every body a form.
  m_headers.reset(curl_slist_append(m_headers.release(), "Expect:"));
  if (!headers.find("Content-Type")) {
    m_headers.reset(curl_slist_append(m_headers.release(), "Content-Type:"));
  }
  for (const auto& [field, value] : headers) {
    constexpr std::string_view k_ends("\r\n\0", 3);
    if (field.find_first_of(k_ends) != std::string::npos ||
        value.find_first_of(k_ends) != std::string::npos) {
      throw Error(ErrorCode::invalid_input,
                  name() + ": header " + web::quote_text(field) + " has a line end");
    }
    const auto line = base::Secret::join({field, value.empty() ? ";" : ": ", value});
    m_headers.reset(curl_slist_append(m_headers.release(), line.text().c_str()));
  }
  set(CURLOPT_HTTPHEADER, m_headers.get());
}

void Exchange::configure_tls(const Options& options) {
  if (const auto& system = system_authorities(); !system.empty()) {
    set(CURLOPT_CAINFO, system.c_str());
  }
  if (!options.ca_file.empty()) m_authorities.push_back(options.ca_file);
  if (options.ca_of) {
    const auto own = options.ca_of(web::origin_of(m_response.url));
    if (!own.empty() && own != options.ca_file) m_authorities.push_back(own);
  }
  if (!m_authorities.empty()) {
    set(CURLOPT_SSL_CTX_FUNCTION, &Exchange::tls_callback);
    set(CURLOPT_SSL_CTX_DATA, this);
  }
  if (!options.client_cert.empty() &&
      web::origin_of(m_response.url).host == options.client_cert_host) {
    set(CURLOPT_SSLCERT, options.client_cert.c_str());
    const auto& key = options.client_key.empty() ? options.client_cert : options.client_key;
    set(CURLOPT_SSLKEY, key.c_str());
  }
}

void Exchange::configure_method(const Request& request) {
  if (const auto* stream = std::get_if<StreamBody>(&request.body)) {
    configure_stream(*stream);
  } else if (const auto* text = std::get_if<std::string>(&request.body)) {
    configure_text(*text);
  } else if (const auto* secret = std::get_if<base::Secret>(&request.body)) {
    configure_text(secret->text());
  } else if (m_method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
  } else if (m_method == "POST" || m_method == "PUT" || m_method == "PATCH") {
    static const std::string k_nothing;
    configure_text(k_nothing);
  }
  set(CURLOPT_CUSTOMREQUEST, m_method.c_str());
}

/// The text must outlive the exchange.
void Exchange::configure_text(const std::string& text) {
  set(CURLOPT_POSTFIELDS, text.c_str());
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(text.size()));
}

void Exchange::configure_stream(const StreamBody& body) {
  m_stream = &body;
  set(CURLOPT_UPLOAD, 1L);
  set(CURLOPT_INFILESIZE_LARGE, body.size ? static_cast<curl_off_t>(*body.size) : curl_off_t{-1});
  set(CURLOPT_READFUNCTION, &Exchange::read_callback);
  set(CURLOPT_READDATA, this);
  set(CURLOPT_SEEKFUNCTION, &Exchange::seek_callback);
  set(CURLOPT_SEEKDATA, this);
}

}  // namespace pinnace::http
