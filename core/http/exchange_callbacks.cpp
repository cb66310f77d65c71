#include "http/exchange.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/error.hpp"
#include "http/trust.hpp"
#include "web/host.hpp"
#include "web/link_service.hpp"
#include "web/redact.hpp"

namespace pinnace::http {

using base::Error;
using base::ErrorCode;

namespace {

constexpr std::size_t k_max_header_bytes = 256 * 1024;
/// The transfer pauses when this much waits for the reader.
constexpr std::size_t k_max_overflow = 512 * 1024;

}  // namespace

/// Those of interim responses and trailers are of the same budget: curl keeps them all.
void Exchange::count_header(std::size_t bytes) {
  m_header_bytes += bytes;
  if (m_header_bytes <= k_max_header_bytes) return;
  throw Error(ErrorCode::invalid_input, name() + ": the response has more than " +
                                            std::to_string(k_max_header_bytes) +
                                            " bytes of headers and trailers");
}

std::size_t Exchange::on_header(std::string_view line) {
  count_header(line.size());
  if (m_head_complete) return line.size();  // a trailer
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
                           std::string(web::trim(text.substr(colon + 1))));
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
  // As for the source: the time that it takes is not the peer's.
  count_silence();
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
  begin_waiting();
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

/// The names are resolved, and proxies chosen: what is seen here is what is connected to. A proxy
/// may be on this machine.
void Exchange::check_address(const sockaddr& address) const {
  if (m_refuses_link_services && web::is_link_service(address))
    throw Error(ErrorCode::denied, name() +
                                       ": leads to a link-local address, where the metadata "
                                       "services of clouds give away the machine's credentials");
  if (m_is_direct && !m_why_no_loopback.empty() && web::is_loopback(address)) refuse_loopback();
}

curl_socket_t Exchange::socket_callback(void* self, curlsocktype, curl_sockaddr* address) {
  auto& exchange = *static_cast<Exchange*>(self);
  try {
    exchange.check_address(address->addr);
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  } catch (...) {
    exchange.m_failure = std::current_exception();
  }
  return CURL_SOCKET_BAD;
}

CURLcode Exchange::tls_callback(CURL*, void* context, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  try {
    for (const auto& file : exchange.m_authorities) add_authorities(context, file);
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
