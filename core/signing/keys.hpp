#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"

struct evp_pkey_st;  // EVP_PKEY of OpenSSL

namespace pinnace::signing {

/// What a key signs with: ECDSA over P-256 with SHA-256, a signature being DER (RFC 3279, 2.2.3),
/// or Ed25519 (RFC 8032, not the variant "ph"), a signature having 64 bytes.
enum class KeyKind { ecdsa_p256, ed25519 };

/// A file with a key has at most so many bytes.
inline constexpr std::size_t k_max_key_file = std::size_t{64} << 10;

/// SHA-256 as 32 bytes.
std::string sha256_of(std::string_view message);

/// A message with that.
struct Hashed {
  std::string_view message;
  std::string_view sha256;
};

/// A key that signatures are checked with. Cheap to copy; several threads may use one.
class PublicKey {
 public:
  /// One PEM block "PUBLIC KEY" (RFC 7468, 13) and nothing beside it, in the one form that each key
  /// has: of P-256 the curve by its name, the point not compressed. Throws invalid_input, naming
  /// `what`; unsupported for other kinds of keys.
  static PublicKey parse(std::string_view pem, const std::string& what);
  /// Takes a reference of its own to `key`. Throws as parse().
  static PublicKey of(const std::shared_ptr<evp_pkey_st>& key, const std::string& what);

  KeyKind kind() const noexcept { return m_kind; }
  /// Base64 of SHA-256 over its DER (SubjectPublicKeyInfo): what Sigstore bundles have as "hint".
  const std::string& hint() const noexcept { return m_hint; }
  /// Whether `signature` is of just these bytes and of this key.
  bool verifies(std::string_view message, std::string_view signature) const;
  /// The same, where many keys and signatures are tried: the message is hashed once.
  bool verifies(const Hashed& what, std::string_view signature) const;
  std::string pem() const;

  bool operator==(const PublicKey& other) const noexcept { return m_der == other.m_der; }

 private:
  PublicKey(std::shared_ptr<evp_pkey_st> key, KeyKind kind, std::string der);
  bool verifies_sha256(std::string_view sha256, std::string_view signature) const;

  std::shared_ptr<evp_pkey_st> m_key;
  KeyKind m_kind;
  std::string m_der;
  std::string m_hint;
};

/// A key that signs. OpenSSL wipes it when the last copy goes; no message ever quotes any of it.
class PrivateKey {
 public:
  /// A PEM block "PRIVATE KEY" or "ENCRYPTED PRIVATE KEY" (PKCS#8; RFC 7468, 10 and 11), or what
  /// OpenSSL wrote before ("EC PRIVATE KEY", also behind "EC PARAMETERS"). Throws invalid_input,
  /// naming `what`, also for an encrypted one without a password or with a wrong one; unsupported
  /// for other kinds of keys and for those that cosign has encrypted in a format of its own.
  static PrivateKey parse(const base::Secret& pem, const std::optional<base::Secret>& password,
                          const std::string& what);

  const PublicKey& public_key() const noexcept { return m_public; }
  /// A signature of `message`; of ECDSA another one each time.
  std::string sign(std::string_view message) const;

 private:
  PrivateKey(std::shared_ptr<evp_pkey_st> key, PublicKey public_key)
      : m_key(std::move(key)), m_public(std::move(public_key)) {}

  std::shared_ptr<evp_pkey_st> m_key;
  PublicKey m_public;
};

}  // namespace pinnace::signing
