#include "api/paging.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "web/link.hpp"
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

std::optional<std::string> next_link(const std::vector<std::string_view>& headers) {
  std::optional<std::string> next;
  for (const std::string_view header : headers) {
    const auto links = web::parse_links(header);
    if (!links && web::lower_case(header).find("next") != std::string::npos)
      throw Error(ErrorCode::invalid_input,
                  "expected a Link header as RFC 8288 has it, found " + web::quote_text(header));
    for (const web::Link& link : links.value_or(std::vector<web::Link>())) {
      const auto& relations = link.relations;
      if (std::find(relations.begin(), relations.end(), "next") == relations.end()) continue;
      if (next && *next != link.target)
        throw Error(ErrorCode::invalid_input, "two are named, " + web::quote_text(*next) + " and " +
                                                  web::quote_text(link.target));
      next = link.target;
    }
  }
  return next;
}

namespace {

/// The URL of the page after this one.
std::optional<std::string> next_page(const http::Response& response) {
  try {
    const auto link = next_link(response.headers.all("Link"));
    return link ? std::optional(follow(response, *link)) : std::nullopt;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_input) throw;
    throw_bad_link(response, "can't be told: " + error.message());
  }
}

}  // namespace

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
    const auto next = next_page(response);
    if (!next) return true;
    url = *next;
    if (seen.contains(url)) throw_bad_link(response, "was read before");
    if (seen.size() >= k_max_pages) throw_bad_link(response, "is one too many");
    if (idle >= k_max_idle) throw_bad_link(response, "follows several that brought nothing new");
  }
}

}  // namespace pinnace::api
