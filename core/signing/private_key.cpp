#include <openssl/pem.h>

#include <algorithm>

#include "base/error.hpp"
#include "signing/keys.hpp"
#include "signing/openssl.hpp"
#include "signing/pem.hpp"

namespace pinnace::signing {

using base::Error;
using base::ErrorCode;

namespace {

constexpr std::string_view k_end_of_parameters = "-----END EC PARAMETERS-----";

struct Password {
  const std::optional<base::Secret>& given;
  bool asked = false;
};

/// Called by OpenSSL, which would ask at the terminal by itself.
int give_password(char* buffer, int size, int /*writing*/, void* data) {
  auto& password = *static_cast<Password*>(data);
  password.asked = true;
  if (!password.given) return -1;
  const std::string& text = password.given->text();
  if (text.size() > static_cast<std::size_t>(std::max(size, 0))) return -1;
  std::copy(text.begin(), text.end(), buffer);
  return static_cast<int>(text.size());
}

void check_label(std::string_view pem, const std::string& what) {
  auto label = pem_label(pem);
  // openssl ecparam -genkey writes the curve before the key, which names it, too.
  if (label == "EC PARAMETERS")
    label = pem_label(pem.substr(std::min(pem.find(k_end_of_parameters), pem.size())));
  if (!label)
    throw Error(ErrorCode::invalid_input,
                what + ": expected a private key, \"-----BEGIN PRIVATE KEY-----\"");
  // scrypt and NaCl's secretbox: OpenSSL has no XSalsa20, and we have no cryptography of our own.
  if (*label == "ENCRYPTED SIGSTORE PRIVATE KEY" || *label == "ENCRYPTED COSIGN PRIVATE KEY")
    throw Error(ErrorCode::unsupported,
                what +
                    ": the key is encrypted in cosign's own format, which only cosign reads; "
                    "expected PKCS#8 (openssl genpkey), which cosign import-key-pair takes, too");
  if (!label->ends_with("PRIVATE KEY"))
    throw Error(ErrorCode::invalid_input, what + ": expected a private key, found another PEM");
}

}  // namespace

PrivateKey PrivateKey::parse(const base::Secret& pem, const std::optional<base::Secret>& password,
                             const std::string& what) {
  const QuietErrors quiet;
  check_label(pem.text(), what);
  const Bio bio = reading(pem.text());
  Password given{password};
  KeyPointer key =
      owned(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, give_password, &given) : nullptr);
  if (!key && given.asked)
    throw Error(ErrorCode::invalid_input,
                what + (password ? ": the key can't be decrypted with this password"
                                 : ": the key is encrypted, expected a password for it "
                                   "(--key-password file:PATH or env:NAME)"));
  if (!key) throw Error(ErrorCode::invalid_input, what + ": the private key can't be read");
  PublicKey public_key = PublicKey::of(key, what);
  return {std::move(key), std::move(public_key)};
}

std::string PrivateKey::sign(std::string_view message) const {
  const QuietErrors quiet;
  const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const EVP_MD* digest = m_public.kind() == KeyKind::ecdsa_p256 ? EVP_sha256() : nullptr;
  std::size_t size = 0;
  bool good =
      context && EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, m_key.get()) == 1 &&
      EVP_DigestSign(context.get(), nullptr, &size, as_unsigned(message), message.size()) == 1;
  std::string signature(size, '\0');
  good = good && EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()),
                                &size, as_unsigned(message), message.size()) == 1;
  if (!good) throw Error(ErrorCode::internal, "OpenSSL can't sign with this key");
  signature.resize(size);
  return signature;
}

}  // namespace pinnace::signing
