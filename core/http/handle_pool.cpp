#include "http/handle_pool.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "http/curl_memory.hpp"

namespace pinnace::http {

namespace {
/// curl's global state is set up once a process, and only when the first request is made: loading
/// the certificates of TLS costs milliseconds. It is never torn down; other users of curl in this
/// process may have started it, too (curl counts).
void initialise_curl() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (start_curl() != CURLE_OK) {
      throw base::Error(base::ErrorCode::internal, "libcurl could not be initialised");
    }
  });
}
}  // namespace

Handle::Handle() : multi(nullptr), easy(nullptr) {
  initialise_curl();
  multi = curl_multi_init();
  easy = curl_easy_init();
  if (multi == nullptr || easy == nullptr) {
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
    throw base::Error(base::ErrorCode::internal,
                      "libcurl gave no handle: out of memory or descriptors");
  }
}

Handle::~Handle() {
  curl_easy_cleanup(easy);
  curl_multi_cleanup(multi);
}

std::unique_ptr<Handle> HandlePool::borrow(const web::Origin& origin) {
  {
    const std::lock_guard lock(m_mutex);
    const auto found = std::find_if(m_idle.rbegin(), m_idle.rend(),
                                    [&](const auto& handle) { return handle->last == origin; });
    if (found != m_idle.rend()) {
      std::unique_ptr<Handle> handle = std::move(*found);
      m_idle.erase(std::next(found).base());
      return handle;
    }
  }
  auto handle = std::make_unique<Handle>();
  handle->last = origin;
  return handle;
}

void HandlePool::give_back(std::unique_ptr<Handle> handle) {
  curl_easy_reset(handle->easy);
  std::unique_ptr<Handle> oldest;
  const std::lock_guard lock(m_mutex);
  if (m_idle.size() >= k_max_idle) {
    oldest = std::move(m_idle.front());
    m_idle.erase(m_idle.begin());
  }
  m_idle.push_back(std::move(handle));
}

}  // namespace pinnace::http
