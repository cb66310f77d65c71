#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "hash/digest.hpp"
#include "provenance/source_revision.hpp"

/// By whom, of what and with which parameters an image was made: an in-toto statement with SLSA's
/// predicate (docs/formats/provenance.md). It has no time of its own and no random number: the same
/// build gives the same bytes.
namespace pinnace::provenance {

/// What the parameters mean is in docs/formats/provenance.md.
inline constexpr const char* k_build_type = "https://pinnace.io/build/v1";
/// SLSA provenance v1 (slsa.dev/spec/v1.0/provenance).
inline constexpr const char* k_predicate = "https://slsa.dev/provenance/v1";
/// Who built, where nobody says it.
inline constexpr const char* k_unnamed_builder = "https://pinnace.io/builder/unnamed";
inline constexpr const char* k_statement_media_type = "application/vnd.in-toto+json";

/// Something that a build took: a file, an image, a commit.
struct Material {
  std::string name;                           ///< what it was for: "lock"; may be empty
  std::string uri;                            ///< may be empty
  std::map<std::string, std::string> digest;  ///< hex digits by algorithm: sha256, gitCommit

  bool operator==(const Material&) const = default;
};

/// The job of a build server that built.
struct Invocation {
  std::string builder;  ///< a URI: who is responsible for what is said here
  std::string job;      ///< "shop/main"
  std::string build;    ///< "17"
  std::string url;      ///< of that build

  bool operator==(const Invocation&) const = default;
};

/// All that is said of a build.
struct Build {
  /// What was asked for, as JSON: of secrets their names alone.
  nlohmann::json parameters = nlohmann::json::object();
  std::string encoder;  ///< of the layers
  std::optional<SourceRevision> source;
  std::vector<Material> materials;
  std::optional<Invocation> invocation;
  /// What else it took, or may have taken, that is not among the materials, in sentences; empty:
  /// nothing.
  std::vector<std::string> not_recorded;
};

/// The predicate of the build.
nlohmann::json predicate_of(const Build& build);

/// A statement (in-toto.io/Statement/v1) about an image as canonical JSON. `name` may be a purl.
std::string statement(const std::string& name, const hash::Digest& digest,
                      const std::string& predicate_type, nlohmann::json predicate);

}  // namespace pinnace::provenance
