#include "signing/envelope.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "json/json.hpp"
#include "signing/pem.hpp"
#include "text/base64.hpp"

namespace pinnace::signing {

using base::Error;
using base::ErrorCode;
using json::Node;

namespace {

constexpr std::size_t k_max_signatures = 8;

std::string bytes_of(const Node& node) {
  auto bytes = strict_base64(node.text());
  if (!bytes) node.fail("base64");
  return *std::move(bytes);
}

nlohmann::json make_envelope(const base::Context& context, std::string_view statement,
                             const Signer& signer) {
  const std::string message = pre_authentication_encoding(k_statement_media_type, statement);
  const std::string signature = signer.sign(context, message);
  return {{"payload", text::base64_encode(statement)},
          {"payloadType", k_statement_media_type},
          {"signatures", {{{"sig", text::base64_encode(signature)}}}}};
}

Signed read_envelope(const Node& node) {
  const std::string type = node.field("payloadType").text();
  if (type != k_statement_media_type)
    throw Error(ErrorCode::unsupported, node.where() + ": payload of type " + base::quote(type) +
                                            ", expected " + std::string(k_statement_media_type));
  Signed result;
  result.payload = bytes_of(node.field("payload"));
  result.message = pre_authentication_encoding(type, result.payload);
  for (const Node& signature : node.field("signatures").items(k_max_signatures))
    result.signatures.push_back(bytes_of(signature.field("sig")));
  result.sha256 = sha256_of(result.message);
  // Each is tried with each key.
  auto& all = result.signatures;
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return result;
}

/// "application/vnd.dev.sigstore.bundle.v0.3+json", as older clients wrote it, too.
bool is_known_bundle(std::string_view media_type) {
  return media_type == k_bundle_media_type ||
         media_type == "application/vnd.dev.sigstore.bundle+json;version=0.3";
}

}  // namespace

std::string pre_authentication_encoding(std::string_view payload_type, std::string_view payload) {
  const auto counted = [](std::string_view text) {
    return " " + std::to_string(text.size()) + " " + std::string(text);
  };
  return "DSSEv1" + counted(payload_type) + counted(payload);
}

bool is_signed_by(const Signed& what, const PublicKey& key) {
  return std::any_of(what.signatures.begin(), what.signatures.end(),
                     [&](const std::string& signature) {
                       return key.verifies(Hashed{what.message, what.sha256}, signature);
                     });
}

Statement statement_in(const Signed& what, const std::string& name) {
  return what.form == Signed::Form::simple ? parse_simple_payload(what.payload, name)
                                           : parse_statement(what.payload, name);
}

std::string signed_envelope(const base::Context& context, std::string_view statement,
                            const Signer& signer) {
  return json::dump(make_envelope(context, statement, signer), "envelope");
}

std::string signed_bundle(const base::Context& context, std::string_view statement,
                          const Signer& signer) {
  const nlohmann::json bundle = {
      {"mediaType", k_bundle_media_type},
      {"verificationMaterial", {{"publicKey", {{"hint", signer.public_key().hint()}}}}},
      {"dsseEnvelope", make_envelope(context, statement, signer)}};
  return json::dump(bundle, "bundle");
}

std::string signature_text(const base::Context& context, std::string_view payload,
                           const Signer& signer) {
  return text::base64_encode(signer.sign(context, payload));
}

Signed parse_envelope(std::string_view text, const std::string& what) {
  const nlohmann::json parsed = json::parse(text, what);
  return read_envelope(Node(parsed, what).object());
}

Signed parse_bundle(std::string_view text, const std::string& what) {
  const nlohmann::json parsed = json::parse(text, what);
  const Node root(parsed, what);
  const std::string type = root.field("mediaType").text();
  if (!is_known_bundle(type))
    throw Error(ErrorCode::unsupported, what + ": Sigstore bundle of type " + base::quote(type) +
                                            ", expected " + std::string(k_bundle_media_type));
  const auto envelope = root.optional_field("dsseEnvelope");
  if (!envelope)
    throw Error(ErrorCode::unsupported, what + ": Sigstore bundle without a DSSE envelope");
  Signed result = read_envelope(*envelope);
  // Of a bundle's envelope it says so (protobuf-specs, sigstore_bundle.proto).
  if (envelope->field("signatures").items(k_max_signatures).size() != 1)
    envelope->field("signatures").fail("exactly one signature in a Sigstore bundle");
  return result;
}

Signed parse_simple(std::string payload, std::string_view signature, const std::string& what) {
  auto bytes = strict_base64(signature);
  if (!bytes) throw Error(ErrorCode::invalid_input, what + ": expected a signature in base64");
  Signed result;
  result.form = Signed::Form::simple;
  result.message = payload;
  result.sha256 = sha256_of(result.message);
  result.payload = std::move(payload);
  result.signatures.push_back(*std::move(bytes));
  return result;
}

}  // namespace pinnace::signing
