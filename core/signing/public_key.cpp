#include <openssl/objects.h>
#include <openssl/x509.h>

#include <array>

#include "base/error.hpp"
#include "signing/keys.hpp"
#include "signing/openssl.hpp"
#include "signing/pem.hpp"
#include "text/base64.hpp"

namespace pinnace::signing {

using base::Error;
using base::ErrorCode;

namespace {

constexpr std::string_view k_label = "PUBLIC KEY";

/// DER of SubjectPublicKeyInfo.
std::string der_of(EVP_PKEY* key) {
  unsigned char* bytes = nullptr;
  const int size = i2d_PUBKEY(key, &bytes);
  if (size <= 0) throw Error(ErrorCode::internal, "cannot write a public key");
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

KeyKind kind_of(EVP_PKEY* key, const std::string& what) {
  if (EVP_PKEY_is_a(key, "ED25519") == 1) return KeyKind::ed25519;
  if (EVP_PKEY_is_a(key, "EC") == 1) {
    std::array<char, 80> group{};
    std::size_t size = 0;
    if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) == 1 &&
        OBJ_txt2nid(group.data()) == NID_X9_62_prime256v1)
      return KeyKind::ecdsa_p256;
  }
  throw Error(ErrorCode::unsupported,
              what + ": expected a key of ECDSA with the curve P-256, or of Ed25519");
}

}  // namespace

PublicKey::PublicKey(std::shared_ptr<evp_pkey_st> key, KeyKind kind, std::string der)
    : m_key(std::move(key)),
      m_kind(kind),
      m_der(std::move(der)),
      m_hint(text::base64_encode(raw_sha256(m_der))) {}

PublicKey PublicKey::of(const std::shared_ptr<evp_pkey_st>& key, const std::string& what) {
  const QuietErrors quiet;
  const KeyKind kind = kind_of(key.get(), what);
  const std::string der = der_of(key.get());
  const unsigned char* at = as_unsigned(der);
  KeyPointer copy = owned(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  if (!copy) throw Error(ErrorCode::invalid_input, what + ": expected a key");
  return {std::move(copy), kind, der};
}

PublicKey PublicKey::parse(std::string_view pem, const std::string& what) {
  const QuietErrors quiet;
  const auto fail = [&](const std::string& found) {
    throw Error(ErrorCode::invalid_input,
                what + ": expected a public key, \"-----BEGIN PUBLIC KEY-----\"" + found);
  };
  const auto label = pem_label(pem);
  if (label && label->ends_with("PRIVATE KEY"))
    fail(", found a private one; openssl pkey -in FILE -pubout writes its public key");
  const auto bytes = pem_bytes(pem, k_label);
  if (!bytes) fail(" and nothing beside it");
  const unsigned char* at = as_unsigned(*bytes);
  KeyPointer key = owned(d2i_PUBKEY(nullptr, &at, static_cast<long>(bytes->size())));
  if (!key) fail(", found one that can't be read");
  const KeyKind kind = kind_of(key.get(), what);
  // One form of each key: who changes a byte of the file changes the key.
  if (der_of(key.get()) != *bytes) fail(" as openssl pkey -pubin writes it");
  return {std::move(key), kind, *bytes};
}

bool PublicKey::verifies(std::string_view message, std::string_view signature) const {
  const QuietErrors quiet;
  const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const EVP_MD* digest = m_kind == KeyKind::ecdsa_p256 ? EVP_sha256() : nullptr;
  return context &&
         EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, m_key.get()) == 1 &&
         EVP_DigestVerify(context.get(), as_unsigned(signature), signature.size(),
                          as_unsigned(message), message.size()) == 1;
}

std::string PublicKey::pem() const {
  return pem_block(m_der, k_label);
}

}  // namespace pinnace::signing
