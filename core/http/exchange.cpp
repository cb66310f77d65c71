#include "http/exchange.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/error.hpp"
#include "http/redact.hpp"
#include "http/trust.hpp"

namespace pinnace::http {

using base::Error;
using base::ErrorCode;

namespace {

constexpr std::size_t k_max_header_bytes = 256 * 1024;
constexpr long k_receive_buffer = 256 * 1024;
constexpr long k_send_buffer = 512 * 1024;
/// The transfer pauses when this much waits for the reader.
constexpr std::size_t k_max_overflow = 512 * 1024;
constexpr Milliseconds k_longest_wait{1000};
constexpr Milliseconds k_stopping_wait{20};
/// A peer that moves less than this in the time that silence is borne for is as good as silent.
constexpr std::size_t k_sign_of_life = 1024;

/// curl's verdicts about certificates and configuration: trying again changes nothing.
std::optional<ErrorCode> permanent_code(CURLcode code) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
      return ErrorCode::denied;
    case CURLE_URL_MALFORMAT:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
      return ErrorCode::invalid_input;
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_UNKNOWN_OPTION:
      return ErrorCode::internal;
    default:
      return std::nullopt;
  }
}

/// Whoever unloads the library that this code is in, a JVM, finds it still there afterwards. An
/// executable is never unloaded.
void keep_loaded() noexcept {
  Dl_info here{};
  if (::dladdr(reinterpret_cast<const void*>(&keep_loaded), &here) != 0)
    ::dlopen(here.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}

}  // namespace

Exchange::Exchange(std::shared_ptr<HandlePool> pool, const base::Context& context,
                   const Options& options, const Request& request, const std::string& url,
                   const Headers& headers)
    : m_pool(std::move(pool)),
      m_context(context),
      m_stall(options.stall),
      m_total(options.total),
      m_grace(request.grace),
      m_method(request.method) {
  m_context.check();
  const Origin origin = origin_of(url);
  m_handle = m_pool->borrow(origin);
  m_response.url = url;
  set(CURLOPT_URL, url.c_str());
  // Loopback never goes through a proxy; everything else obeys the environment, by curl's own
  // rules.
  if (is_loopback(origin.host)) set(CURLOPT_PROXY, "");
  configure(options, request, headers);
  if (const CURLMcode code = curl_multi_add_handle(m_handle->multi, m_handle->easy);
      code != CURLM_OK) {
    throw Error(ErrorCode::internal, name() + ": " + curl_multi_strerror(code));
  }
  m_wake.emplace(m_context.stop, [multi = m_handle->multi] { curl_multi_wakeup(multi); });
}

Exchange::~Exchange() {
  m_wake.reset();
  if (!m_handle) return;
  leave_resolver();
  curl_multi_remove_handle(m_handle->multi, m_handle->easy);
  // What failed is not used again: after a name that could not be resolved, curl 7.88 fails always.
  if (m_result == CURLE_OK) m_pool->give_back(std::move(m_handle));
}

/// curl waits for the thread that looks up a name, and nothing can end that. Left alone, it goes on
/// in the code of this library, which must stay where it is then.
void Exchange::leave_resolver() noexcept {
  curl_off_t looked_up = 0;
  curl_easy_getinfo(m_handle->easy, CURLINFO_NAMELOOKUP_TIME_T, &looked_up);
  if (m_result || looked_up != 0) return;
  keep_loaded();
  curl_easy_setopt(m_handle->easy, CURLOPT_QUICK_EXIT, 1L);
}

template <class Value>
void Exchange::set(CURLoption option, Value value) {
  if (const CURLcode code = curl_easy_setopt(m_handle->easy, option, value); code != CURLE_OK) {
    throw_curl(code);
  }
}

