#include "hash/recorded_hasher.hpp"

#include <openssl/evp.h>

#include <array>

namespace pinnace::hash {

struct RecordedHasher::State {
  std::string name;
  EVP_MD* algorithm;
  EVP_MD_CTX* context = EVP_MD_CTX_new();

  explicit State(std::string_view of)
      : name(of), algorithm(EVP_MD_fetch(nullptr, name.c_str(), nullptr)) {
    const bool works = algorithm != nullptr && context != nullptr &&
                       EVP_DigestInit_ex(context, algorithm, nullptr) == 1;
    if (works) return;
    EVP_MD_CTX_free(context);
    context = nullptr;
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    EVP_MD_CTX_free(context);
    EVP_MD_free(algorithm);
  }
};

RecordedHasher::RecordedHasher(std::string_view algorithm)
    : m_state(std::make_unique<State>(algorithm)) {}
RecordedHasher::~RecordedHasher() = default;
RecordedHasher::RecordedHasher(RecordedHasher&&) noexcept = default;
RecordedHasher& RecordedHasher::operator=(RecordedHasher&&) noexcept = default;

void RecordedHasher::write(base::Bytes bytes) {
  if (m_state->context != nullptr) EVP_DigestUpdate(m_state->context, bytes.data(), bytes.size());
}

std::string RecordedHasher::finish() {
  constexpr std::string_view k_digits = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned int size = 0;
  if (m_state->context == nullptr || EVP_DigestFinal_ex(m_state->context, raw.data(), &size) != 1)
    return {};
  std::string text = m_state->name + ":";
  for (unsigned int i = 0; i < size; ++i) {
    text += k_digits[raw[i] >> 4U];
    text += k_digits[raw[i] & 15U];
  }
  return text;
}

}  // namespace pinnace::hash
