#include "api/paging.hpp"

#include <set>

#include "base/error.hpp"
#include "web/redact.hpp"
#include "web/url.hpp"

namespace pinnace::api {

using base::Error;
using base::ErrorCode;

namespace {

constexpr std::size_t k_max_pages = 10'000;
/// Registries exist that filter a page after they have counted it.
constexpr std::size_t k_max_idle = 8;
/// Of all pages together.
constexpr std::size_t k_max_list = std::size_t{64} << 20U;

[[noreturn]] void throw_bad_link(const http::Response& response, const std::string& why) {
  throw Error(ErrorCode::unavailable,
              "GET " + web::redact_url(response.url) + ": its next page " + why);
}

[[noreturn]] void throw_bad_list(const http::Response& response) {
  throw Error(ErrorCode::unavailable, "GET " + web::redact_url(response.url) +
                                          ": the list has more than " +
                                          std::to_string(k_max_list >> 20U) + " MiB");
}

std::string follow(const http::Response& response, const std::string& link) {
  std::string next;
  try {
    next = web::resolve_url(response.url, link);
  } catch (const Error& error) {
    throw_bad_link(response, "is no URL: " + error.message());
  }
  if (web::origin_of(next) != web::origin_of(response.url)) {
    throw_bad_link(response, "is at another host: " + web::redact_url(next));
  }
  return next;
}

}  // namespace

std::optional<std::string> next_link(std::string_view header) {
  while (true) {
    const std::size_t open = header.find('<');
    const std::size_t close = header.find('>', open);
    if (open == std::string_view::npos || close == std::string_view::npos) return std::nullopt;
    const std::string_view target = header.substr(open + 1, close - open - 1);
    header.remove_prefix(close + 1);
    const std::string parameters = web::lower_case(header.substr(0, header.find('<')));
    if (parameters.find("rel=\"next\"") != std::string::npos ||
        parameters.find("rel=next") != std::string::npos) {
      return std::string(target);
    }
  }
}

bool for_each_page(const base::Context& context, Client& client, std::string url,
                   const Scopes& scopes, const TakePage& take) {
  std::set<std::string> seen;
  std::size_t idle = 0;
  std::size_t bytes = 0;
  while (true) {
    http::Request get;
    get.url = url;
    const http::Response response = client.send(context, get, scopes);
    const int status = response.status;
    if (seen.empty() && (status == 404 || status == 405 || status == 501)) return false;
    if (status != 200) throw make_error("GET", response);
    seen.insert(url);
    bytes += response.body.size() + url.size();
    if (bytes > k_max_list) throw_bad_list(response);
    idle = take(response) == 0 ? idle + 1 : 0;
    const auto link = next_link(response.headers.get("Link"));
    if (!link) return true;
    url = follow(response, *link);
    if (seen.contains(url)) throw_bad_link(response, "was read before");
    if (seen.size() >= k_max_pages) throw_bad_link(response, "is one too many");
    if (idle >= k_max_idle) throw_bad_link(response, "follows several that brought nothing new");
  }
}

}  // namespace pinnace::api
