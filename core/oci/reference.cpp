#include "oci/reference.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "base/shown.hpp"

namespace pinnace::oci {

using base::Error;
using base::ErrorCode;

namespace {

constexpr std::string_view k_hub = "docker.io";
constexpr std::size_t k_max_name = 255;  // distribution/reference, NameTotalLengthMax
constexpr std::size_t k_max_tag = 128;
constexpr std::size_t k_max_text = 1024;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_alphanumeric(char c) {
  return is_digit(c) || is_lower(c) || is_upper(c);
}
bool is_path_letter(char c) {
  return is_digit(c) || is_lower(c);
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool has_upper(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_upper);
}

/// In quotes, without user info, shortened, on one line.
std::string in_quotes(std::string_view text) {
  const std::string name = base::without_user_info(text);
  return "\"" + base::printable(std::string_view(name).substr(0, 160)) +
         (name.size() > 160 ? "...\"" : "\"");
}

/// What an image's name may begin with that is no registry, and what is to be done instead; empty
/// for what we read ourselves (oci/image_name.hpp).
struct Transport {
  std::string_view prefix;
  std::string_view instead;
};
constexpr std::array<Transport, 14> k_transports = {{
    {"oci:", ""},
    {"oci-archive:", ""},
    {"docker-archive:", ""},
    {"env:", ""},
    {"sha256:", ""},
    {"docker-daemon:",
     "docker save IMAGE -o FILE writes what docker-archive:FILE reads, and docker "
     "load -i FILE takes what it writes"},
    {"containers-storage:",
     "podman save --format oci-archive -o FILE IMAGE writes what oci-archive:FILE reads, and "
     "podman "
     "load -i FILE takes what it writes"},
    {"dir:", "skopeo copy dir:DIR oci:OTHER writes what oci:OTHER reads"},
    {"oci-dir:", "a layout in a directory is oci:DIR"},
    {"ocidir:", "a layout in a directory is oci:DIR"},
    {"oci-layout:", "a layout in a directory is oci:DIR"},
    {"ostree:", "skopeo copy writes what oci:DIR reads"},
    {"sif:", "skopeo copy writes what oci:DIR reads"},
    {"tarball:", "skopeo copy writes what oci:DIR reads"},
}};

const Transport* transport_of(std::string_view text) noexcept {
  const auto found =
      std::find_if(k_transports.begin(), k_transports.end(),
                   [&](const Transport& transport) { return text.starts_with(transport.prefix); });
  return found == k_transports.end() ? nullptr : &*found;
}

/// Carries the whole text, so that every complaint can quote it.
class Complaint {
 public:
  explicit Complaint(std::string_view text) : m_text(text) {}
  [[noreturn]] void operator()(const std::string& reason) const {
    throw Error(ErrorCode::invalid_input, "invalid reference " + in_quotes(m_text) + ": " + reason);
  }

