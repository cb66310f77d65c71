#include "registry/blob_upload.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "web/redact.hpp"

namespace pinnace::registry {

using base::Error;
using base::ErrorCode;

namespace {

/// Up to this size a blob is held in memory, and saves a request.
constexpr std::size_t k_in_one_piece = 1024 * 1024;
/// distribution v3, killed while it writes, can't end that upload any more, and answers 500 for
/// ever.
constexpr unsigned k_patience = 2;

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

/// Ends when its inner source fails or `stop` is requested, and remembers why.
class EndingSource final : public base::Source {
 public:
  EndingSource(std::unique_ptr<base::Source> inner, std::uint64_t size,
               const base::Context& context, std::exception_ptr& failure)
      : m_inner(std::move(inner)), m_left(size), m_context(context), m_failure(failure) {}

  std::size_t read(std::span<std::byte> buffer) override {
    try {
      m_context.check();
      const std::size_t size = m_inner->read(buffer);
      if (size > m_left || (size == 0 && m_left > 0)) {
        throw Error(ErrorCode::integrity, size == 0 ? "the source is shorter than promised"
                                                    : "the source is longer than promised");
      }
      m_left -= size;
      return size;
    } catch (...) {
      m_failure = std::current_exception();
      return 0;
    }
  }

 private:
  std::unique_ptr<base::Source> m_inner;
  std::uint64_t m_left;
  const base::Context& m_context;
  std::exception_ptr& m_failure;
};

}  // namespace

BlobUpload::BlobUpload(api::Client& client, const std::string& repository,
                       const oci::Descriptor& blob, const base::OpenSource& open,
                       UploadSession session)
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
    m_in_vain = 0;
    if (m_session.start(context, m_may_mount ? &m_blob.digest : nullptr)) return false;
  }
  m_broken = false;
  if (m_offset == 0 && m_blob.size <= k_in_one_piece) {
    send_whole(context);
    return true;
  }
  if (m_offset < m_blob.size) send_rest(context);
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
  const bool stuck = offset && *offset == m_offset && m_offset > 0;
  m_in_vain = stuck ? m_in_vain + 1 : 0;
  if (!offset || *offset > m_blob.size || m_in_vain > k_patience) {
    m_session.cancel(context);
    return;
  }
  if (*offset > m_furthest) retry.progressed();
  m_offset = *offset;
  m_furthest = std::max(m_furthest, m_offset);
  if (m_offset > 0) {
    context.log(m_what + " goes on at byte " + std::to_string(m_offset) + " of " +
                std::to_string(m_blob.size));
  }
}

/// Read before it is sent: a source that fails does not break the request.
void BlobUpload::send_whole(const base::Context& context) {
  const std::unique_ptr<base::Source> source = m_open();
  m_session.finish(context, m_blob.digest,
                   base::read_all(*source, k_in_one_piece, "blob " + m_blob.digest.str()));
}

void BlobUpload::send_rest(const base::Context& context) {
  std::exception_ptr failure;
  const auto open = [&]() -> std::unique_ptr<base::Source> {
    return std::make_unique<EndingSource>(open_at(m_open, m_offset), m_blob.size - m_offset,
                                          context, failure);
  };
  try {
    m_session.append(context, {open, std::nullopt}, m_offset);
  } catch (...) {
    if (failure) std::rethrow_exception(failure);
    throw;
  }
  if (failure) std::rethrow_exception(failure);
  m_offset = m_blob.size;
}

}  // namespace pinnace::registry
