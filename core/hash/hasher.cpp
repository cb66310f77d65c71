#include "hash/hasher.hpp"

#include <openssl/evp.h>

#include <array>

#include "base/error.hpp"

namespace pinnace::hash {

using base::Error;
using base::ErrorCode;

struct Hasher::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

Hasher::Hasher(Algorithm algorithm) : m_state(std::make_unique<State>()), m_algorithm(algorithm) {
  const EVP_MD* type = algorithm == Algorithm::sha256 ? EVP_sha256() : EVP_sha512();
  if (m_state->context == nullptr || EVP_DigestInit_ex(m_state->context, type, nullptr) != 1) {
    throw Error(ErrorCode::internal, "cannot start " + std::string(to_string(algorithm)));
  }
}

Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::write(base::Bytes bytes) {
  EVP_DigestUpdate(m_state->context, bytes.data(), bytes.size());
  m_size += bytes.size();
}

Digest Hasher::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned int size = 0;
  if (EVP_DigestFinal_ex(m_state->context, raw.data(), &size) != 1) {
    throw Error(ErrorCode::internal, "cannot finish " + std::string(to_string(m_algorithm)));
  }
  return Digest::from_raw(m_algorithm, std::as_bytes(std::span(raw).first(size)));
}

VerifyingSource::VerifyingSource(std::unique_ptr<base::Source> inner, Digest digest,
                                 std::uint64_t size, std::string what)
    : m_inner(std::move(inner)),
      m_digest(std::move(digest)),
      m_size(size),
      m_what(std::move(what)),
      m_hasher(Hasher(m_digest.algorithm())) {}

std::size_t VerifyingSource::read(std::span<std::byte> buffer) {
  if (!m_hasher || buffer.empty()) return 0;
  const std::size_t size = m_inner->read(buffer);
  m_hasher->write(base::Bytes(buffer).first(size));
  if (m_hasher->size() > m_size) {
    throw Error(ErrorCode::integrity,
                m_what + " has more than the expected " + std::to_string(m_size) + " bytes");
  }
  // Looks past the last promised byte before it hands that byte out.
  if (size != 0 && m_hasher->size() == m_size) {
    std::array<std::byte, 1> extra{};
    if (m_inner->read(extra) != 0) {
      throw Error(ErrorCode::integrity,
                  m_what + " has more than the expected " + std::to_string(m_size) + " bytes");
    }
    check_end();
  } else if (size == 0) {
    check_end();
  }
  return size;
}

void VerifyingSource::check_end() {
  if (m_hasher->size() != m_size) {
    throw Error(ErrorCode::integrity, m_what + " ends after " + std::to_string(m_hasher->size()) +
                                          " of the expected " + std::to_string(m_size) + " bytes");
  }
  const Digest actual = m_hasher->finish();
  m_hasher.reset();
  if (actual != m_digest) {
    throw Error(ErrorCode::integrity, m_what + " is corrupt: its digest is " + actual.str() +
                                          ", expected " + m_digest.str());
  }
}

void verify(base::Bytes bytes, const Digest& digest, std::string_view what) {
  const Digest actual = Digest::of(bytes, digest.algorithm());
  if (actual != digest) {
    throw Error(ErrorCode::integrity, std::string(what) + " is corrupt: its digest is " +
                                          actual.str() + ", expected " + digest.str());
  }
}

}  // namespace pinnace::hash
