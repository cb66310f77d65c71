#include "signing/statement.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "json/json.hpp"

namespace pinnace::signing {

using base::Error;
using base::ErrorCode;
using json::Node;

namespace {

constexpr std::string_view k_statement_type = "https://in-toto.io/Statement/v1";
constexpr std::string_view k_old_statement_type = "https://in-toto.io/Statement/v0.1";
constexpr std::string_view k_simple_type = "cosign container image signature";
constexpr std::size_t k_max_subjects = 1024;
constexpr std::size_t k_max_type = 1024;

/// cosign's names (cosign attest --type), and what they stand for.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> k_types = {
    {{"cyclonedx", "https://cyclonedx.org/bom"},
     {"link", "https://in-toto.io/Link/v1"},
     {"openvex", "https://openvex.dev/ns"},
     {"slsaprovenance", "https://slsa.dev/provenance/v0.2"},
     {"slsaprovenance02", "https://slsa.dev/provenance/v0.2"},
     {"slsaprovenance1", "https://slsa.dev/provenance/v1"},
     {"spdx", "https://spdx.dev/Document"},
     {"spdxjson", "https://spdx.dev/Document"},
     {"vuln", "https://cosign.sigstore.dev/attestation/vuln/v1"}}};

/// The digests of a subject that we know; others may stand beside them.
void add_digests(const Node& subject, std::vector<hash::Digest>& digests) {
  for (const auto& [algorithm, hex] : subject.field("digest").text_map()) {
    if (algorithm != "sha256" && algorithm != "sha512") continue;
    digests.push_back(hash::Digest::parse(algorithm + ":" + hex));
  }
}

}  // namespace

bool Statement::is_about(const hash::Digest& digest) const {
  return std::find(subjects.begin(), subjects.end(), digest) != subjects.end();
}

std::string statement_of(const hash::Digest& subject, std::string_view predicate_type,
                         const nlohmann::json& predicate) {
  const std::string algorithm(hash::to_string(subject.algorithm()));
  const nlohmann::json statement = {{"_type", k_statement_type},
                                    {"subject", {{{"digest", {{algorithm, subject.hex()}}}}}},
                                    {"predicateType", predicate_type},
                                    {"predicate", predicate}};
  return json::dump(statement, "statement");
}

Statement parse_statement(std::string_view text, const std::string& what) {
  const nlohmann::json parsed = json::parse(text, what);
  const Node root(parsed, what);
  const std::string type = root.field("_type").text();
  if (type != k_statement_type && type != k_old_statement_type)
    root.field("_type").fail("\"" + std::string(k_statement_type) + "\"");
  Statement statement;
  statement.predicate_type = root.field("predicateType").text();
  if (statement.predicate_type.size() > k_max_type)
    root.field("predicateType").fail("at most " + std::to_string(k_max_type) + " bytes");
  for (const Node& subject : root.field("subject").items(k_max_subjects))
    add_digests(subject, statement.subjects);
  if (const auto predicate = root.optional_field("predicate"))
    statement.predicate = predicate->json();
  return statement;
}

std::string simple_payload(const std::string& name, const hash::Digest& subject) {
  const nlohmann::json payload = {{"critical",
                                   {{"identity", {{"docker-reference", name}}},
                                    {"image", {{"docker-manifest-digest", subject.str()}}},
                                    {"type", k_simple_type}}},
                                  {"optional", nullptr}};
  return json::dump(payload, "payload");
}

Statement parse_simple_payload(std::string_view text, const std::string& what) {
  const nlohmann::json parsed = json::parse(text, what);
  const Node critical = Node(parsed, what).field("critical");
  if (critical.field("type").text() != k_simple_type)
    critical.field("type").fail("\"" + std::string(k_simple_type) + "\"");
  return {std::string(k_sign_type),
          {critical.field("image").field("docker-manifest-digest").digest()},
          nlohmann::json::object()};
}

std::string predicate_type_of(std::string_view name) {
  std::string known;
  for (const auto& [shorter, uri] : k_types) {
    if (shorter == name) return std::string(uri);
    known += (known.empty() ? "" : ", ") + std::string(shorter);
  }
  const std::size_t scheme = name.find("://");
  if (scheme == std::string_view::npos || scheme == 0 || name.size() > k_max_type ||
      name.find_first_of(" \t\r\n\"") != std::string_view::npos)
    throw Error(ErrorCode::invalid_input, "unknown predicate type " + base::quote(name) +
                                              ", expected a URI or one of " + known);
  return std::string(name);
}

}  // namespace pinnace::signing
