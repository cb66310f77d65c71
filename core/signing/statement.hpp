#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "hash/digest.hpp"

/// What is said of an image and then signed: an in-toto statement
/// (in-toto.io/Statement/v1, attestation specification 1.0), or a payload of cosign's first format.
namespace pinnace::signing {

/// The predicate type of a statement that says no more than that its subject is signed (cosign 3).
inline constexpr std::string_view k_sign_type = "https://sigstore.dev/cosign/sign/v1";
inline constexpr std::string_view k_statement_media_type = "application/vnd.in-toto+json";
inline constexpr std::string_view k_simple_media_type =
    "application/vnd.dev.cosign.simplesigning.v1+json";

/// What somebody says of something.
struct Statement {
  std::string predicate_type;
  std::vector<hash::Digest> subjects;  ///< those with SHA-256 or SHA-512
  nlohmann::json predicate = nlohmann::json::object();

  bool is_about(const hash::Digest& digest) const;
};

/// A statement about one image as canonical JSON. `predicate` is an object.
std::string statement_of(const hash::Digest& subject, std::string_view predicate_type,
                         const nlohmann::json& predicate);
/// Throws invalid_input, naming `what`: for what is no statement of version 0.1 or 1, or has more
/// than 1024 subjects.
Statement parse_statement(std::string_view text, const std::string& what);

/// A payload of cosign's first format ("simple signing" of containers/image): `name` is the image's
/// without tag and digest.
std::string simple_payload(const std::string& name, const hash::Digest& subject);
/// As a statement of k_sign_type. Throws invalid_input, naming `what`.
Statement parse_simple_payload(std::string_view text, const std::string& what);

/// The URI of a predicate type that may be given by the short names that cosign has:
/// "slsaprovenance1", "spdxjson", "cyclonedx". Throws invalid_input for what is neither.
std::string predicate_type_of(std::string_view name);

}  // namespace pinnace::signing
