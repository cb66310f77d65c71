#include "config/docker_config.hpp"

#include <algorithm>

#include "base/quote.hpp"
#include "config/registry_key.hpp"
#include "text/base64.hpp"
#include "yaml/document.hpp"

namespace pinnace::config {

using yaml::Node;

namespace {

std::string optional_text(const Node& node, std::string_view key) {
  const std::optional<Node> found = node.find(key);
  return !found || found->is_null() ? std::string() : found->text();
}

/// base64 of "user:password", which wins over fields of those names, as in Docker.
void read_auth(const Node& node, Credentials& credentials) {
  const std::string encoded = node.text();
  if (encoded.empty()) return;
  std::optional<std::string> decoded = text::base64_decode(encoded);
  const std::size_t colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    if (decoded) wipe(*decoded);
    node.fail("expected base64 of user:password for \"auth\"");
  }
  credentials.username = decoded->substr(0, colon);
  credentials.password = decoded->substr(colon + 1);
  wipe(*decoded);
  // Old versions of Docker padded with NUL bytes.
  const std::size_t end = credentials.password.find_last_not_of('\0');
  credentials.password.resize(end == std::string::npos ? 0 : end + 1);
}

Credentials read_fields(const Node& node) {
  Credentials credentials(optional_text(node, "username"), optional_text(node, "password"));
  if (const auto auth = node.find("auth"); auth && !auth->is_null()) read_auth(*auth, credentials);
  credentials.identity_token = optional_text(node, "identitytoken");
  credentials.registry_token = optional_text(node, "registrytoken");
  return credentials;
}

/// nullopt for an entry that holds nothing, as null and {} do.
std::optional<DockerConfig::Entry> read_entry(const Node& node, const std::string& origin) {
  if (node.is_null()) return std::nullopt;
  try {
    Credentials credentials = read_fields(node);
    if (credentials.empty()) return std::nullopt;
    credentials.origin = origin;
    return credentials;
  } catch (const base::Error& error) {
    return error;
  }
}

/// The name becomes part of a program's name, and must not lead to another folder.
std::string read_helper(const Node& node) {
  const std::string name = node.text();
  const auto is_allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  if (!std::all_of(name.begin(), name.end(), is_allowed)) {
    node.fail("expected the name of a credential helper, of letters, digits and ._-");
  }
  return name;
}

}  // namespace

DockerConfig DockerConfig::parse(std::string_view text, const std::string& file) {
  DockerConfig config;
  const Node root = yaml::parse_json(text, file);
  if (root.is_null()) return config;
  if (const auto auths = root.find("auths"); auths && !auths->is_null()) {
    for (const auto& [key, value] : auths->entries()) {
      const std::string name = normalize_key(key.text());
      auto entry = read_entry(value, "the credentials of " + file + ", entry " + base::quote(name));
      // A key written in two ways: the first one counts.
      if (entry) config.auths.emplace(name, std::move(*entry));
    }
  }
  if (const auto helpers = root.find("credHelpers"); helpers && !helpers->is_null()) {
    for (const auto& [key, value] : helpers->entries()) {
      if (!value.is_null()) config.helpers.emplace(normalize_key(key.text()), value);
    }
  }
  const auto helper = root.find("credsStore");
  if (helper && !helper->is_null()) config.default_helper = helper;
  return config;
}

std::optional<Credentials> DockerConfig::find(std::string_view domain,
                                              std::string_view repository) const {
  for (const std::string& key : key_candidates(domain, repository)) {
    const auto found = auths.find(key);
    if (found == auths.end()) continue;
    if (const auto* broken = std::get_if<base::Error>(&found->second)) throw *broken;
    return std::get<Credentials>(found->second);
  }
  return std::nullopt;
}

std::string DockerConfig::helper_for(std::string_view domain) const {
  const auto found = helpers.find(domain);
  return found == helpers.end() ? std::string() : read_helper(found->second);
}

std::string DockerConfig::helper_for_all() const {
  return default_helper ? read_helper(*default_helper) : std::string();
}

}  // namespace pinnace::config
