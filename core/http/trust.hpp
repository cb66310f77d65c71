#pragma once

#include <filesystem>

/// Which certificate authorities are trusted.
namespace pinnace::http {

/// The system's bundle of authorities: $SSL_CERT_FILE, else the first that is there of the places
/// of Debian and Alpine, Fedora and RHEL, openSUSE, and OpenSSL; empty if there is none. Looked up
/// once.
const std::filesystem::path& system_authorities();

/// Adds the authorities in a PEM file to those that a TLS context (OpenSSL's SSL_CTX) trusts.
/// Throws invalid_input that names the file if it has none or can't be read.
void add_authorities(void* tls_context, const std::filesystem::path& file);

}  // namespace pinnace::http
