#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/io.hpp"
#include "hash/digest.hpp"

namespace pinnace::hash {

/// Computes a Digest of what is written to it (OpenSSL EVP).
class Hasher final : public base::Sink {
 public:
  explicit Hasher(Algorithm algorithm = Algorithm::sha256);
  ~Hasher() override;
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  void write(base::Bytes bytes) override;
  std::uint64_t size() const noexcept { return m_size; }
  /// The digest of all bytes; the hasher is of no more use afterwards.
  Digest finish();

 private:
  struct State;
  std::unique_ptr<State> m_state;
  Algorithm m_algorithm;
  std::uint64_t m_size = 0;
};

/// Passes a source on and checks it: reading more than `size` bytes, fewer, or other bytes than
/// `digest` promises throws integrity, and the last bytes are withheld until the check has passed.
class VerifyingSource final : public base::Source {
 public:
  /// `what` names the blob and where it comes from in the error ("blob sha256:... of
  /// 127.0.0.1:5000/x").
  VerifyingSource(std::unique_ptr<base::Source> inner, Digest digest, std::uint64_t size,
                  std::string what);
  std::size_t read(std::span<std::byte> buffer) override;
  /// Whether it vouches for just this content, so that nobody needs to hash it again.
  bool promises(const Digest& digest, std::uint64_t size) const noexcept {
    return m_digest == digest && m_size == size;
  }

 private:
  void check_end();

  std::unique_ptr<base::Source> m_inner;
  Digest m_digest;
  std::uint64_t m_size;
  std::string m_what;
  std::optional<Hasher> m_hasher;
};

/// Throws integrity, naming `what`, unless `bytes` have this digest.
void verify(base::Bytes bytes, const Digest& digest, std::string_view what);

}  // namespace pinnace::hash