void Exchange::configure(const Options& options, const Request& request, const Headers& headers) {
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
                  name() + ": header " + quote_text(field) + " has a line end");
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
  if (!options.ca_file.empty()) {
    m_ca_file = options.ca_file;
    set(CURLOPT_SSL_CTX_FUNCTION, &Exchange::tls_callback);
    set(CURLOPT_SSL_CTX_DATA, this);
  }
  if (!options.client_cert.empty() && origin_of(m_response.url).host == options.client_cert_host) {
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

const Response& Exchange::head() {
  drive([this] { return m_head_complete; });
  return m_response;
}

std::size_t Exchange::read(std::span<std::byte> buffer) {
  if (buffer.empty()) return 0;
  if (m_overflow_used == m_overflow.size()) {
    m_overflow.clear();
    m_overflow_used = 0;
    m_target = buffer;
    m_target_used = 0;
    if (std::exchange(m_paused, false)) curl_easy_pause(m_handle->easy, CURLPAUSE_CONT);
    drive([this] { return m_target_used > 0; });
    m_target = {};
    return m_target_used;
  }
  const std::size_t size = std::min(buffer.size(), m_overflow.size() - m_overflow_used);
  std::memcpy(buffer.data(), m_overflow.data() + m_overflow_used, size);
  m_overflow_used += size;
  return size;
}

template <class Done>
void Exchange::drive(Done done) {
  while (!done() && !m_result) {
    check_stop();
    perform();
    if (done() || m_result) break;
    wait();
  }
  // What arrived before a failure is still of use; the failure shows at the next call.
  if (!m_result || done()) return;
  if (m_failure) throw_failure();
  if (*m_result != CURLE_OK) throw_curl(*m_result);
}

void Exchange::perform() {
  int running = 0;
  const CURLMcode code = curl_multi_perform(m_handle->multi, &running);
  if (code != CURLM_OK) throw Error(ErrorCode::internal, name() + ": " + curl_multi_strerror(code));
  finish_if_done();
}

void Exchange::finish_if_done() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(m_handle->multi, &left)) {
    if (message->msg == CURLMSG_DONE) m_result = message->data.result;
  }
}

/// Throws cancelled when a stop was requested, and the time for a proper end is over.
void Exchange::check_stop() {
  if (!m_context.stop.stop_requested()) return;
  const Clock::time_point now = Clock::now();
  if (!m_stopped) m_stopped = now;
  if (now - *m_stopped >= m_grace) m_context.check();
}

void Exchange::wait() {
  check_limits();
  const Clock::time_point start = Clock::now();
  const CURLMcode code = curl_multi_poll(m_handle->multi, nullptr, 0,
                                         static_cast<int>(longest_wait().count()), nullptr);
  if (code != CURLM_OK) throw Error(ErrorCode::internal, name() + ": " + curl_multi_strerror(code));
  m_silence += Clock::now() - start;
}

Milliseconds Exchange::longest_wait() const {
  Milliseconds result = std::min(k_longest_wait, m_stall);
  if (m_total.count() > 0) result = std::min(result, m_total);
  if (m_stopped) result = std::min(result, k_stopping_wait);
  return std::max(result, Milliseconds(1));
}

void Exchange::check_limits() {
  const Clock::time_point now = Clock::now();
  // While it connects, curl's own limit holds; it is shorter.
  if (m_silence > m_stall) {
    throw TransportError(name() + ": silent for " + std::to_string(m_stall.count()) + " ms (" +
                         std::to_string(m_moved) + " bytes)");
  }
  if (m_total.count() > 0 && now - m_start > m_total) {
    throw TransportError(name() + ": not done after " + std::to_string(m_total.count()) + " ms");
  }
}

void Exchange::moved(std::size_t bytes) {
  m_moved += bytes;
  if (m_moved < k_sign_of_life) return;
  m_moved = 0;
  m_silence = Clock::duration(0);
}

void Exchange::throw_failure() {
  std::rethrow_exception(m_failure);
}

void Exchange::throw_curl(CURLcode code) {
  m_context.check();
  std::string_view text = m_error[0] != '\0' ? m_error : curl_easy_strerror(code);
  text = text.substr(0, text.find_last_not_of(" \r\n") + 1);
  const std::string message = name() + ": " + quote_text(text);
  if (const auto permanent = permanent_code(code)) throw Error(*permanent, message);
  throw TransportError(message);
}

std::string Exchange::name() const {
  return m_method + " " + redact_url(m_response.url);
}

