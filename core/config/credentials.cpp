#include "config/credentials.hpp"

#include <cstdint>

#include "config/registry_key.hpp"
#include "oci/reference.hpp"
#include "yaml/document.hpp"

namespace pinnace::config {

using yaml::Node;

namespace {

/// A text that may be missing or null.
std::string optional_text(const Node& node, std::string_view key) {
  const std::optional<Node> found = node.find(key);
  return !found || found->is_null() ? std::string() : found->text();
}

Credentials read_credentials(const Node& node) {
  node.only({"username", "password", "identityToken", "registryToken"});
  Credentials credentials(optional_text(node, "username"), optional_text(node, "password"));
  credentials.identity_token = optional_text(node, "identityToken");
  credentials.registry_token = optional_text(node, "registryToken");
  const bool has_token = !credentials.identity_token.empty() || !credentials.registry_token.empty();
  if (!has_token && credentials.username.empty()) {
    node.fail("expected username and password, identityToken or registryToken");
  }
  return credentials;
}

}  // namespace

Credentials::~Credentials() {
  wipe(username);
  wipe(password);
  wipe(identity_token);
  wipe(registry_token);
}

void Credentials::swap(Credentials& other) noexcept {
  username.swap(other.username);
  password.swap(other.password);
  identity_token.swap(other.identity_token);
  registry_token.swap(other.registry_token);
  origin.swap(other.origin);
}

bool Credentials::empty() const noexcept {
  return username.empty() && password.empty() && identity_token.empty() && registry_token.empty();
}

StaticCredentials StaticCredentials::parse(std::string_view json, const std::string& what) {
  StaticCredentials credentials;
  const Node root = yaml::parse_json(json, what);
  const Node version = root.get("version");
  if (version.integer(0, INT32_MAX) != 1) {
    version.fail("a version of the credentials that is not known; known is 1");
  }
  root.only({"version", "registries"});
  for (const auto& [key, value] : root.get("registries").entries()) {
    if (oci::names_no_registry(key.name())) key.fail("expected the host of a registry");
    if (credentials.m_registries.contains(normalize_key(key.text()))) {
      key.fail("the registry of " + key.path() + " is here twice");
    }
    Credentials found = read_credentials(value);
    found.origin = "the credentials that came along, entry \"" + normalize_key(key.text()) + "\"";
    credentials.add(key.text(), std::move(found));
  }
  return credentials;
}

void StaticCredentials::add(std::string key, Credentials credentials) {
  m_registries.insert_or_assign(normalize_key(key), std::move(credentials));
}

std::optional<Credentials> StaticCredentials::find(const base::Context&,
                                                   std::string_view registry_domain,
                                                   std::string_view repository) const {
  for (const std::string& key : key_candidates(registry_domain, repository)) {
    const auto found = m_registries.find(key);
    if (found != m_registries.end()) return found->second;
  }
  return std::nullopt;
}

}  // namespace pinnace::config
