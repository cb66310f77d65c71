#include "registry/blob_download.hpp"

#include <algorithm>
#include <vector>

#include "base/error.hpp"
#include "http/redact.hpp"

namespace pinnace::registry {

using base::Error;
using base::ErrorCode;

BlobDownload::BlobDownload(std::shared_ptr<Client> client, const base::Context& context,
                           std::string url, Scopes scopes)
    : m_client(std::move(client)),
      m_context(context),
      m_url(std::move(url)),
      m_scopes(std::move(scopes)),
      m_retry(m_context, m_client->retry_settings(), "GET " + http::redact_url(m_url)) {
  read({});
}

std::size_t BlobDownload::read(std::span<std::byte> buffer) {
  while (true) {
    try {
      return read_once(buffer);
    } catch (const http::TransportError& error) {
      m_body.reset();
      if (m_offset > m_failed_at) m_retry.progressed();
      m_failed_at = m_offset;
      if (!m_retry.again(error)) throw m_retry.exhausted(error);
    }
  }
}

std::size_t BlobDownload::read_once(std::span<std::byte> buffer) {
  if (m_ended) return 0;
  if (!m_body) open();
  if (buffer.empty()) return 0;
  const std::size_t size = m_body->read(buffer);
  m_offset += size;
  if (size == 0) {
    m_ended = true;
    m_body.reset();
  }
  return size;
}

void BlobDownload::open() {
  http::Request request;
  request.url = m_url;
  if (m_offset > 0) request.headers.set("Range", "bytes=" + std::to_string(m_offset) + "-");
  http::OpenResponse opened = m_client->attempt_open(m_context, request, m_scopes);
  const http::Response& response = opened.response;
  if (http::is_retryable(response.status)) {
    throw http::TransportError(make_error("GET", response).message(), response.headers);
  }
  if (response.status == 206) {
    const std::string expected = "bytes " + std::to_string(m_offset) + "-";
    if (!response.headers.get("Content-Range").starts_with(expected)) {
      throw Error(ErrorCode::integrity,
                  "GET " + http::redact_url(response.url) + ": expected Content-Range " + expected +
                      "..., got " + http::quote_text(response.headers.get("Content-Range")));
    }
    m_body = std::move(opened.body);
    return;
  }
  if (response.status != 200) throw make_error("GET", response);
  m_body = std::move(opened.body);
  skip(m_offset);
}

void BlobDownload::skip(std::uint64_t count) {
  std::vector<std::byte> buffer(count > 0 ? 128 * 1024 : 0);
  while (count > 0) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(count, buffer.size()));
    const std::size_t size = m_body->read(std::span(buffer).first(wanted));
    if (size == 0)
      throw Error(ErrorCode::integrity, "GET " + http::redact_url(m_url) + ": it became shorter");
    count -= size;
  }
}

}  // namespace pinnace::registry
