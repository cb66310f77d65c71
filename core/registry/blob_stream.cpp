#include "registry/blob_stream.hpp"

#include "api/content_length.hpp"
#include "base/error.hpp"
#include "base/thread.hpp"

namespace pinnace::registry {

using base::Error;
using base::ErrorCode;

namespace {
constexpr std::size_t k_early = 1 * 1024 * 1024;
constexpr std::size_t k_pending = 2 * 1024 * 1024;
/// More than two kernels usually keep of a connection that breaks: up to 4 MiB to send and 3 MiB
/// received.
constexpr std::size_t k_replay = 8 * 1024 * 1024;
}  // namespace

BlobStream::BlobStream(const base::Context& context, std::shared_ptr<api::Client> client,
                       std::string repository)
    : m_context(context),
      m_repository(std::move(client), std::move(repository)),
      m_session(*m_repository.client(), m_repository.name(), http::Milliseconds(0)) {}

BlobStream::~BlobStream() {
  if (!m_thread.joinable()) return;
  m_on_stop.reset();
  abandon();
  wait_for_thread();
  m_session.cancel(m_context);
}

void BlobStream::write(base::Bytes bytes) {
  m_written += bytes.size();
  if (!m_buffer && m_early.size() + bytes.size() <= k_early) {
    m_early.insert(m_early.end(), bytes.begin(), bytes.end());
    return;
  }
  if (!m_buffer) start();
  m_buffer->write(bytes);
}

void BlobStream::start() {
  m_context.check();
  m_buffer = std::make_unique<ReplayBuffer>(k_pending, k_replay);
  m_buffer->write(m_early);
  std::vector<std::byte>().swap(m_early);
  m_thread = base::start_thread([this](std::stop_token stop) {
    std::exception_ptr error;
    try {
      base::Context context = m_context;
      context.stop = std::move(stop);
      transmit(context);
    } catch (...) {
      error = std::current_exception();
      m_buffer->fail(error);
    }
    const std::lock_guard lock(m_mutex);
    m_error = error;
    m_done = true;
    m_changed.notify_all();
  });
  m_on_stop.emplace(m_context.stop, [this] { abandon(); });
}

void BlobStream::transmit(const base::Context& context) {
  for (http::Retry retry(context, m_repository.client()->retry_settings(),
                         "upload of a layer to " + m_repository.where());
       ;) {
    try {
      return send_rest(context, retry);
    } catch (const http::TransportError& error) {
      m_broken = true;
      if (m_buffer->abandoned() || !retry.again(error)) throw retry.exhausted(error);
    }
  }
}

void BlobStream::send_rest(const base::Context& context, http::Retry& retry) {
  if (m_broken) restore_position(context, retry);
  if (!m_session.started()) m_session.start(context, nullptr);
  m_broken = false;
  const std::uint64_t first = m_buffer->position();
  const auto open = [this, first]() -> std::unique_ptr<base::Source> {
    m_buffer->rewind(first);
    return std::make_unique<ReplaySource>(*m_buffer);
  };
  m_session.append(context, {open, std::nullopt}, first);
}

void BlobStream::restore_position(const base::Context& context, http::Retry& retry) {
  const std::optional<std::uint64_t> offset =
      m_session.started() ? m_session.offset(context) : std::nullopt;
  if (!offset) m_session.cancel(context);
  m_buffer->rewind(offset.value_or(0));
  if (offset.value_or(0) > m_resumed_at) retry.progressed();
  m_resumed_at = offset.value_or(0);
  context.log("upload of a layer to " + m_repository.where() + " goes on at byte " +
              std::to_string(m_resumed_at));
}

/// From the first call on, the PATCH has a moment for its proper end.
void BlobStream::abandon() {
  {
    const std::lock_guard lock(m_mutex);
    if (!m_abandoned) m_abandoned = std::chrono::steady_clock::now();
  }
  m_buffer->abandon();
}

/// Waits for the thread as long as the job may run, and for the moment of a proper end.
void BlobStream::wait_for_thread() {
  {
    std::unique_lock lock(m_mutex);
    const auto done = [this] { return m_done; };
    if (!m_abandoned) m_changed.wait(lock, m_context.stop, done);
    const auto since = m_abandoned.value_or(std::chrono::steady_clock::now());
    m_changed.wait_until(lock, since + k_upload_grace, done);
  }
  m_thread.request_stop();
  m_thread.join();
}

void BlobStream::commit(const hash::Digest& digest, std::uint64_t size) {
  if (size != m_written) {
    throw Error(ErrorCode::integrity, "blob " + digest.str() + " for " + m_repository.where() +
                                          ": " + std::to_string(m_written) +
                                          " bytes were written, expected " + std::to_string(size));
  }
  if (!m_buffer) {
    const oci::Descriptor blob{"application/octet-stream", digest, size, {}, {}, {},
                               nlohmann::json::object()};
    const auto open = [this] { return std::make_unique<base::MemorySource>(m_early); };
    const auto outcome = m_repository.put_blob(m_context, blob, open);
    // Nobody can make its bytes again later: a registry that only says that it has it is found now.
    if (outcome == store::PutOutcome::existed && !m_repository.has_blob(m_context, blob))
      m_repository.repair_blob(m_context, blob, open);
    return;
  }
  m_buffer->close();
  wait_for_thread();
  m_on_stop.reset();
  try {
    m_context.check();
    if (m_error) std::rethrow_exception(m_error);
    finish(digest);
  } catch (...) {
    m_session.cancel(m_context);
    throw;
  }
}

void BlobStream::finish(const hash::Digest& digest) {
  bool again = false;
  for (http::Retry retry(m_context, m_repository.client()->retry_settings(),
                         "end of the upload of " + digest.str() + " to " + m_repository.where());
       ;) {
    try {
      if (try_finish(digest, again)) return;
      throw store::LostUpload("the registry lost the upload of " + digest.str() + " to " +
                              m_repository.where() + " at its very end; start again");
    } catch (const http::TransportError& error) {
      again = true;
      if (!retry.again(error)) throw retry.exhausted(error);
    }
  }
}

/// After a failure the registry may have ended the upload without our hearing of it.
bool BlobStream::try_finish(const hash::Digest& digest, bool again) {
  if (again) {
    http::Request head;
    head.method = "HEAD";
    head.url = m_repository.client()->url("/v2/" + m_repository.name() + "/blobs/" + digest.str());
    const http::Response told =
        m_repository.client()->attempt(m_context, head, api::Scopes::pull(m_repository.name()));
    if (told.ok() && api::content_length(told).value_or(m_written) == m_written) {
      m_session.reset();
      return true;
    }
  }
  if (!m_session.started()) return false;
  m_session.finish(m_context, digest, {});
  return true;
}

}  // namespace pinnace::registry
