#include "http/retry.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <random>

#include "web/date.hpp"

namespace pinnace::http {

namespace {

/// Of what a peer says: three decades are as good as for ever.
constexpr std::chrono::seconds k_longest_told{1'000'000'000};

/// Nobody should wonder for longer what is going on.
constexpr Milliseconds k_long_pause{5000};

double system_random() {
  std::random_device device;
  return std::uniform_real_distribution<double>(0.0, 1.0)(device);
}

std::string seconds_text(Milliseconds duration) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(duration.count()) / 1000.0);
  return text;
}

}  // namespace

Milliseconds retry_delay(const RetryPolicy& policy, unsigned failed, double random,
                         std::optional<Milliseconds> retry_after) {
  if (retry_after) return std::min(*retry_after, policy.retry_after_cap);
  Milliseconds longest = policy.base;
  for (unsigned i = 1; i < failed && longest < policy.cap; ++i) longest *= 2;
  longest = std::min(longest, policy.cap);
  const auto share = 0.5 + random / 2;
  return Milliseconds(static_cast<Milliseconds::rep>(share * static_cast<double>(longest.count())));
}

std::optional<Milliseconds> parse_retry_after(std::string_view value,
                                              std::chrono::system_clock::time_point now) {
  const std::string_view text = web::trim(value);
  if (text.empty() || text.size() > 64) return std::nullopt;
  long long seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc() && end == text.data() + text.size()) {
    return std::chrono::seconds(std::clamp<long long>(seconds, 0, k_longest_told.count()));
  }
  const auto date = web::parse_date(text);
  if (!date) return std::nullopt;
  if (*date - std::chrono::system_clock::to_time_t(now) > k_longest_told.count())
    return k_longest_told;
  const auto wait =
      std::chrono::duration_cast<Milliseconds>(std::chrono::system_clock::from_time_t(*date) - now);
  return std::max(wait, Milliseconds(0));
}

bool is_retryable(int status) noexcept {
  switch (status) {
    case 408:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
      return true;
    default:
      return false;
  }
}

void RetrySettings::pause(const base::Context& context, Milliseconds duration) const {
  if (sleep) {
    sleep(context, duration);
  } else {
    context.sleep(duration);
  }
}

Retry::Retry(const base::Context& context, const RetrySettings& settings, std::string what)
    : m_context(context), m_settings(settings), m_what(std::move(what)) {}

bool Retry::again(std::string_view reason, const web::Headers* headers) {
  m_context.check();
  const RetryPolicy& policy = m_settings.policy;
  if (++m_failed == 1) {
    m_first_failure = std::chrono::steady_clock::now();
    m_planned = Milliseconds(0);
  }
  if (m_failed >= policy.attempts) return false;
  std::optional<Milliseconds> retry_after;
  if (headers) retry_after = parse_retry_after(headers->get("Retry-After"), m_context.now());
  const double random = m_settings.random ? m_settings.random() : system_random();
  const Milliseconds delay = retry_delay(policy, m_failed, random, retry_after);
  // With a sleep that tests replace, the clock stands still: what was planned counts as well.
  const auto elapsed =
      std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - m_first_failure);
  m_planned += delay;
  if (std::max(elapsed + delay, m_planned) > policy.total) return false;
  if (reason != m_told || delay >= k_long_pause) {
    m_context.warn(m_what + ": " + std::string(reason) + ", trying again in " +
                   seconds_text(delay) + " (" + std::to_string(m_failed + 1) + " of " +
                   std::to_string(policy.attempts) + ")");
    m_told = reason;
  }
  m_settings.pause(m_context, delay);
  return true;
}

bool Retry::again(const TransportError& error) {
  // The message names the request already.
  const std::string& message = error.message();
  const bool named = message.starts_with(m_what + ": ");
  return again(named ? message.substr(m_what.size() + 2) : message, &error.headers());
}

base::Error Retry::exhausted(const base::Error& last) const {
  return {last.code(), last.message() + " (given up after " + std::to_string(m_failed) +
                           (m_failed == 1 ? " attempt)" : " attempts)")};
}

}  // namespace pinnace::http
