#include "support/http_server.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <stdexcept>
#include <vector>

namespace pinnace::test_support {

namespace {

constexpr std::size_t k_max_head = 64 * 1024;
constexpr char k_tls_handshake = 0x16;

void check(bool good, const char* what) {
  if (!good) throw std::runtime_error(what);
}

std::shared_ptr<SSL_CTX> make_tls(const Certificate& certificate) {
  std::shared_ptr<SSL_CTX> result(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  std::shared_ptr<BIO> key_bio(BIO_new_mem_buf(certificate.key_pem.data(), -1), BIO_free);
  std::shared_ptr<EVP_PKEY> key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr),
                                EVP_PKEY_free);
  std::shared_ptr<BIO> bio(BIO_new_mem_buf(certificate.certificate_pem.data(), -1), BIO_free);
  std::shared_ptr<X509> x509(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free);
  check(SSL_CTX_use_certificate(result.get(), x509.get()) == 1, "certificate");
  check(SSL_CTX_use_PrivateKey(result.get(), key.get()) == 1, "key");
  return result;
}

const char* reason(int status) {
  return status < 300 ? "OK" : status < 400 ? "Moved" : "Error";
}

}  // namespace

/// One client. The socket is shut down from the server's destructor, if it is not closed by then.
class HttpServer::Connection {
 public:
  Connection(HttpServer& server, files::UniqueFd fd)
      : m_server(server), m_fd(std::move(fd)), m_thread([this] { run(); }) {}
  ~Connection() {
    stop();
    if (m_thread.joinable()) m_thread.join();
  }
  void stop() {
    const std::lock_guard lock(m_mutex);
    if (m_fd) shutdown(m_fd.get(), SHUT_RDWR);
  }
  bool done() const { return m_done; }

 private:
  void run() {
    try {
      if (start_tls()) {
        while (!m_server.m_stopping && serve_one()) {
        }
      }
    } catch (const std::exception&) {
      // The client went away; what it saw is the test's affair.
    }
    m_ssl.reset();
    close();
    m_done = true;
  }