std::size_t Exchange::on_header(std::string_view line) {
  moved(line.size());
  if (m_head_complete) return line.size();  // a trailer
  m_header_bytes += line.size();
  if (m_header_bytes > k_max_header_bytes) {
    throw Error(ErrorCode::invalid_input, name() + ": the response has more than " +
                                              std::to_string(k_max_header_bytes) +
                                              " bytes of headers");
  }
  std::string_view text = line;
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  if (text.starts_with("HTTP/")) {
    m_response.headers = {};
    const std::string_view status =
        text.substr(std::min(text.find(' '), text.size() - 1) + 1).substr(0, 3);
    m_response.status = 0;
    std::from_chars(status.data(), status.data() + status.size(), m_response.status);
  } else if (text.empty()) {
    m_head_complete = m_response.status >= 200;
  } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    m_response.headers.add(std::string(text.substr(0, colon)),
                           std::string(trim(text.substr(colon + 1))));
  }
  return line.size();
}

std::size_t Exchange::on_body(base::Bytes bytes) {
  if (m_overflow.size() >= k_max_overflow) {
    m_paused = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  moved(bytes.size());
  const std::size_t direct = std::min(bytes.size(), m_target.size() - m_target_used);
  if (direct > 0) std::memcpy(m_target.data() + m_target_used, bytes.data(), direct);
  m_target_used += direct;
  m_overflow.insert(m_overflow.end(), bytes.begin() + static_cast<std::ptrdiff_t>(direct),
                    bytes.end());
  return bytes.size();
}

std::size_t Exchange::on_send(std::span<std::byte> buffer) {
  if (!m_source) m_source = m_stream->open();
  std::span<std::byte> wanted = buffer;
  if (m_stream->size) {
    wanted = buffer.first(
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), *m_stream->size - m_sent)));
  }
  const std::size_t size = m_source->read(wanted);
  m_sent += size;
  if (size == 0 && m_stream->size && m_sent < *m_stream->size) {
    throw Error(ErrorCode::integrity, name() + ": the source ended after " +
                                          std::to_string(m_sent) + " of " +
                                          std::to_string(*m_stream->size) + " bytes");
  }
  if (m_stream->size && m_sent == *m_stream->size) check_source_end();
  moved(size);
  return size;
}

/// Before the last bytes leave: a source that is longer than promised would be cut without a word.
void Exchange::check_source_end() {
  std::byte extra[1];
  if (m_source->read(extra) == 0) return;
  throw Error(ErrorCode::integrity, name() + ": the source has more than the " +
                                        std::to_string(*m_stream->size) + " bytes promised");
}

/// curl wants to send again by itself when a kept connection turns out to be dead. Once a part has
/// left, that part may have arrived, and in an upload session it would then be there twice: whoever
/// retries must know.
int Exchange::on_rewind() {
  if (m_sent > 0) return CURL_SEEKFUNC_FAIL;
  m_source.reset();
  m_sent = 0;
  return CURL_SEEKFUNC_OK;
}

std::size_t Exchange::header_callback(char* data, std::size_t size, std::size_t count, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  try {
    return exchange.on_header({data, size * count});
  } catch (...) {
    exchange.m_failure = std::current_exception();
    return 0;
  }
}

std::size_t Exchange::write_callback(char* data, std::size_t size, std::size_t count, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  try {
    return exchange.on_body(base::as_bytes({data, size * count}));
  } catch (...) {
    exchange.m_failure = std::current_exception();
    return 0;
  }
}

std::size_t Exchange::read_callback(char* data, std::size_t size, std::size_t count, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  try {
    return exchange.on_send(std::as_writable_bytes(std::span(data, size * count)));
  } catch (...) {
    exchange.m_failure = std::current_exception();
    return CURL_READFUNC_ABORT;
  }
}

CURLcode Exchange::tls_callback(CURL*, void* context, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  try {
    add_authorities(context, exchange.m_ca_file);
    return CURLE_OK;
  } catch (...) {
    exchange.m_failure = std::current_exception();
    return CURLE_SSL_CACERT_BADFILE;
  }
}

int Exchange::seek_callback(void* self, curl_off_t offset, int origin) {
  if (offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  return static_cast<Exchange*>(self)->on_rewind();
}

}  // namespace pinnace::http
