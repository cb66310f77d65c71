#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/context.hpp"
#include "process/environment.hpp"
#include "signing/keys.hpp"

namespace pinnace::signing {

/// Whoever has a private key, and signs with it.
class Signer {
 public:
  virtual ~Signer() = default;
  virtual const PublicKey& public_key() const = 0;
  /// A signature that public_key() verifies.
  virtual std::string sign(const base::Context& context, std::string_view message) const = 0;
};

/// Signs with a key in memory.
std::unique_ptr<Signer> signer_of(PrivateKey key);

/// Signs with a program, for keys that never leave a token (PKCS#11) or a service (KMS). It gets on
/// its standard input what is signed: the SHA-256 of the message (32 bytes) for ECDSA, the message
/// itself for Ed25519, of at most 1 MiB. It writes the signature to its standard output, as bytes
/// or in base64: DER, or for ECDSA r and s of 32 bytes each. It has a minute. sign() throws
/// invalid_input if it fails, or if what it wrote is no signature of `key`.
std::unique_ptr<Signer> signer_of(PublicKey key, std::vector<std::string> command,
                                  process::Environment environment);

}  // namespace pinnace::signing
