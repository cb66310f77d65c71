#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/io.hpp"

namespace pinnace::hash {

/// Computes a digest by an algorithm that OpenSSL knows by its name: one of those in which others,
/// as databases of packages, have recorded what files hold. What is vouched for by ourselves is a
/// Digest.
class RecordedHasher final : public base::Sink {
 public:
  explicit RecordedHasher(std::string_view algorithm);
  ~RecordedHasher() override;
  RecordedHasher(RecordedHasher&&) noexcept;
  RecordedHasher& operator=(RecordedHasher&&) noexcept;

  void write(base::Bytes bytes) override;
  /// "md5:0123...", in lower case. Empty: this OpenSSL does not have the algorithm, as MD5 where
  /// only what FIPS 140 allows is there. The hasher is of no more use afterwards.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace pinnace::hash
