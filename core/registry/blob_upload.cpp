#include "registry/blob_upload.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "http/redact.hpp"

namespace pinnace::registry {

using base::Error;
using base::ErrorCode;

namespace {

/// Opens a source and drops its first bytes.
std::unique_ptr<base::Source> open_at(const base::OpenSource& open, std::uint64_t offset) {
  std::unique_ptr<base::Source> source = open();
  std::vector<std::byte> buffer(offset > 0 ? 128 * 1024 : 0);
  while (offset > 0) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(offset, buffer.size()));
    const std::size_t size = source->read(std::span(buffer).first(wanted));
    if (size == 0)
      throw Error(ErrorCode::integrity, "the source is shorter than what was sent of it");
    offset -= size;
  }
  return source;
}

}  // namespace

BlobUpload::BlobUpload(Client& client, const std::string& repository, const oci::Descriptor& blob,
                       const base::OpenSource& open, UploadSession session)
    : m_blob(blob),
      m_open(open),
      m_what("upload of " + blob.digest.str() + " to " + client.endpoint().domain + "/" +
             repository),
      m_settings(client.retry_settings()),
      m_session(std::move(session)),
      m_may_mount(m_session.started()) {}

bool BlobUpload::run(const base::Context& context) {
  try {
    for (http::Retry retry(context, m_settings, m_what);;) {
      try {
        return step(context, retry);
      } catch (const http::TransportError& error) {
        m_broken = true;
        if (!retry.again(error)) throw retry.exhausted(error);
      }
    }
  } catch (...) {
    m_session.cancel(context);
    throw;
  }
}

bool BlobUpload::step(const base::Context& context, http::Retry& retry) {
  if (m_broken) locate(context, retry);
  if (!m_session.started()) {
    m_offset = 0;
    if (m_session.start(context, m_may_mount ? &m_blob.digest : nullptr)) return false;
  }
  m_broken = false;
  if (m_offset == 0) {
    m_session.finish(context, m_blob.digest, body());
    return true;
  }
  if (m_offset < m_blob.size) {
    m_session.append(context, body(), m_offset);
    m_offset = m_blob.size;
  }
  try {
    m_session.finish(context, m_blob.digest, {});
  } catch (const Error& error) {
    // The piece that was there may not have been ours: from the beginning, then.
    if (error.code() != ErrorCode::integrity) throw;
    m_session.reset();
    throw http::TransportError(error.message());
  }
  return true;
}

void BlobUpload::locate(const base::Context& context, http::Retry& retry) {
  if (!m_session.started()) return;
  const std::optional<std::uint64_t> offset = m_session.offset(context);
  if (!offset || *offset > m_blob.size) {
    m_session.cancel(context);
    return;
  }
  if (*offset > m_offset) retry.progressed();
  m_offset = *offset;
  if (m_offset > 0) {
    context.log(m_what + " goes on at byte " + std::to_string(m_offset) + " of " +
                std::to_string(m_blob.size));
  }
}

http::StreamBody BlobUpload::body() const {
  return {[&open = m_open, offset = m_offset] { return open_at(open, offset); },
          m_blob.size - m_offset};
}

}  // namespace pinnace::registry
