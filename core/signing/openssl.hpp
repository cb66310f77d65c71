#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"

/// What the files that call OpenSSL share.
namespace pinnace::signing {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using KeyPointer = std::shared_ptr<EVP_PKEY>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

inline const unsigned char* as_unsigned(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// Reads borrowed memory.
inline Bio reading(std::string_view text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
}

/// Takes a key over; null stays null.
inline KeyPointer owned(EVP_PKEY* key) {
  return {key, EVP_PKEY_free};
}

/// SHA-256 as 32 bytes.
inline std::string raw_sha256(std::string_view text) {
  std::array<unsigned char, 32> raw{};
  if (EVP_Digest(text.data(), text.size(), raw.data(), nullptr, EVP_sha256(), nullptr) != 1)
    throw base::Error(base::ErrorCode::internal, "cannot compute SHA-256");
  return {raw.begin(), raw.end()};
}

/// What OpenSSL noted of a failure is nobody's business after it: the queue is the thread's, and
/// may be a JVM's.
class QuietErrors {
 public:
  QuietErrors() { ERR_set_mark(); }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;
  ~QuietErrors() { ERR_pop_to_mark(); }
};

}  // namespace pinnace::signing
