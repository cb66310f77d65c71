#include "config/docker_credentials.hpp"

#include "base/error.hpp"
#include "config/credential_helper.hpp"
#include "config/docker_config.hpp"
#include "files/file.hpp"

namespace pinnace::config {

using base::Error;
using base::ErrorCode;

namespace {

constexpr std::size_t k_max_file = std::size_t{1} << 20;

/// nullopt if there is no such file.
std::optional<DockerConfig> load_config(const std::filesystem::path& file) {
  std::string text;
  try {
    text = files::read_file(file, k_max_file);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found) return std::nullopt;
    throw;
  }
  // Docker takes an empty file for no configuration, and so is null.
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return DockerConfig{};
  DockerConfig config = DockerConfig::parse(text, file.string());
  wipe(text);
  return config;
}

}  // namespace

DockerCredentials::DockerCredentials(process::Environment environment)
    : m_environment(std::move(environment)) {}

std::vector<std::filesystem::path> DockerCredentials::files() const {
  using process::variable;
  std::vector<std::filesystem::path> files;
  if (const auto file = variable(m_environment, "REGISTRY_AUTH_FILE")) files.emplace_back(*file);
  if (const auto folder = variable(m_environment, "DOCKER_CONFIG")) {
    files.push_back(std::filesystem::path(*folder) / "config.json");
  } else if (const auto home = variable(m_environment, "HOME")) {
    files.push_back(std::filesystem::path(*home) / ".docker/config.json");
  }
  if (const auto folder = variable(m_environment, "XDG_RUNTIME_DIR")) {
    files.push_back(std::filesystem::path(*folder) / "containers/auth.json");
  }
  return files;
}

std::optional<Credentials> DockerCredentials::find(const base::Context& context,
                                                   std::string_view registry_domain,
                                                   std::string_view repository) const {
  for (const std::filesystem::path& file : files()) {
    const std::optional<DockerConfig> config = load_config(file);
    if (!config) continue;
    const auto ask = [&](const std::string& helper) -> std::optional<Credentials> {
      if (helper.empty()) return std::nullopt;
      return base::with_context([&] { return file.string(); },
                                [&] {
                                  auto found =
                                      ask_helper(context, helper, registry_domain, m_environment);
                                  if (found) found->origin += " (" + file.string() + ")";
                                  return found;
                                });
    };
    if (auto found = ask(config->helper_for(registry_domain))) return found;
    if (auto found = config->find(registry_domain, repository)) return found;
    if (auto found = ask(config->helper_for_all())) return found;
  }
  return std::nullopt;
}

}  // namespace pinnace::config
