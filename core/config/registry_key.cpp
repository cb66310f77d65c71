#include "config/registry_key.hpp"

namespace pinnace::config {

std::string normalize_key(std::string_view key) {
  bool has_scheme = false;
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!key.starts_with(scheme)) continue;
    key.remove_prefix(scheme.size());
    has_scheme = true;
    break;
  }
  while (key.ends_with('/')) key.remove_suffix(1);
  const std::string_view host = key.substr(0, key.find('/'));
  const bool is_hub = host == "index.docker.io" || host == "registry-1.docker.io";
  // Docker's own name for the hub, "index.docker.io/v1", has a path that is none of a repository.
  const std::string_view path =
      has_scheme || key == "index.docker.io/v1" ? "" : key.substr(host.size());
  return std::string(is_hub ? "docker.io" : host) + std::string(path);
}

std::vector<std::string> key_candidates(std::string_view domain, std::string_view repository) {
  std::vector<std::string> keys;
  std::string key = std::string(domain) + "/" + std::string(repository);
  while (key.size() > domain.size() && !repository.empty()) {
    keys.push_back(key);
    key.resize(key.rfind('/'));
  }
  keys.emplace_back(domain);
  return keys;
}

}  // namespace pinnace::config
