#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "http/client.hpp"
#include "http/handle_pool.hpp"

namespace pinnace::http {

/// One request and its response on a borrowed handle, without redirects, driven by the calling
/// thread. Ends with the object: the handle goes back with its connection if the response was read
/// to its end, and the connection is closed if not.
class Exchange {
 public:
  /// `request` (with its body) must outlive the exchange until head() has returned and the body is
  /// sent.
  Exchange(std::shared_ptr<HandlePool> pool, const base::Context& context, const Options& options,
           const Request& request, const std::string& url, const web::Headers& headers);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// Sends, and returns when status and headers of the final response are there.
  const Response& head();
  /// From now on the peer is as good as silent until this many bytes of payload have come at a
  /// time.
  void expect(std::size_t sign_of_life) noexcept { m_sign_of_life = sign_of_life; }
  /// The next bytes of the response's body; 0 at its end.
  std::size_t read(std::span<std::byte> buffer);

 private:
  struct FreeList {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
  };
  using Clock = std::chrono::steady_clock;

  void configure(const Options& options, const Request& request, const web::Headers& headers);
  void configure_tls(const Options& options);
  void check_loopback(const Options& options, const web::Origin& origin);
  [[noreturn]] void refuse_loopback() const;
  void check_address(const sockaddr& address) const;
  void configure_method(const Request& request);
  void configure_text(const std::string& text);
  void configure_stream(const StreamBody& body);
  template <class Value>
  void set(CURLoption option, Value value);

  template <class Done>
  void drive(Done done);
  void perform();
  void leave_resolver() noexcept;
  void wait();
  void check_stop();
  void check_limits();
  void begin_waiting() noexcept;
  void count_silence() noexcept;
  void moved(std::size_t bytes);
  void count_header(std::size_t bytes);
  Milliseconds longest_wait() const;
  void finish_if_done();
  [[noreturn]] void throw_failure();
  [[noreturn]] void throw_curl(CURLcode code);
  std::string name() const;

  std::size_t on_header(std::string_view line);
  std::size_t on_body(base::Bytes bytes);
  std::size_t on_send(std::span<std::byte> buffer);
  void check_source_end();
  int on_rewind();

  static std::size_t header_callback(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t write_callback(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t read_callback(char* data, std::size_t size, std::size_t count, void* self);
  static curl_socket_t socket_callback(void* self, curlsocktype purpose, curl_sockaddr* address);
  static CURLcode tls_callback(CURL* handle, void* context, void* self);
  static int seek_callback(void* self, curl_off_t offset, int origin);

  std::shared_ptr<HandlePool> m_pool;
  base::Context m_context;
  Milliseconds m_stall;
  Milliseconds m_total;
  Milliseconds m_grace;
  std::string m_plain_hint;
  std::string m_method;
  std::unique_ptr<Handle> m_handle;
  std::unique_ptr<curl_slist, FreeList> m_headers;
  std::vector<std::filesystem::path> m_authorities;
  std::string m_why_no_loopback;  ///< empty: it may be there
  bool m_refuses_link_services = false;
  bool m_is_direct = true;  ///< no proxy is between
  char m_error[CURL_ERROR_SIZE] = {};
  const StreamBody* m_stream = nullptr;
  std::unique_ptr<base::Source> m_source;
  std::uint64_t m_sent = 0;
  Response m_response;
  std::size_t m_header_bytes = 0;
  bool m_head_complete = false;
  std::optional<CURLcode> m_result;
  std::exception_ptr m_failure;   ///< of the caller's source, or of a limit
  std::span<std::byte> m_target;  ///< where on_body() may put bytes, of the read() under way
  std::size_t m_target_used = 0;
  std::vector<std::byte> m_overflow;  ///< bytes that did not fit there
  std::size_t m_overflow_used = 0;
  bool m_paused = false;
  Clock::time_point m_start = Clock::now();
  std::size_t m_sign_of_life;                  ///< payload that ends a silence, in bytes
  Clock::duration m_silence{0};                ///< time that we waited since the last one
  Clock::time_point m_counted = Clock::now();  ///< until when m_silence is counted
  std::size_t m_moved = 0;                     ///< bytes of payload since then
  std::optional<Clock::time_point> m_stopped;  ///< when a stop request was noticed
  std::optional<std::stop_callback<std::function<void()>>> m_wake;
};

}  // namespace pinnace::http
