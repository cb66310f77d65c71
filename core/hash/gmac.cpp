#include "hash/gmac.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "base/error.hpp"

namespace pinnace::hash {

using base::Error;
using base::ErrorCode;

namespace {

using Context = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;
using Algorithm = std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)>;

Context start(base::Bytes key) {
  const Algorithm gmac(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_GMAC, nullptr), EVP_MAC_free);
  Context context(gmac ? EVP_MAC_CTX_new(gmac.get()) : nullptr, EVP_MAC_CTX_free);
  std::array<char, 12> cipher{"AES-256-GCM"};
  std::array<unsigned char, 12> nonce{};
  const std::array<OSSL_PARAM, 3> parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_IV, nonce.data(), nonce.size()),
      OSSL_PARAM_construct_end()};
  if (!context || EVP_MAC_init(context.get(), reinterpret_cast<const unsigned char*>(key.data()),
                               key.size(), parameters.data()) != 1) {
    throw Error(ErrorCode::internal, "cannot start GMAC");
  }
  return context;
}

}  // namespace

struct Gmac::State {
  Context keyed;  ///< has seen the key and no content
};

Gmac::Gmac(base::Bytes key) {
  if (key.size() != k_key_size)
    throw Error(ErrorCode::invalid_input,
                "a key of GMAC has 32 bytes, not " + std::to_string(key.size()));
  m_state = std::make_unique<State>(State{start(key)});
}

Gmac::~Gmac() = default;
Gmac::Gmac(Gmac&&) noexcept = default;
Gmac& Gmac::operator=(Gmac&&) noexcept = default;

Gmac::Tag Gmac::of(std::initializer_list<base::Bytes> parts) const {
  const Context context(EVP_MAC_CTX_dup(m_state->keyed.get()), EVP_MAC_CTX_free);
  Tag tag{};
  std::size_t size = 0;
  bool good = context != nullptr;
  for (const base::Bytes part : parts) {
    good =
        good && EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(part.data()),
                               part.size()) == 1;
  }
  good = good && EVP_MAC_final(context.get(), reinterpret_cast<unsigned char*>(tag.data()), &size,
                               tag.size()) == 1;
  if (!good || size != tag.size()) throw Error(ErrorCode::internal, "cannot compute a GMAC");
  return tag;
}

std::array<std::byte, Gmac::k_key_size> Gmac::make_key() {
  std::array<std::byte, k_key_size> key{};
  if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) != 1)
    throw Error(ErrorCode::unavailable, "the system gives no random bytes");
  return key;
}

}  // namespace pinnace::hash
