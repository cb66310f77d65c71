#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

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
constexpr std::size_t k_ed25519_signature = 64;

/// SubjectPublicKeyInfo of a key of P-256, up to its point: id-ecPublicKey, the curve by its name,
/// and a point that is not compressed (RFC 5480, 2.1.1 and 2.2).
constexpr std::array<unsigned char, 27> k_p256_prefix = {
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
    0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
constexpr std::size_t k_p256_coordinate = 32;

void add_coordinate(EVP_PKEY* key, const char* name, std::string& der) {
  BIGNUM* found = nullptr;
  const bool good = EVP_PKEY_get_bn_param(key, name, &found) == 1;
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(found, BN_free);
  std::array<unsigned char, k_p256_coordinate> bytes{};
  if (!good || BN_bn2binpad(number.get(), bytes.data(), static_cast<int>(bytes.size())) < 0)
    throw Error(ErrorCode::invalid_input, "a public key without a point of its curve");
  der.append(bytes.begin(), bytes.end());
}

/// OpenSSL writes a key as it was read: compressed, or with all of the curve's numbers. Each key
/// has one form, or it would count several times.
std::string p256_der(EVP_PKEY* key) {
  std::string der(k_p256_prefix.begin(), k_p256_prefix.end());
  add_coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X, der);
  add_coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y, der);
  return der;
}

/// DER of SubjectPublicKeyInfo.
std::string der_of(EVP_PKEY* key, KeyKind kind) {
  if (kind == KeyKind::ecdsa_p256) return p256_der(key);
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

std::string sha256_of(std::string_view message) {
  return raw_sha256(message);
}

PublicKey::PublicKey(std::shared_ptr<evp_pkey_st> key, KeyKind kind, std::string der)
    : m_key(std::move(key)),
      m_kind(kind),
      m_der(std::move(der)),
      m_hint(text::base64_encode(raw_sha256(m_der))) {}

PublicKey PublicKey::of(const std::shared_ptr<evp_pkey_st>& key, const std::string& what) {
  const QuietErrors quiet;
  const KeyKind kind = kind_of(key.get(), what);
  const std::string der = der_of(key.get(), kind);
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
  if (der_of(key.get(), kind) != *bytes)
    fail(
        ", its curve by name and its point not compressed, as openssl pkey -pubin -pubout "
        "-ec_conv_form uncompressed -ec_param_enc named_curve writes it");
  return {std::move(key), kind, *bytes};
}

bool PublicKey::verifies(std::string_view message, std::string_view signature) const {
  const std::string sha256 = raw_sha256(message);
  return verifies(Hashed{message, sha256}, signature);
}

bool PublicKey::verifies(const Hashed& what, std::string_view signature) const {
  const QuietErrors quiet;
  if (m_kind == KeyKind::ecdsa_p256) return verifies_sha256(what.sha256, signature);
  if (signature.size() != k_ed25519_signature) return false;
  const std::string_view message = what.message;
  const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return context &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, m_key.get()) == 1 &&
         EVP_DigestVerify(context.get(), as_unsigned(signature), signature.size(),
                          as_unsigned(message), message.size()) == 1;
}

bool PublicKey::verifies_sha256(std::string_view sha256, std::string_view signature) const {
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new(m_key.get(), nullptr), EVP_PKEY_CTX_free);
  return context && EVP_PKEY_verify_init(context.get()) == 1 &&
         EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) == 1 &&
         EVP_PKEY_verify(context.get(), as_unsigned(signature), signature.size(),
                         as_unsigned(sha256), sha256.size()) == 1;
}

std::string PublicKey::pem() const {
  return pem_block(m_der, k_label);
}

}  // namespace pinnace::signing
