#include "web/redact.hpp"

#include <algorithm>
#include <array>

#include "base/shown.hpp"
#include "web/headers.hpp"

namespace pinnace::web {

namespace {

constexpr std::size_t k_max_quote = 512;
constexpr std::string_view k_redacted = "REDACTED";
/// Whether a query parameter can be a credential, by parts of its name.
bool is_secret(std::string_view name) {
  static constexpr std::array k_parts{
      std::string_view("token"),  std::string_view("sig"),     std::string_view("secret"),
      std::string_view("passw"),  std::string_view("key"),     std::string_view("credential"),
      std::string_view("_state"), std::string_view("auth"),    std::string_view("session"),
      std::string_view("policy"), std::string_view("code"),    std::string_view("jwt"),
      std::string_view("verify"), std::string_view("account"), std::string_view("hmac")};
  const std::string lower = lower_case(name);
  return std::any_of(k_parts.begin(), k_parts.end(),
                     [&](std::string_view part) { return lower.find(part) != std::string::npos; });
}

std::string redact_query(std::string_view query) {
  std::string result;
  while (true) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view field = query.substr(0, end);
    const std::size_t equals = field.find('=');
    if (equals != std::string_view::npos && is_secret(field.substr(0, equals))) {
      result += field.substr(0, equals + 1);
      result += k_redacted;
    } else {
      result += field;
    }
    if (end == query.size()) return result;
    result += '&';
    query.remove_prefix(end + 1);
  }
}

/// Replaces the word behind every `scheme` ("Bearer ").
void redact_after(std::string& text, std::string_view scheme) {
  std::string lower = lower_case(text);
  for (std::size_t at = 0; (at = lower.find(scheme, at)) != std::string::npos;) {
    const std::size_t start = at + scheme.size();
    const std::size_t end = std::min(text.find_first_of(" \t\r\n\"',;\\", start), text.size());
    // A parameter list is a challenge ("Bearer realm=...") and tells nobody's secret.
    const bool challenge = std::string_view(text).substr(start).starts_with("realm=");
    if (!challenge && end > start) {
      text.replace(start, end - start, k_redacted);
      lower = lower_case(text);
      at = start + k_redacted.size();
    } else {
      at = start;
    }
  }
}

/// Where to cut: not between user info and its "@", by which it is known.
std::size_t place_of_cut(std::string_view text) {
  if (text.size() <= k_max_quote) return text.size();
  constexpr std::string_view k_blanks = " \t\r\n";
  const std::size_t end = text.find_first_of(k_blanks, k_max_quote);
  if (text.substr(0, end).substr(k_max_quote).find('@') == std::string_view::npos)
    return k_max_quote;
  const std::size_t blank = text.find_last_of(k_blanks, k_max_quote);
  return blank == std::string_view::npos ? 0 : blank;
}

}  // namespace

std::string redact_url(std::string_view url) {
  const std::string plain = base::without_user_info(url);
  const std::size_t query = plain.find('?');
  if (query == std::string::npos) return base::printable(plain);
  return base::printable(plain.substr(0, query + 1) +
                         redact_query(std::string_view(plain).substr(query + 1)));
}

std::string quote_text(std::string_view text) {
  // More than is shown is looked at, so that no credential is cut where it can't be recognised any
  // more.
  std::string head(text.substr(0, 4 * k_max_quote));
  redact_after(head, "bearer ");
  redact_after(head, "basic ");
  const bool cut = head.size() > k_max_quote || text.size() > 4 * k_max_quote;
  return base::printable(std::string_view(head).substr(0, place_of_cut(head))) + (cut ? "..." : "");
}

}  // namespace pinnace::web
