#pragma once

#include <curl/curl.h>

#include <memory>
#include <mutex>
#include <vector>

#include "web/url.hpp"

namespace pinnace::http {

/// A curl easy handle with a multi handle of its own, which keeps its connections. The multi
/// interface is there for its wake-up: a blocked transfer can be ended from another thread at once.
struct Handle {
  Handle();
  ~Handle();
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  CURLM* multi;
  CURL* easy;
  web::Origin last;  ///< where its newest connection leads
};

/// Handles that are not in use, with the connections that they keep. Thread safe.
class HandlePool {
 public:
  /// One whose last connection leads to `origin` if there is one, else a new one.
  std::unique_ptr<Handle> borrow(const web::Origin& origin);
  void give_back(std::unique_ptr<Handle> handle);

 private:
  static constexpr std::size_t k_max_idle = 16;
  std::mutex m_mutex;
  std::vector<std::unique_ptr<Handle>> m_idle;  ///< the most recently used at the end
};

}  // namespace pinnace::http
