#include "registry/blob_download.hpp"

#include <algorithm>
#include <vector>

#include "api/content_length.hpp"
#include "base/error.hpp"
#include "web/redact.hpp"

namespace pinnace::registry {

using base::Error;
using base::ErrorCode;

BlobDownload::BlobDownload(std::vector<BlobPlace> places, const base::Context& context,
                           const hash::Digest& blob)
    : m_places(std::move(places)), m_context(context), m_path("/blobs/" + blob.str()) {
  go_to_place();
  read({});
}

void BlobDownload::go_to_place() {
  const BlobPlace& place = m_places.front();
  m_url = place.client->url("/v2/" + place.repository + m_path);
  m_retry.emplace(m_context, place.client->retry_settings(), "GET " + web::redact_url(m_url));
}

std::size_t BlobDownload::read(std::span<std::byte> buffer) {
  while (true) {
    try {
      return read_once(buffer);
    } catch (const http::TransportError& error) {
      m_body.reset();
      if (m_offset > m_failed_at) m_retry->progressed();
      m_failed_at = m_offset;
      if (!m_retry->again(error)) leave_place(m_retry->exhausted(error));
    } catch (const Error& error) {
      leave_place(error);
    }
  }
}

void BlobDownload::leave_place(const Error& reason) {
  m_context.check();
  if (m_places.size() == 1) throw reason;
  m_places.erase(m_places.begin());
  m_body.reset();
  const std::string text =
      std::string(reason.what()) + "; asking " + m_places.front().client->endpoint().domain;
  if (reason.code() == ErrorCode::not_found) {
    m_context.log(text);
  } else {
    m_context.warn(text);
  }
  go_to_place();
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
  const BlobPlace& place = m_places.front();
  http::Request request;
  request.url = m_url;
  if (m_offset > 0) request.headers.set("Range", "bytes=" + std::to_string(m_offset) + "-");
  http::OpenResponse opened =
      place.client->attempt_open(m_context, request, api::Scopes::pull(place.repository));
  const http::Response& response = opened.response;
  if (http::is_retryable(response.status)) {
    throw http::TransportError(api::make_error("GET", response).message(), response.headers);
  }
  if (response.status == 206) {
    const std::string expected = "bytes " + std::to_string(m_offset) + "-";
    if (!response.headers.get("Content-Range").starts_with(expected)) {
      throw Error(ErrorCode::integrity, "GET " + web::redact_url(response.url) +
                                            ": expected Content-Range " + expected + "..., got " +
                                            web::quote_text(response.headers.get("Content-Range")));
    }
    m_body = std::move(opened.body);
    return;
  }
  // The connection broke behind the last byte: whether that was all, the digest tells.
  if (response.status == 416 && m_offset > 0) {
    m_body = std::make_unique<base::MemorySource>(base::Bytes{});
    return;
  }
  if (response.status != 200) throw api::make_error("GET", response);
  m_told_size = api::content_length(response);
  m_body = std::move(opened.body);
  skip(m_offset);
}

void BlobDownload::skip(std::uint64_t count) {
  std::vector<std::byte> buffer(count > 0 ? 128 * 1024 : 0);
  while (count > 0) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(count, buffer.size()));
    const std::size_t size = m_body->read(std::span(buffer).first(wanted));
    if (size == 0)
      throw Error(ErrorCode::integrity, "GET " + web::redact_url(m_url) + ": it became shorter");
    count -= size;
  }
}

}  // namespace pinnace::registry
