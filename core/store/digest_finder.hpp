#pragma once

#include <functional>
#include <string>

#include "base/io.hpp"
#include "hash/digest.hpp"

namespace pinnace::store {

/// Finds what may be digests in a text of any size and format that is written to it: 64 or 128
/// hexadecimal digits that stand together, of any case, also where JSON escapes some of them
/// ("\u0061"). It rather finds too much: what comes in front, such as "sha256:", is not looked at.
class DigestFinder final : public base::Sink {
 public:
  using Found = std::function<void(const hash::Digest&)>;

  explicit DigestFinder(Found found) : m_found(std::move(found)) {}

  void write(base::Bytes bytes) override;
  /// The text ends here.
  void finish() { end_digits(); }

 private:
  void put(char c);
  void take(char c);
  void end_digits();

  Found m_found;
  std::string m_digits;
  std::string m_escape;  ///< the beginning of "\u00xx"
};

}  // namespace pinnace::store
