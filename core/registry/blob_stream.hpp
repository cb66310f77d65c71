#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "registry/replay_buffer.hpp"
#include "registry/repository.hpp"
#include "registry/upload_session.hpp"

namespace pinnace::registry {

/// A blob that is uploaded while it is written. Up to 1 MiB waits for commit(), which then knows
/// the digest and may find that the registry has it; a longer one goes out through PATCH in chunked
/// transfer encoding, on a thread of its own. A broken connection is resumed from memory, at least
/// 8 MiB back, where the registry tells how far it got; where it can't, commit() or write() throws
/// LostUpload.
///
/// Dropped without commit(), or cancelled, the PATCH is brought to a proper end first if the
/// registry listens: only then does every registry accept the DELETE of the session.
class BlobStream final : public store::BlobWriter {
 public:
  BlobStream(const base::Context& context, std::shared_ptr<api::Client> client,
             std::string repository);
  ~BlobStream() override;

  void write(base::Bytes bytes) override;
  void commit(const hash::Digest& digest, std::uint64_t size) override;

 private:
  void start();
  void transmit(const base::Context& context);
  void send_rest(const base::Context& context, http::Retry& retry);
  void restore_position(const base::Context& context, http::Retry& retry);
  void abandon();
  void wait_for_thread();
  void finish(const hash::Digest& digest);
  bool try_finish(const hash::Digest& digest, bool again);

  base::Context m_context;
  Repository m_repository;
  std::vector<std::byte> m_early;
  std::uint64_t m_written = 0;
  std::unique_ptr<ReplayBuffer> m_buffer;
  UploadSession m_session;  ///< the thread's as long as it runs
  bool m_broken = false;
  std::uint64_t m_resumed_at = 0;
  std::mutex m_mutex;
  std::condition_variable_any m_changed;
  bool m_done = false;
  std::optional<std::chrono::steady_clock::time_point> m_abandoned;
  std::exception_ptr m_error;
  std::jthread m_thread;
  std::optional<std::stop_callback<std::function<void()>>> m_on_stop;
};

}  // namespace pinnace::registry
