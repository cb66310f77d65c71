#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/context.hpp"
#include "base/io.hpp"
#include "base/secret.hpp"
#include "http/hop.hpp"
#include "http/proxy.hpp"
#include "http/retry.hpp"
#include "web/headers.hpp"

namespace pinnace::http {

/// A body that is read while it is sent. Opened again if the request is sent again (redirect,
/// retry).
struct StreamBody {
  base::OpenSource open;
  std::optional<std::uint64_t>
      size;  ///< bytes; nullopt: not known, sent with chunked transfer encoding
};

/// A Secret goes to the URL's origin only.
using Body = std::variant<std::monostate, std::string, base::Secret, StreamBody>;

struct Request {
  std::string method = "GET";
  std::string url;  ///< absolute, http or https, without user info
  web::Headers headers;
  Body body;
  Milliseconds grace{0};  ///< goes on for so long after a stop request; the body's source is
                          ///< expected to end by itself then
  std::optional<std::size_t> max_body = std::nullopt;  ///< instead of Options::max_body
};

struct Response {
  int status = 0;
  web::Headers headers;
  std::string url;  ///< that answered, after redirects
  std::string
      body;  ///< what did not go to a sink or source; cut at 64 KiB unless the status is 2xx

  std::string address = {};  ///< of who answered, if that was no proxy; IPv6 without brackets
  std::string login = {};  ///< whose credentials it was asked with, for messages; empty: not known

  bool ok() const noexcept { return status >= 200 && status < 300; }
};

/// A response whose body is still to be read; `body` is null unless the status is 2xx.
struct OpenResponse {
  Response response;
  std::unique_ptr<base::Source> body;
};

enum class Redirects {
  follow,       ///< as why_not_led() allows
  same_origin,  ///< others throw denied: for a peer that must not send us anywhere
};

/// Something that is asked of the origin of a hop: the request's own, or one that it is led to.
template <class Answer>
using OfOrigin = std::function<Answer(const web::Origin&)>;

struct Options {
  std::string user_agent = "pinnace/" PINNACE_VERSION;
  std::filesystem::path ca_file;          ///< PEM, trusted beside the system's; empty: none
  OfOrigin<std::filesystem::path> ca_of;  ///< one more for this origin; may be empty
  std::filesystem::path client_cert;      ///< PEM; empty: none
  std::filesystem::path client_key;       ///< PEM; empty: in client_cert
  std::string client_cert_host;           ///< the only one that is shown the certificate
  Milliseconds connect_timeout{15'000};
  Milliseconds stall{60'000};  ///< silence of the peer after which it is given up: so long for less
                               ///< than 1 KiB of payload, or 64 KiB of a body that is collected,
                               ///< however much else it sends. Time spent in the caller's source or
                               ///< sink does not count
  Milliseconds total{0};       ///< for one request; 0: no limit
  std::size_t max_body = 16 * 1024 * 1024;  ///< for bodies that are collected
  ProxyRules proxies = ProxyRules::from_environment();
  MayBePlain may_be_plain;  ///< redirects may lead there in plain http
  Redirects redirects = Redirects::follow;
  bool refuses_link_services = false;  ///< web::is_link_service(): who names the URL need not be
                                       ///< one whom the machine trusts with its own credentials
  /// Why an origin may not be at this machine's loopback, by its name or by what that leads to, as
  /// a clause; empty text: it may. May be empty: then all may.
  OfOrigin<std::string> why_no_loopback;
  std::string plain_hint;  ///< what to do where a peer turns out to speak plain http
};

/// How something is asked, and how often.
struct Reach {
  Options http;
  RetrySettings retry;
};

/// HTTP/1.1 over pooled libcurl handles: connections are kept and used again, any number of threads
/// may send at once, through proxies as Options::proxies says. Redirects are followed here, at most
/// 10, and as Options::redirects says: Authorization and Cookie and client
/// certificates go to the origin of the request only, and only GET, HEAD and (307, 308) requests
/// with a body that can be sent again are redirected.
///
/// One call is one attempt; who wants more uses Retry. Throws TransportError if the peer can't be
/// reached, cuts the connection or is silent for too long; denied if its certificate is not
/// trusted; cancelled within a second after a stop is requested; whatever the caller's source or
/// sink throws. Any status is a value, not an error.
class Client {
 public:
  explicit Client(Options options = {});
  ~Client();

  /// The body goes to `sink` if the status is 2xx and a sink is given, else to Response::body. A
  /// 2xx body that is collected and larger than max_body throws invalid_input.
  Response send(const base::Context& context, const Request& request, base::Sink* sink = nullptr);

  /// As send(), but the body of a 2xx response is pulled by the caller; the transfer proceeds only
  /// while it is read. Destroying the source early ends the transfer at once. It outlives the
  /// client if need be.
  OpenResponse open(const base::Context& context, const Request& request);

 private:
  class Following;
  Options m_options;
  std::shared_ptr<class HandlePool> m_pool;
};

}  // namespace pinnace::http
