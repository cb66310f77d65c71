#include "http/proxy.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "web/headers.hpp"
#include "web/host.hpp"

namespace pinnace::http {

namespace {

/// An address as 16 bytes: IPv4 stands in its last four.
struct Address {
  std::array<unsigned char, 16> bytes{};
  bool v6 = false;
};

std::optional<Address> parse_address(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  const std::string terminated(text);
  Address address;
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data() + 12) == 1) return address;
  address.v6 = true;
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

/// Whether the first `bits` of both are the same.
bool same_network(const Address& a, const Address& b, unsigned bits) {
  const unsigned first = a.v6 ? 0 : 96;
  for (unsigned at = first; at < first + bits; ++at) {
    const unsigned difference = a.bytes[at / 8] ^ b.bytes[at / 8];
    if ((difference >> (7 - at % 8)) & 1U) return false;
  }
  return true;
}

/// An entry "address/bits" that has `host` in it.
bool is_in_network(std::string_view entry, const Address& host) {
  const std::size_t slash = entry.find('/');
  const auto network = parse_address(entry.substr(0, slash));
  const std::string_view text = entry.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  return network && is_number && network->v6 == host.v6 && bits <= (host.v6 ? 128U : 32U) &&
         same_network(*network, host, bits);
}

/// Cuts ":port" off; false if it is another one than `port`.
bool take_port(std::string_view& entry, std::string_view port) {
  const std::size_t colon = entry.rfind(':');
  const bool is_bare_v6 = !entry.starts_with('[') && entry.find(':') != colon;
  if (colon == std::string_view::npos || is_bare_v6 || entry.ends_with(']')) return true;
  const bool same = entry.substr(colon + 1) == port;
  entry = entry.substr(0, colon);
  return same;
}

bool is_domain_of(std::string_view domain, std::string_view host) {
  const bool below_only = domain.starts_with("*.");
  if (below_only) domain.remove_prefix(1);
  while (domain.starts_with('.')) domain.remove_prefix(1);
  while (domain.ends_with('.')) domain.remove_suffix(1);
  if (domain.empty() || !host.ends_with(domain)) return false;
  if (host.size() == domain.size()) return !below_only;
  return host[host.size() - domain.size() - 1] == '.';
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> entries;
  while (true) {
    const std::size_t start = list.find_first_not_of(", \t");
    if (start == std::string_view::npos) return entries;
    list.remove_prefix(start);
    const std::size_t end = std::min(list.find_first_of(", \t"), list.size());
    entries.push_back(web::lower_case(list.substr(0, end)));
    list.remove_prefix(end);
  }
}

}  // namespace

ProxyRules ProxyRules::from_environment() {
  return from([](const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody here sets any
    return value == nullptr ? std::string() : std::string(value);
  });
}

ProxyRules ProxyRules::from(const Lookup& variable) {
  const auto first = [&](std::initializer_list<const char*> names) {
    for (const char* name : names) {
      if (std::string value = variable(name); !value.empty()) return value;
    }
    return std::string();
  };
  ProxyRules rules;
  const bool is_cgi = !variable("REQUEST_METHOD").empty();
  rules.m_http = is_cgi ? first({"http_proxy", "all_proxy", "ALL_PROXY"})
                        : first({"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"});
  rules.m_https = first({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
  rules.m_direct = split(first({"no_proxy", "NO_PROXY"}));
  return rules;
}

std::string ProxyRules::proxy_for(const web::Origin& origin) const {
  if (web::is_loopback(origin.host) || is_direct(origin)) return {};
  return origin.scheme == "https" ? m_https : m_http;
}

std::vector<ProxyRules::Login> ProxyRules::logins() const {
  std::vector<Login> found;
  for (std::string_view proxy : {m_http, m_https}) {
    if (const std::size_t scheme = proxy.find("://"); scheme != proxy.npos) {
      proxy.remove_prefix(scheme + 3);
    }
    const std::size_t at = proxy.rfind('@');
    const std::size_t colon = proxy.find(':');
    if (at == proxy.npos || colon > at) continue;
    const std::string_view user = proxy.substr(0, colon);
    const std::string_view password = proxy.substr(colon + 1, at - colon - 1);
    found.emplace_back(user, password);
    found.emplace_back(web::percent_decode(user), web::percent_decode(password));
  }
  return found;
}

bool ProxyRules::is_direct(const web::Origin& origin) const {
  const auto address = parse_address(origin.host);
  std::string_view host = origin.host;
  if (host.ends_with('.')) host.remove_suffix(1);
  return std::any_of(m_direct.begin(), m_direct.end(), [&](std::string_view entry) {
    if (entry == "*") return true;
    if (entry.find('/') != std::string_view::npos) return address && is_in_network(entry, *address);
    if (!take_port(entry, origin.port)) return false;
    if (!address) return is_domain_of(entry, host);
    const auto other = parse_address(entry);
    return other && other->v6 == address->v6 && other->bytes == address->bytes;
  });
}

}  // namespace pinnace::http