 private:
  std::string_view m_text;
};

bool is_domain_component(std::string_view text) {
  return !text.empty() && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-'; });
}

template <class Predicate>
bool all_parts(std::string_view text, char separator, Predicate predicate) {
  for (;;) {
    const std::size_t end = text.find(separator);
    if (!predicate(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

bool is_ipv6(std::string_view text) {
  in6_addr address{};
  return std::all_of(text.begin(), text.end(), [](char c) { return is_hex(c) || c == ':'; }) &&
         ::inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

void check_port(std::string_view port, const Complaint& complain) {
  const bool digits = !port.empty() && port.size() <= 5 && port.front() != '0' &&
                      std::all_of(port.begin(), port.end(), is_digit);
  if (!digits || std::stoul(std::string(port)) > 65535) {
    complain("the port " + in_quotes(port) +
             " is not a number from 1 to 65535 without zeros in front");
  }
}

void check_domain(std::string_view domain, const Complaint& complain) {
  if (names_no_registry(domain)) {
    complain(in_quotes(domain) + " can't be a registry, as names of what is in none begin so");
  }
  std::string_view host = domain.substr(0, domain.find(':'));
  if (domain.starts_with('[')) {
    const std::size_t close = domain.find(']');
    if (close == std::string_view::npos || !is_ipv6(domain.substr(1, close - 1))) {
      complain("the registry " + in_quotes(domain) + " is not an IPv6 address in brackets");
    }
    host = domain.substr(0, close + 1);
    const std::string_view rest = domain.substr(host.size());
    if (!rest.empty() && rest.front() != ':') {
      complain("expected \":port\" or \"/\" after " + in_quotes(host));
    }
  } else if (!all_parts(host, '.', is_domain_component)) {
    complain("the registry " + in_quotes(host) +
             " is not a host name, expected letters, digits and \"-\" between dots");
  }
  if (host.size() < domain.size()) check_port(domain.substr(host.size() + 1), complain);
}

/// [a-z0-9]+ with separators ".", "_", "__" or a run of "-" between.
bool is_path_component(std::string_view text) {
  if (text.empty() || !is_path_letter(text.front()) || !is_path_letter(text.back())) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_path_letter(c) || c == '-') {
      // "-" joins with "-" only: "a-.b" has two separators side by side.
      if (c == '-' && (text[i - 1] == '.' || text[i - 1] == '_')) return false;
      continue;
    }
    if (c != '.' && c != '_') return false;
    const bool second_underscore =
        c == '_' && text[i - 1] == '_' && (i < 2 || is_path_letter(text[i - 2]));
    if (!is_path_letter(text[i - 1]) && !second_underscore) return false;
  }
  return true;
}

void check_repository(std::string_view repository, const Complaint& complain) {
  if (repository.empty()) complain("the repository is missing");
  if (has_upper(repository)) {
    complain("the repository " + in_quotes(repository) +
             " has upper-case letters, expected lower case");
  }
  all_parts(repository, '/', [&](std::string_view component) {
    if (component.empty()) complain("the repository has an empty part between slashes");
    if (!is_path_component(component)) {
      complain("the part " + in_quotes(component) +
               " of the repository is invalid, expected a-z and 0-9 with \".\", \"_\", \"__\" or "
               "\"-\" between");
    }
    return true;
  });
}

void check_bounds(std::string_view text, const Complaint& complain) {
  if (text.empty()) complain("it is empty, expected [registry/]repository[:tag][@digest]");
  if (text.size() > k_max_text) complain("it is longer than 1024 characters");
  if (const Transport* transport = transport_of(text);
      transport != nullptr && !transport->instead.empty()) {
    complain(in_quotes(transport->prefix) + " is not supported; " +
             std::string(transport->instead));
  }
  if (text.find("://") != std::string_view::npos) {
    complain("expected a registry without a scheme such as \"https://\"");
  }
  if (base::without_user_info(text) != text) {
    complain(
        "expected a registry without user info before \"@\"; credentials come from docker login "
        "(docs/formats/credentials.md)");
  }
  const bool bare_hex = text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
                          return is_digit(c) || (c >= 'a' && c <= 'f');
                        });
  if (bare_hex) {
    complain("64 hex digits alone name no repository, expected repository@sha256:<digest>");
  }
}

/// The part before the first slash is a registry if it looks like a host; else it belongs to the
/// repository on Docker Hub (distribution/reference, splitDockerDomain).
std::pair<std::string_view, std::string_view> split_domain(std::string_view name) {
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos) return {k_hub, name};
  const std::string_view first = name.substr(0, slash);
  const bool is_host = first.find_first_of(".:") != std::string_view::npos ||
                       first == "localhost" || first.starts_with('[') || has_upper(first);
  if (!is_host) return {k_hub, name};
  return {first == "index.docker.io" ? k_hub : first, name.substr(slash + 1)};
}

/// Where the tag's colon is: behind the last slash, so that a port is none.
std::size_t tag_colon(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  if (slash == std::string_view::npos && name.starts_with('[')) return std::string_view::npos;
  return name.find(':', slash == std::string_view::npos ? 0 : slash);
}

void check_tag(std::string_view tag, const Complaint& complain) {
  if (tag.empty()) complain("the tag after \":\" is empty");
  if (tag.size() > k_max_tag) complain("the tag is longer than 128 characters");
  if (!is_tag(tag)) {
    complain(
        "the tag " + in_quotes(tag) +
        " is invalid, expected letters, digits, \"_\", \".\" and \"-\", not starting with \".\" "
        "or \"-\"");
  }
}

}  // namespace

bool is_tag(std::string_view text) noexcept {
  const auto word = [](char c) { return is_alphanumeric(c) || c == '_'; };
  return !text.empty() && text.size() <= k_max_tag && word(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return word(c) || c == '.' || c == '-'; });
}

bool names_no_registry(std::string_view text) noexcept {
  return transport_of(text) != nullptr;
}

bool is_repository(std::string_view text) noexcept {
  return all_parts(text, '/', is_path_component);
}

Reference Reference::parse(std::string_view text) {
  const Complaint complain(text);
  check_bounds(text, complain);
  Reference reference;
  std::string_view name = text;
  if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
    name = text.substr(0, at);
    reference.m_digest =
        base::with_context([&] { return "invalid reference " + in_quotes(text); },
                           [&] { return hash::Digest::parse(text.substr(at + 1)); });
  }
  if (const std::size_t colon = tag_colon(name); colon != std::string_view::npos) {
    check_tag(name.substr(colon + 1), complain);
    reference.m_tag = name.substr(colon + 1);
    name = name.substr(0, colon);
  }
  const auto [domain, repository] = split_domain(name);
  check_domain(domain, complain);
  check_repository(repository, complain);
  reference.m_domain = domain;
  reference.m_repository = repository;
  if (domain == k_hub && repository.find('/') == std::string_view::npos) {
    reference.m_repository.insert(0, "library/");
  }
  if (reference.name().size() > k_max_name) {
    complain("registry and repository are longer than 255 characters");
  }
  return reference;
}

std::string Reference::str() const {
  std::string text = name();
  if (m_tag) text += ":" + *m_tag;
  if (m_digest) text += "@" + m_digest->str();
  return text;
}

std::string Reference::tag_or_digest() const {
  if (m_digest) return m_digest->str();
  return m_tag.value_or("latest");
}

Reference Reference::with_digest(hash::Digest digest) const {
  Reference copy = *this;
  copy.m_digest = std::move(digest);
  return copy;
}

Reference Reference::with_tag(std::string_view tag) const {
  check_tag(tag, Complaint(tag));
  Reference copy = *this;
  copy.m_tag = tag;
  return copy;
}

Reference Reference::bare() const {
  Reference copy = *this;
  copy.m_tag.reset();
  copy.m_digest.reset();
  return copy;
}

}  // namespace pinnace::oci