  void close() {
    const std::lock_guard lock(m_mutex);
    const linger now{1, 0};
    if (m_reset) setsockopt(m_fd.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    m_fd.reset();
  }

  bool start_tls() {
    if (!m_server.m_tls) return true;
    m_ssl.reset(SSL_new(static_cast<SSL_CTX*>(m_server.m_tls.get())), SSL_free);
    SSL_set_fd(m_ssl.get(), m_fd.get());
    return SSL_accept(m_ssl.get()) == 1;
  }

  bool serve_one() {
    HttpRequest request;
    if (!read_head(request)) return false;
    if (m_server.m_hooks.before_body) {
      if (const auto fault = m_server.m_hooks.before_body(request)) {
        read_body(request, fault->read);
        if (m_server.m_hooks.partial) m_server.m_hooks.partial(request);
        end(fault->ending);
        return false;
      }
    }
    read_body(request, std::string::npos);
    return answer(request, m_server.m_hooks.handle(request));
  }

  bool read_head(HttpRequest& request) {
    std::size_t end = 0;
    while ((end = m_buffer.find("\r\n\r\n")) == std::string::npos) {
      check(m_buffer.size() < k_max_head, "head too large");
      if (!fill()) return false;
      if (m_buffer.front() == k_tls_handshake) {
        send_all("HTTP/1.1 400 Bad Request\r\n\r\n");
        return false;
      }
    }
    const std::string head = m_buffer.substr(0, end + 2);
    m_buffer.erase(0, end + 4);
    std::size_t at = head.find("\r\n");
    const std::string line = head.substr(0, at);
    request.method = line.substr(0, line.find(' '));
    request.target = line.substr(request.method.size() + 1);
    request.target.resize(request.target.find(' '));
    const std::size_t query = request.target.find('?');
    request.path = percent_decode(request.target.substr(0, query));
    if (query != std::string::npos) request.query = parse_query(request.target.substr(query + 1));
    for (at += 2; at < head.size();) {
      const std::size_t next = head.find("\r\n", at);
      const std::string field = head.substr(at, next - at);
      const std::size_t colon = field.find(':');
      request.headers.add(field.substr(0, colon), std::string(web::trim(field.substr(colon + 1))));
      at = next + 2;
    }
    return true;
  }

  /// Reads the whole body, or `limit` bytes of it.
  void read_body(HttpRequest& request, std::size_t limit) {
    if (web::lower_case(request.headers.get("Transfer-Encoding")) == "chunked") {
      while (request.body.size() < limit) {
        const std::size_t size = std::stoul(take_line(), nullptr, 16);
        take(request.body, std::min(size, limit - request.body.size()));
        if (request.body.size() < limit) take_line();
        if (size == 0) return;
      }
      return;
    }
    const std::string_view length = request.headers.get("Content-Length");
    const std::size_t size = length.empty() ? 0 : std::stoul(std::string(length));
    take(request.body, std::min(size, limit));
  }

  std::string take_line() {
    std::size_t end = 0;
    while ((end = m_buffer.find("\r\n")) == std::string::npos) check(fill(), "end in a line");
    std::string line = m_buffer.substr(0, end);
    m_buffer.erase(0, end + 2);
    return line;
  }

  void take(std::string& to, std::size_t size) {
    while (size > 0) {
      if (m_buffer.empty()) check(fill(), "end in a body");
      const std::size_t piece = std::min(size, m_buffer.size());
      to.append(m_buffer, 0, piece);
      m_buffer.erase(0, piece);
      size -= piece;
    }
  }

  [[noreturn]] void flood(std::string_view text) {
    while (true) send_all(text);
  }

  bool answer(const HttpRequest& request, const HttpResponse& response) {
    if (!response.raw.empty()) {
      send_all(response.raw);
      if (!response.endless.empty()) flood(response.endless);
      end(response.ending);
      return false;
    }
    if (!response.silent) {
      std::string head =
          "HTTP/1.1 " + std::to_string(response.status) + " " + reason(response.status) + "\r\n";
      for (const auto& [name, value] : response.headers) head += name + ": " + value + "\r\n";
      const bool bodiless = response.status == 204 || response.status == 304;
      if (!bodiless && !response.headers.find("Content-Length")) {
        head += "Content-Length: " +
                std::to_string(response.content_length.value_or(response.body.size())) + "\r\n";
      }
      std::string_view body = response.body;
      if (request.method == "HEAD" || bodiless) body = {};
      send_all(head + "\r\n" + std::string(body.substr(0, std::min(response.send, body.size()))));
    }
    if (response.ending == Ending::fine) return request.headers.get("Connection") != "close";
    end(response.ending);
    return false;
  }

  void end(Ending ending) {
    if (ending == Ending::reset) m_reset = true;
    if (ending != Ending::stall) return;
    // Waits for the client to leave, or the server to stop; what comes in is not read.
    pollfd waited{m_fd.get(), POLLRDHUP, 0};
    poll(&waited, 1, 60'000);
  }

  bool fill() {
    char buffer[64 * 1024];
    const auto got = m_ssl ? SSL_read(m_ssl.get(), buffer, sizeof buffer)
                           : recv(m_fd.get(), buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    m_buffer.append(buffer, static_cast<std::size_t>(got));
    return true;
  }

  void send_all(std::string_view text) {
    while (!text.empty()) {
      const auto sent =
          m_ssl ? SSL_write(m_ssl.get(), text.data(),
                            static_cast<int>(std::min<std::size_t>(text.size(), 1 << 20)))
                : send(m_fd.get(), text.data(), text.size(), MSG_NOSIGNAL);
      check(sent > 0, "send");
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  HttpServer& m_server;
  std::mutex m_mutex;
  files::UniqueFd m_fd;  ///< closed by the thread only
  std::shared_ptr<SSL> m_ssl;
  std::string m_buffer;
  bool m_reset = false;
  std::atomic<bool> m_done = false;
  std::thread m_thread;
};

HttpServer::HttpServer(Hooks hooks, const Certificate* tls) : m_hooks(std::move(hooks)) {
  if (tls) {
    m_tls = make_tls(*tls);
    // SSL_write() has no MSG_NOSIGNAL; only test programs with TLS servers come here.
    std::signal(SIGPIPE, SIG_IGN);
  }
  m_listener.reset(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  check(bind(m_listener.get(), generic, sizeof address) == 0, "bind");
  check(listen(m_listener.get(), 64) == 0, "listen");
  socklen_t size = sizeof address;
  check(getsockname(m_listener.get(), generic, &size) == 0, "getsockname");
  m_port = ntohs(address.sin_port);
  m_acceptor = std::thread([this] { accept_all(); });
}

HttpServer::~HttpServer() {
  m_stopping = true;
  shutdown(m_listener.get(), SHUT_RDWR);
  m_acceptor.join();
  m_open.clear();
}

void HttpServer::accept_all() {
  while (!m_stopping) {
    files::UniqueFd fd(accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!fd) {
      if (m_stopping) return;
      continue;
    }
    const int on = 1;
    setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ++m_connections;
    const std::lock_guard lock(m_mutex);
    m_open.remove_if([](const auto& connection) { return connection->done(); });
    m_open.push_back(std::make_unique<Connection>(*this, std::move(fd)));
  }
}

std::string HttpServer::url(std::string_view path) const {
  return (m_tls ? "https://" : "http://") + host() + std::string(path);
}

std::string percent_decode(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr ==
            text.data() + i + 3) {
      result += static_cast<char>(value);
      i += 2;
    } else {
      result += text[i] == '+' ? ' ' : text[i];
    }
  }
  return result;
}

std::map<std::string, std::string> parse_query(std::string_view query) {
  std::map<std::string, std::string> result;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view field = query.substr(0, end);
    const std::size_t equals = std::min(field.find('='), field.size());
    const std::string name = percent_decode(field.substr(0, equals));
    const std::string value = percent_decode(field.substr(std::min(equals + 1, field.size())));
    // Several scopes come as several fields; they are kept apart by a space.
    std::string& kept = result[name];
    kept += (kept.empty() ? "" : " ") + value;
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return result;
}

}  // namespace pinnace::test_support
