#include "registry/upload_session.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/error.hpp"
#include "base/timed_stop.hpp"
#include "web/redact.hpp"
#include "web/url.hpp"

namespace pinnace::registry {

using base::Error;
using base::ErrorCode;

namespace {

constexpr std::string_view k_octets = "application/octet-stream";
/// What cancel() may take; less where a job must end.
constexpr std::chrono::milliseconds k_cancel{2000};
constexpr std::chrono::milliseconds k_cancel_when_stopped{200};

/// The registry has lost the session, or can't go on with it; a new one is needed.
bool is_lost(const http::Response& response) {
  return (response.status == 404 || response.status == 400 || response.status == 416) &&
         (response.body.find("BLOB_UPLOAD_") != std::string::npos ||
          response.body.find("RANGE_INVALID") != std::string::npos || response.status == 416);
}

}  // namespace

bool has_other_digest(const http::Response& response, const hash::Digest& digest) {
  const std::string_view text = response.headers.get("Docker-Content-Digest");
  // Another algorithm says nothing about ours.
  const std::string_view algorithm = hash::to_string(digest.algorithm());
  return text.starts_with(std::string(algorithm) + ":") && text != digest.str();
}

void check_digest_header(std::string_view method, const http::Response& response,
                         const hash::Digest& digest) {
  if (!has_other_digest(response, digest)) return;
  throw Error(ErrorCode::integrity,
              std::string(method) + " " + web::redact_url(response.url) +
                  ": the registry answered with digest " +
                  web::quote_text(response.headers.get("Docker-Content-Digest")) + ", expected " +
                  digest.str());
}

std::optional<std::uint64_t> parse_upload_range(std::string_view range) {
  range = web::trim(range);
  if (range.starts_with("bytes=")) range.remove_prefix(6);
  if (!range.starts_with("0-")) return std::nullopt;
  range.remove_prefix(2);
  std::uint64_t last = 0;
  const auto [end, error] = std::from_chars(range.data(), range.data() + range.size(), last);
  if (error != std::errc() || end != range.data() + range.size()) return std::nullopt;
  if (last >= std::uint64_t{1} << 62) return std::nullopt;
  return last == 0 ? 0 : last + 1;
}

UploadSession::UploadSession(api::Client& client, std::string repository, http::Milliseconds grace)
    : m_client(client),
      m_repository(std::move(repository)),
      m_scopes(api::Scopes::pull_push(m_repository)),
      m_grace(grace) {}

http::Request UploadSession::request(const char* method) const {
  http::Request result;
  result.method = method;
  result.url = m_location;
  result.headers.set("Content-Type", std::string(k_octets));
  return result;
}

http::Response UploadSession::send(const base::Context& context, const http::Request& request) {
  http::Response response = m_client.attempt(context, request, m_scopes);
  if (http::is_retryable(response.status)) {
    throw http::TransportError(api::make_error(request.method, response).message(),
                               response.headers);
  }
  return response;
}

void UploadSession::adopt(std::string_view method, const http::Response& response) {
  const std::string* location = response.headers.find("Location");
  if (!location || location->empty()) {
    if (started()) return;
    throw Error(ErrorCode::unavailable, std::string(method) + " " + web::redact_url(response.url) +
                                            ": " + std::to_string(response.status) +
                                            " without a Location to upload to");
  }
  try {
    m_location = web::resolve_url(response.url, *location);
  } catch (const Error& error) {
    throw Error(ErrorCode::unavailable, std::string(method) + " " + web::redact_url(response.url) +
                                            ": bad Location: " + error.message());
  }
  const std::string why = m_client.why_not_led(m_location);
  if (why.empty()) return;
  const std::string next = std::exchange(m_location, {});
  throw Error(ErrorCode::denied, std::string(method) + " " + web::redact_url(response.url) +
                                     ": the upload is to go on at " + web::redact_url(next) +
                                     "; to be led " + why + " is refused");
}

bool UploadSession::start(const base::Context& context, const hash::Digest* digest) {
  http::Request post;
  post.method = "POST";
  post.grace = m_grace;
  post.url = m_client.url("/v2/" + m_repository + "/blobs/uploads/");
  if (digest) {
    post.url = web::with_query(post.url, "mount", digest->str());
    post.url = web::with_query(post.url, "from", m_repository);
  }
  const http::Response response = send(context, post);
  if (digest && response.status == 201 && !has_other_digest(response, *digest)) {
    m_client.note_mount();
    return true;
  }
  const bool leads = response.status == 202 && !response.headers.get("Location").empty();
  if (digest && !leads && response.ok()) return start(context, nullptr);
  if (response.status != 202) throw api::make_error("POST", response);
  m_location.clear();
  adopt("POST", response);
  return false;
}

std::optional<std::uint64_t> UploadSession::offset(const base::Context& context) {
  http::Request get = request("GET");
  get.headers.remove("Content-Type");
  const http::Response response = send(context, get);
  if (!response.ok()) return std::nullopt;
  const auto result = parse_upload_range(response.headers.get("Range"));
  if (result) adopt("GET", response);
  return result;
}

void UploadSession::append(const base::Context& context, const http::StreamBody& body,
                           std::uint64_t first) {
  http::Request patch = request("PATCH");
  if (body.size && *body.size > 0) {
    patch.headers.set("Content-Range",
                      std::to_string(first) + "-" + std::to_string(first + *body.size - 1));
  }
  patch.body = body;
  patch.grace = m_grace;
  const http::Response response = send(context, patch);
  check(patch, response);
  adopt("PATCH", response);
}

void UploadSession::finish(const base::Context& context, const hash::Digest& digest,
                           http::Body rest) {
  http::Request put = request("PUT");
  put.url = web::with_query(m_location, "digest", digest.str());
  put.body = std::move(rest);
  const http::Response response = send(context, put);
  check(put, response);
  check_digest_header("PUT", response, digest);
  reset();
}

void UploadSession::check(const http::Request& request, const http::Response& response) {
  if (response.ok()) return;
  const Error error = api::make_error(request.method, response);
  if (!is_lost(response)) throw error;
  reset();
  throw http::TransportError(error.message(), response.headers);
}

http::Response UploadSession::remove(const base::Context& context) {
  http::Request remove = request("DELETE");
  remove.headers.remove("Content-Type");
  return m_client.attempt(context, remove, m_scopes);
}

void UploadSession::cancel(const base::Context& context) noexcept {
  if (!started()) return;
  try {
    // Holds for all of it: a token may have to be fetched first.
    const base::TimedStop limit(context.stop.stop_requested() ? k_cancel_when_stopped : k_cancel);
    base::Context limited = context;
    limited.stop = limit.token();
    if (remove(limited).status == 416 && offset(limited)) remove(limited);
  } catch (...) {
    // The registry will purge it one day; the reason why we are here is what counts.
  }
  reset();
}

}  // namespace pinnace::registry
