#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "signing/keys.hpp"
#include "signing/signer.hpp"
#include "signing/statement.hpp"

/// The forms in which signatures are kept: DSSE envelopes, alone or in a Sigstore bundle, and
/// cosign's first format.
namespace pinnace::signing {

inline constexpr std::string_view k_bundle_media_type =
    "application/vnd.dev.sigstore.bundle.v0.3+json";
inline constexpr std::string_view k_envelope_media_type = "application/vnd.dsse.envelope.v1+json";

/// What is signed is signed as these bytes ("Pre-Authentication Encoding", DSSE 1.0,
/// protocol.md): the type and the payload, each with its length.
std::string pre_authentication_encoding(std::string_view payload_type, std::string_view payload);

/// Bytes with signatures of them, which nobody has looked at yet: only what a key that is trusted
/// has signed is parsed further.
struct Signed {
  enum class Form { statement, simple };
  Form form = Form::statement;
  std::string message;                  ///< what the signatures are of
  std::string sha256;                   ///< of the message, 32 bytes
  std::string payload;                  ///< what that says
  std::vector<std::string> signatures;  ///< each once
};

/// Whether one of its signatures is of this key.
bool is_signed_by(const Signed& what, const PublicKey& key);
/// What it says. Throws invalid_input, naming `what`.
Statement statement_in(const Signed& what, const std::string& name);

/// A DSSE envelope with a statement, signed, as JSON.
std::string signed_envelope(const base::Context& context, std::string_view statement,
                            const Signer& signer);
/// The same in a Sigstore bundle of version 0.3, as cosign writes it for keys: without a
/// certificate, a time, or an entry of a log.
std::string signed_bundle(const base::Context& context, std::string_view statement,
                          const Signer& signer);

/// A signature of `payload` in base64, as cosign's first format has it beside it.
std::string signature_text(const base::Context& context, std::string_view payload,
                           const Signer& signer);

/// Reads such texts. Base64 has to be as it would be written. Throws invalid_input, naming `what`;
/// unsupported for another version, for a bundle without an envelope, and for an envelope of
/// something else than a statement.
Signed parse_envelope(std::string_view text, const std::string& what);
Signed parse_bundle(std::string_view text, const std::string& what);
/// A payload of cosign's first format, with its signature in base64.
Signed parse_simple(std::string payload, std::string_view signature, const std::string& what);

}  // namespace pinnace::signing
