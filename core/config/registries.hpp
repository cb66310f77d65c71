#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "process/environment.hpp"
#include "web/url.hpp"

namespace pinnace::config {

/// How a registry is reached.
struct RegistrySettings {
  bool plain_http = false;  ///< no TLS
  bool tls = false;         ///< TLS even on loopback, where plain http is the default
  std::string mirror;  ///< host[:port][/path] that is asked first for what is read; empty: none
  std::filesystem::path ca_file;  ///< PEM, besides the system's authorities; empty: none
  std::filesystem::path client_cert;
  std::filesystem::path client_key;

  bool operator==(const RegistrySettings&) const = default;
};

/// How patient transfers are; what is not set is as http::Options and http::RetryPolicy have it.
struct TransferSettings {
  std::optional<std::chrono::seconds> silence;  ///< of a peer before it is given up, 1 s to 1 h
  std::optional<unsigned> attempts;             ///< of one operation, 1 to 100
  std::optional<std::chrono::seconds> give_up_after;  ///< the first failure, 0 s to 7 d

  bool operator==(const TransferSettings&) const = default;
};

/// The settings of all registries (docs/formats/registries.md). A value; finding looks at the disk
/// only for <folder>/<host>/ca.crt in the folders where Docker and containers/image keep
/// authorities.
class Registries {
 public:
  Registries();
  /// $PINNACE_REGISTRIES (which must exist then), else $XDG_CONFIG_HOME/pinnace/registries.yaml or
  /// ~/.config/pinnace/registries.yaml if it exists. Throws invalid_input with line and column.
  static Registries load_default(
      const process::Environment& environment = process::current_environment());
  /// Throws not_found if there is no such file.
  static Registries load(const std::filesystem::path& file);
  /// Files named in it are relative to the folder of `file`.
  static Registries parse_yaml(std::string_view text, const std::string& file);
  static Registries parse_json(std::string_view text, const std::string& file);

  /// `domain` as oci::Reference has it.
  RegistrySettings find(std::string_view domain) const;
  /// The authorities of whoever answers at `origin`: of its host with its port, else, where that is
  /// the usual one of its scheme, of the host alone; empty: none of its own.
  std::filesystem::path ca_of(const web::Origin& origin) const;
  /// Whether there is an entry for `origin`, in whatever spelling. This machine's loopback is one
  /// host.
  bool names(const web::Origin& origin) const;
  /// Whether plainHttp is set for a host at a port; port 80 is the one of a host without any.
  bool may_be_plain(const std::string& host, const std::string& port) const;
  const TransferSettings& transfer() const noexcept { return m_transfer; }
  void set(std::string domain, RegistrySettings settings);
  void set_transfer(TransferSettings settings) { m_transfer = settings; }
  /// Instead of /etc/containers/certs.d and /etc/docker/certs.d.
  void set_authority_folders(std::vector<std::filesystem::path> folders);

 private:
  std::map<std::string, RegistrySettings, std::less<>> m_settings;
  TransferSettings m_transfer;
  std::vector<std::filesystem::path> m_authority_folders;
};

}  // namespace pinnace::config
