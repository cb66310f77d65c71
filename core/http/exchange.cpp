#include "http/exchange.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <cstring>

#include "base/error.hpp"
#include "web/redact.hpp"

namespace pinnace::http {

using base::Error;
using base::ErrorCode;

namespace {

constexpr Milliseconds k_longest_wait{1000};
constexpr Milliseconds k_stopping_wait{20};

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

const Response& Exchange::head() {
  drive([this] { return m_head_complete; });
  const char* address = nullptr;
  curl_easy_getinfo(m_handle->easy, CURLINFO_PRIMARY_IP, &address);
  if (m_is_direct && address != nullptr) m_response.address = address;
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
  begin_waiting();
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
  count_silence();
  check_limits();
  const CURLMcode code = curl_multi_poll(m_handle->multi, nullptr, 0,
                                         static_cast<int>(longest_wait().count()), nullptr);
  if (code != CURLM_OK) throw Error(ErrorCode::internal, name() + ": " + curl_multi_strerror(code));
  count_silence();
}

/// What the caller did meanwhile is no silence of the peer.
void Exchange::begin_waiting() noexcept {
  m_counted = Clock::now();
}

/// What was received counts as waited for, too, unless it was payload: a peer that sends all the
/// time can be as silent as one that sends nothing.
void Exchange::count_silence() noexcept {
  const Clock::time_point now = Clock::now();
  m_silence += now - m_counted;
  m_counted = now;
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
  if (m_moved < m_sign_of_life) return;
  m_moved = 0;
  m_silence = Clock::duration(0);
  begin_waiting();
}

void Exchange::throw_failure() {
  std::rethrow_exception(m_failure);
}

void Exchange::throw_curl(CURLcode code) {
  m_context.check();
  std::string_view text = m_error[0] != '\0' ? m_error : curl_easy_strerror(code);
  text = text.substr(0, text.find_last_not_of(" \r\n") + 1);
  const std::string message = name() + ": " + web::quote_text(text);
  if (code == CURLE_SSL_CONNECT_ERROR && text.find("wrong version number") != text.npos) {
    // A verdict: the next attempt would hear the same.
    throw Error(ErrorCode::unavailable,
                message + "; the answer is no TLS, perhaps plain http" + m_plain_hint);
  }
  // That is what this curl says of a line that outgrows its buffer.
  if (code == CURLE_OUT_OF_MEMORY) {
    throw Error(ErrorCode::invalid_input, name() + ": the response has a line that is too long");
  }
  if (const auto permanent = permanent_code(code)) throw Error(*permanent, message);
  throw TransportError(message);
}

std::string Exchange::name() const {
  return m_method + " " + web::redact_url(m_response.url);
}

}  // namespace pinnace::http
