#include "http/trust.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstdlib>

#include "base/error.hpp"
#include "files/look.hpp"

namespace pinnace::http {

namespace {

constexpr const char* k_places[] = {
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Alpine, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",                   // Fedora, RHEL
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // newer RHEL
    "/etc/ssl/ca-bundle.pem",                             // openSUSE
    "/etc/ssl/cert.pem",                                  // OpenSSL's own
};

std::filesystem::path find_system_authorities() {
  if (const char* chosen = std::getenv("SSL_CERT_FILE"); chosen != nullptr && *chosen != '\0') {
    return chosen;
  }
  for (const char* place : k_places) {
    if (files::is_file_for_us(place)) return place;
  }
  return {};
}

}  // namespace

const std::filesystem::path& system_authorities() {
  static const std::filesystem::path found = find_system_authorities();
  return found;
}

void add_authorities(void* tls_context, const std::filesystem::path& file) {
  ERR_clear_error();
  if (SSL_CTX_load_verify_file(static_cast<SSL_CTX*>(tls_context), file.c_str()) == 1) return;
  char reason[256];
  ERR_error_string_n(ERR_get_error(), reason, sizeof reason);
  ERR_clear_error();
  throw base::Error(base::ErrorCode::invalid_input,
                    file.string() + ": expected PEM certificates of authorities: " + reason);
}

}  // namespace pinnace::http
