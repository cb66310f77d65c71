#include "config/registries.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "config/environments.hpp"
#include "files/file.hpp"
#include "files/look.hpp"
#include "oci/reference.hpp"
#include "web/host.hpp"
#include "yaml/document.hpp"

namespace pinnace::config {

using base::Error;
using base::ErrorCode;
using base::quote;
using std::filesystem::path;
using yaml::Node;

namespace {

/// `text` as the name of a registry: its normal form, if it is one.
void check_domain(const std::string& text) {
  const bool valid = !text.empty() && text.find('/') == std::string::npos &&
                     text.find('@') == std::string::npos &&
                     oci::Reference::parse(text + "/x").domain() == text;
  if (!valid) {
    throw Error(
        ErrorCode::invalid_input,
        "expected the host of a registry, with its port if it has one, found " + quote(text));
  }
}

/// A host, and perhaps a path.
void check_mirror(const std::string& text) {
  const oci::Reference reference = oci::Reference::parse(text + "/x");
  if (reference.name() == text + "/x" && !reference.tag() && !reference.digest()) return;
  throw Error(ErrorCode::invalid_input,
              "expected host[:port][/path] of a mirror, found " + quote(text));
}

path read_file_name(const Node& map, std::string_view key, const path& folder) {
  const std::optional<Node> node = map.find(key);
  return !node || node->is_null() ? path() : folder / path(node->name());
}

bool read_flag(const Node& map, std::string_view key) {
  const std::optional<Node> node = map.find(key);
  return node && !node->is_null() && node->boolean();
}

RegistrySettings read_settings(const Node& node, const path& folder) {
  node.only({"plainHttp", "tls", "mirror", "ca", "clientCertificate", "clientKey"});
  RegistrySettings settings;
  settings.plain_http = read_flag(node, "plainHttp");
  settings.tls = read_flag(node, "tls");
  if (const auto mirror = node.find("mirror"); mirror && !mirror->is_null()) {
    settings.mirror = mirror->name();
    mirror->convert([](const std::string& text) { return check_mirror(text), true; });
  }
  settings.ca_file = read_file_name(node, "ca", folder);
  settings.client_cert = read_file_name(node, "clientCertificate", folder);
  settings.client_key = read_file_name(node, "clientKey", folder);
  if (settings.plain_http && settings.tls) node.fail("plainHttp and tls can't both be true");
  if (settings.client_cert.empty() != settings.client_key.empty()) {
    node.fail("clientCertificate and clientKey need each other");
  }
  return settings;
}

std::optional<std::chrono::seconds> read_duration(const Node& map, std::string_view key,
                                                  std::chrono::seconds least,
                                                  std::chrono::seconds most) {
  const std::optional<Node> node = map.find(key);
  if (!node || node->is_null()) return std::nullopt;
  const auto value = node->convert([](const std::string& text) { return parse_duration(text); });
  if (value < least || value > most) {
    node->fail("expected " + std::to_string(least.count()) + "s to " +
               std::to_string(most.count()) + "s");
  }
  return value;
}

TransferSettings read_transfer(const Node& node) {
  using std::chrono::hours;
  using std::chrono::seconds;
  node.only({"silence", "attempts", "giveUpAfter"});
  TransferSettings settings;
  settings.silence = read_duration(node, "silence", seconds(1), hours(1));
  settings.give_up_after = read_duration(node, "giveUpAfter", seconds(0), hours(7 * 24));
  if (const auto attempts = node.find("attempts"); attempts && !attempts->is_null()) {
    settings.attempts = static_cast<unsigned>(attempts->integer(1, 100));
  }
  return settings;
}

Registries read_registries(const Node& root, const path& folder) {
  Registries registries;
  const Node version = root.get("version");
  if (version.integer(0, INT32_MAX) != 1) {
    version.fail("a version of the format that is not known; known is 1", ErrorCode::unsupported);
  }
  root.only({"version", "registries", "transfer"});
  if (const auto transfer = root.find("transfer"); transfer && !transfer->is_null()) {
    registries.set_transfer(read_transfer(*transfer));
  }
  const auto list = root.find("registries");
  if (!list || list->is_null()) return registries;
  for (const auto& [key, value] : list->entries()) {
    key.convert([](const std::string& text) { return check_domain(text), true; });
    registries.set(key.text(), value.is_null() ? RegistrySettings{} : read_settings(value, folder));
  }
  return registries;
}

/// The one file that people expect to be found; others of these folders are for other tools.
path find_authority(const std::vector<path>& folders, std::string_view domain) {
  // A domain that came from elsewhere must not lead out of the folder.
  const bool is_name = !domain.empty() && domain != "." && domain != ".." &&
                       domain.find('/') == std::string_view::npos;
  if (!is_name) return {};
  for (const path& folder : folders) {
    path file = folder / path(domain) / "ca.crt";
    if (files::is_file_for_us(file)) return file;
  }
  return {};
}

}  // namespace

Registries::Registries()
    : m_authority_folders({"/etc/containers/certs.d", "/etc/docker/certs.d"}) {}

Registries Registries::load_default(const process::Environment& environment) {
  if (const auto file = process::variable(environment, "PINNACE_REGISTRIES")) {
    return base::with_context([] { return "$PINNACE_REGISTRIES"; }, [&] { return load(*file); });
  }
  path folder;
  if (const auto config = process::variable(environment, "XDG_CONFIG_HOME")) {
    folder = *config;
  } else if (const auto home = process::variable(environment, "HOME")) {
    folder = path(*home) / ".config";
  }
  const path file = folder / "pinnace/registries.yaml";
  if (folder.empty() || !files::exists(file)) return {};
  return load(file);
}

Registries Registries::load(const path& file) {
  return parse_yaml(files::read_file(file, yaml::k_max_document), file.string());
}

Registries Registries::parse_yaml(std::string_view text, const std::string& file) {
  return read_registries(yaml::parse(text, file), path(file).parent_path());
}

Registries Registries::parse_json(std::string_view text, const std::string& file) {
  return read_registries(yaml::parse_json(text, file), path(file).parent_path());
}

RegistrySettings Registries::find(std::string_view domain) const {
  const auto found = m_settings.find(domain);
  RegistrySettings settings = found == m_settings.end() ? RegistrySettings{} : found->second;
  if (settings.ca_file.empty()) settings.ca_file = find_authority(m_authority_folders, domain);
  return settings;
}

namespace {

/// Whether that port goes without saying.
bool is_usual(const web::Origin& origin) {
  return origin.port == (origin.scheme == "https" ? "443" : "80");
}

/// One text for all spellings.
std::string one_spelling(std::string_view host) {
  return web::is_loopback(host) ? "localhost" : web::reached_host(host);
}

}  // namespace

path Registries::ca_of(const web::Origin& origin) const {
  path file = find(origin.host + ":" + origin.port).ca_file;
  if (file.empty() && is_usual(origin)) file = find(origin.host).ca_file;
  return file;
}

bool Registries::names(const web::Origin& origin) const {
  const std::string host = one_spelling(origin.host);
  return std::any_of(m_settings.begin(), m_settings.end(), [&](const auto& entry) {
    const std::string& domain = entry.first;
    const std::size_t colon = domain.ends_with(']') ? std::string::npos : domain.rfind(':');
    const std::string named = one_spelling(domain.substr(0, colon));
    if (colon == std::string::npos) return named == host && is_usual(origin);
    return named == host && domain.substr(colon + 1) == origin.port;
  });
}

bool Registries::may_be_plain(const std::string& host, const std::string& port) const {
  const auto is_plain = [&](const std::string& domain) {
    const auto found = m_settings.find(domain);
    return found != m_settings.end() && found->second.plain_http;
  };
  return is_plain(host + ":" + port) || (port == "80" && is_plain(host));
}

void Registries::set(std::string domain, RegistrySettings settings) {
  m_settings.insert_or_assign(std::move(domain), std::move(settings));
}

void Registries::set_authority_folders(std::vector<path> folders) {
  m_authority_folders = std::move(folders);
}

}  // namespace pinnace::config
