#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "api/client.hpp"
#include "hash/digest.hpp"

namespace pinnace::registry {

/// How long a request of a session may go on after a stop request, to come to a proper end.
/// Together with the DELETE that follows it stays well below a second, in which a job must end.
constexpr http::Milliseconds k_upload_grace{300};

/// An upload session of a registry (OCI distribution specification, "Pushing blobs"): the URL at
/// which it goes on. Each call is one attempt and throws http::TransportError where another one may
/// help, 408, 429 and 5xx included; other bad statuses are make_error().
class UploadSession {
 public:
  /// `grace`: none for who waits for a proper end before it requests the stop.
  UploadSession(api::Client& client, std::string repository,
                http::Milliseconds grace = k_upload_grace);

  bool started() const noexcept { return !m_location.empty(); }
  /// Takes over the session that a 202 to `method` describes. Throws unavailable for a bad
  /// Location, and denied for one that Client::why_not_led() has something against.
  void adopt(std::string_view method, const http::Response& response);
  /// POST. With a digest the registry is asked to mount it from this very repository: true if it
  /// has the blob already, and there is no session. An answer to that which makes no sense counts
  /// for nothing: it is asked plainly then.
  bool start(const base::Context& context, const hash::Digest* digest);
  /// GET: how many bytes the registry has; nullopt if it does not know the session (any more).
  std::optional<std::uint64_t> offset(const base::Context& context);
  /// PATCH: appends. `first` and the body's size make the Content-Range if the size is known. A
  /// stop request does not break it off as long as the body's source ends within the grace.
  void append(const base::Context& context, const http::StreamBody& body, std::uint64_t first);
  /// PUT: the last bytes, and the end.
  void finish(const base::Context& context, const hash::Digest& digest, http::Body rest);
  /// DELETE, so that the registry keeps no half of a blob; where that is refused because the
  /// registry got further than we know, once more after asking. (distribution 2.8 knows no way to
  /// take up or delete a session whose connection broke: it keeps such data until it purges it.)
  /// Never throws; takes 2 s at most, and a fifth of one if `context` was told to stop.
  void cancel(const base::Context& context) noexcept;
  /// Forgets the session.
  void reset() noexcept { m_location.clear(); }

 private:
  http::Request request(const char* method) const;
  http::Response remove(const base::Context& context);
  http::Response send(const base::Context& context, const http::Request& request);
  void check(const http::Request& request, const http::Response& response);

  api::Client& m_client;
  std::string m_repository;
  api::Scopes m_scopes;
  http::Milliseconds m_grace;
  std::string m_location;
};

/// Whether the response's Docker-Content-Digest is another one than `digest`.
bool has_other_digest(const http::Response& response, const hash::Digest& digest);
/// Throws integrity if it is.
void check_digest_header(std::string_view method, const http::Response& response,
                         const hash::Digest& digest);

/// "0-1023" or "bytes=0-1023" -> 1024; nullopt for anything else. "0-0" is 0: registries answer so
/// for an empty session.
std::optional<std::uint64_t> parse_upload_range(std::string_view range);

}  // namespace pinnace::registry
