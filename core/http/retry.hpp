#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/context.hpp"
#include "base/error.hpp"
#include "web/headers.hpp"

namespace pinnace::http {

using Milliseconds = std::chrono::milliseconds;

/// How often and how patiently something is tried. The defaults bridge an outage of some seconds.
struct RetryPolicy {
  unsigned attempts = 6;     ///< in all, at least 1; progress in between starts the count again
  Milliseconds base{200};    ///< the longest first pause; it doubles each time
  Milliseconds cap{20'000};  ///< no pause is longer, unless the peer asks for it
  Milliseconds retry_after_cap{120'000};  ///< nor longer than this if it does
  Milliseconds total{60 * 60'000};  ///< this long after the first failure nothing is tried again
};

/// The pause after `failed` (>= 1) attempts: between half and all of min(cap, base *
/// 2^(failed-1)), so that an outage of three seconds is bridged whatever the dice say. `random` is
/// in [0, 1). What the peer asked for (Retry-After) is obeyed, up to retry_after_cap.
Milliseconds retry_delay(const RetryPolicy& policy, unsigned failed, double random,
                         std::optional<Milliseconds> retry_after);

/// Retry-After (RFC 9110, 10.2.3): seconds, or an HTTP date; nullopt for anything else. Never
/// negative.
std::optional<Milliseconds> parse_retry_after(std::string_view value,
                                              std::chrono::system_clock::time_point now);

/// 408, 429, 500, 502, 503, 504.
bool is_retryable(int status) noexcept;

/// The connection failed, was cut, or went silent: no verdict of the peer, so trying again may
/// help. It is thrown by http::Client for the peer's connection only, never for the caller's source
/// or sink, and does not leave the retry loop: that ends with a plain Error.
class TransportError final : public base::Error {
 public:
  explicit TransportError(std::string message, web::Headers headers = {})
      : Error(base::ErrorCode::unavailable, std::move(message)), m_headers(std::move(headers)) {}
  /// Of the response that says so, if there was one; they may have a Retry-After.
  const web::Headers& headers() const noexcept { return m_headers; }

 private:
  web::Headers m_headers;
};

/// The policy with its sources of randomness and sleep, which tests replace.
struct RetrySettings {
  RetryPolicy policy;
  std::function<double()> random;  ///< in [0, 1); empty: the system's
  std::function<void(const base::Context&, Milliseconds)> sleep;  ///< empty: Context::sleep

  void pause(const base::Context& context, Milliseconds duration) const;
};

/// Counts the attempts of one operation and pauses between them. This is the only retry loop there
/// is; it is never nested in another one:
///
///     for (Retry retry(context, settings, "GET " + url);;) {
///       ... attempt; return when done ...
///       if (!retry.again(reason, headers)) throw ...;
///     }
class Retry {
 public:
  /// `what` names the operation in warnings ("GET https://..."), redacted already.
  Retry(const base::Context& context, const RetrySettings& settings, std::string what);

  /// After a failure: pauses, and returns true; or false at once if no attempt is left. Warns of
  /// the first failure, of one for another reason, and of long pauses, so that a peer that is down
  /// for a while takes one line. `headers` are those of the response, if there was one. Throws
  /// cancelled.
  bool again(std::string_view reason, const web::Headers* headers = nullptr);
  bool again(const TransportError& error);
  /// What leaves the loop when again() has said no.
  base::Error exhausted(const base::Error& last) const;
  /// Bytes moved since the last failure, for good: count and time start again.
  void progressed() noexcept { m_failed = 0; }
  unsigned failed() const noexcept { return m_failed; }

 private:
  const base::Context& m_context;
  const RetrySettings& m_settings;
  std::string m_what;
  std::string m_told;  ///< the reason that was warned of last
  unsigned m_failed = 0;
  Milliseconds m_planned{0};
  std::chrono::steady_clock::time_point m_first_failure{};
};

}  // namespace pinnace::http
