#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "files/file.hpp"
#include "web/headers.hpp"

namespace pinnace::test_support {

struct HttpRequest {
  std::string method;
  std::string target;                        ///< as it came, with the query
  std::string path;                          ///< decoded
  std::map<std::string, std::string> query;  ///< decoded
  web::Headers headers;
  std::string body;
};

/// How a connection ends that does not end well.
enum class Ending {
  fine,
  cut,    ///< closed
  reset,  ///< closed with RST
  stall,  ///< nothing more, until the client leaves or the server stops
};

struct HttpResponse {
  int status = 200;
  web::Headers headers;
  std::string body;
  std::optional<std::uint64_t> content_length;  ///< instead of the true one
  std::size_t send = std::string::npos;         ///< bytes of the body to send before `ending`
  Ending ending = Ending::fine;
  bool silent = false;       ///< not even a status line before `ending`
  std::string raw = {};      ///< sent instead of all the above, if it is not empty
  std::string endless = {};  ///< sent behind `raw`, again and again until the client leaves
};

/// A request body that is not read to its end.
struct BodyFault {
  std::size_t read = 0;  ///< bytes to read
  Ending ending = Ending::cut;
};

/// A certificate for localhost and 127.0.0.1, made when asked for, signed by itself.
struct Certificate {
  std::string key_pem;
  std::string certificate_pem;
};
Certificate make_certificate();

/// A small HTTP/1.1 server on a free loopback port; one thread a connection, keep-alive, chunked
/// bodies.
class HttpServer {
 public:
  using Handler = std::function<HttpResponse(const HttpRequest&)>;
  struct Hooks {
    Handler handle;  ///< called from several threads
    /// Asked when the headers are there; nullopt: read the body.
    std::function<std::optional<BodyFault>(const HttpRequest&)> before_body;
    /// Gets a request with the part of its body that was read.
    std::function<void(const HttpRequest&)> partial;
  };

  explicit HttpServer(Handler handler) : HttpServer(Hooks{std::move(handler), {}, {}}) {}
  explicit HttpServer(Hooks hooks, const Certificate* tls = nullptr);
  ~HttpServer();

  int port() const noexcept { return m_port; }
  /// "127.0.0.1:<port>".
  std::string host() const { return "127.0.0.1:" + std::to_string(m_port); }
  std::string url(std::string_view path = "") const;
  unsigned connections() const noexcept { return m_connections; }

 private:
  class Connection;
  void accept_all();

  Hooks m_hooks;
  std::shared_ptr<void> m_tls;
  files::UniqueFd m_listener;
  int m_port = 0;
  std::atomic<bool> m_stopping = false;
  std::atomic<unsigned> m_connections = 0;
  std::mutex m_mutex;
  std::list<std::unique_ptr<Connection>> m_open;
  std::thread m_acceptor;
};

/// "a%20b" -> "a b".
std::string percent_decode(std::string_view text);
/// "a=1&b=2", decoded.
std::map<std::string, std::string> parse_query(std::string_view query);

}  // namespace pinnace::test_support
