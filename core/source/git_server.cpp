#include "source/git_server.hpp"

#include <algorithm>
#include <array>

#include "web/host.hpp"

namespace pinnace::source {

namespace {

constexpr std::array<std::string_view, 4> k_schemes = {"https", "http", "git", "ssh"};

/// Where in "[::1]:22" or "host:22" the host ends.
std::size_t end_of_host(std::string_view place) {
  const std::size_t end = place.starts_with('[') ? place.find(']') : std::string_view::npos;
  return end != std::string_view::npos ? end + 1 : std::min(place.find(':'), place.size());
}

std::string usual_port(std::string_view scheme) {
  if (scheme == "https") return "443";
  if (scheme == "http") return "80";
  return scheme == "ssh" ? "22" : "9418";
}

/// Of "user@[::1]:22".
GitServer server_of(std::string scheme, std::string_view authority) {
  const std::string_view place = authority.substr(authority.rfind('@') + 1);
  const std::size_t end = end_of_host(place);
  const std::string_view port = place.substr(std::min(end + 1, place.size()));
  GitServer server{scheme, web::reached_host(place.substr(0, end)), std::string(port), {}};
  if (place.size() < authority.size())
    server.user = authority.substr(0, authority.size() - place.size() - 1);
  if (port.empty()) server.port = usual_port(scheme);
  return server;
}

bool has_only(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

/// A name, an IPv4 address, or an IPv6 one in brackets.
bool is_host(std::string_view host) {
  if (!host.starts_with('['))
    return !host.empty() &&
           has_only(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");
  if (!host.ends_with(']')) return false;
  const std::string_view inner = host.substr(1, host.size() - 2);
  return has_only(inner, "0123456789abcdefABCDEF:.") &&
         std::count(inner.begin(), inner.end(), ':') >= 2;
}

/// Whether all read "user@host:port" as we do. Git decodes %31 and %2f in it, takes "::1" and
/// "[localhost]" for hosts, curl ends a host at "#" and "?" and has names of other scripts
/// translated, and "[host:22]:x" is ssh's with a port.
bool is_clear(std::string_view authority) {
  const std::size_t at = authority.rfind('@');
  const std::string_view place = authority.substr(at + 1);
  const std::size_t end = end_of_host(place);
  return (at == std::string_view::npos || authority.find_first_of("@[]%?#\\") == at) &&
         is_host(place.substr(0, end)) &&
         has_only(place.substr(std::min(end + 1, place.size())), "0123456789") &&
         (end == place.size() || place[end] == ':');
}

bool is_encrypted(const GitServer& server) {
  return server.scheme == "https" || server.scheme == "ssh";
}

bool is_same(const GitServer& one, const GitServer& other) {
  return one.scheme == other.scheme && one.host == other.host && one.port == other.port &&
         one.user == other.user;
}

}  // namespace

std::optional<GitServer> git_server_of(std::string_view repository) {
  const std::size_t scheme = repository.find("://");
  if (scheme != std::string_view::npos) {
    const std::string_view name = repository.substr(0, scheme);
    if (std::find(k_schemes.begin(), k_schemes.end(), name) == k_schemes.end()) return std::nullopt;
    const std::string_view rest = repository.substr(scheme + 3);
    const std::string_view authority = rest.substr(0, rest.find('/'));
    if (!is_clear(authority)) return std::nullopt;
    return server_of(std::string(name), authority);
  }
  // git takes what has a ":" before the first "/" for a place that ssh reaches, but
  // "helper::place".
  const std::string_view place = repository.substr(0, repository.find('/'));
  const std::size_t inside = place.find('[') == std::string_view::npos ? 0 : place.find(']');
  const std::size_t colon = place.find(':', inside == std::string_view::npos ? 0 : inside);
  if (colon == std::string_view::npos || repository.substr(colon).starts_with("::"))
    return std::nullopt;
  const std::string_view host = place.substr(0, colon);
  if (!is_clear(host)) return std::nullopt;
  return server_of("ssh", host);
}

std::string why_no_submodule(std::string_view repository, std::string_view submodule) {
  const auto from = git_server_of(repository);
  const auto to = git_server_of(submodule);
  if (!from || !to) return "to what is neither https, http, git nor ssh";
  if (web::is_loopback(to->host) && !web::is_loopback(from->host))
    return "from another machine to this one";
  if (to->scheme == "ssh" && !is_same(*from, *to))
    return "by ssh from another place; expected an ADD of its own for it";
  if (is_encrypted(*to)) return {};
  if (is_encrypted(*from)) return "from " + from->scheme + " to " + to->scheme + ", in plain text";
  if (to->host != from->host && !(web::is_loopback(to->host) && web::is_loopback(from->host)))
    return "to another host in plain text";
  return {};
}

}  // namespace pinnace::source
