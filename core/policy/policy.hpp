#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "packages/package.hpp"
#include "signing/keys.hpp"

/// What an image must have for somebody to use it (docs/formats/policy.md).
namespace pinnace::policy {

/// A public key, by the name that people know it by: its file's.
struct TrustedKey {
  std::string name;
  signing::PublicKey key;
};

/// Several keys, and how many of them it takes. Each is there once.
struct KeyRule {
  std::vector<TrustedKey> keys;
  std::size_t needed = 0;  ///< 1 to the number of keys
};

/// An attestation that there must be, by its predicate type.
struct AttestationRule {
  std::string type;
  KeyRule keys;
};

/// A version that a range begins or ends with.
struct Bound {
  enum class Relation { less, at_most, equal, at_least, more };
  Relation relation = Relation::equal;
  std::string version;
};

/// Packages that must not be there: with this name, and within all bounds.
struct ForbiddenPackage {
  std::string name;
  std::optional<packages::PackageType> type;
  std::vector<Bound> bounds;  ///< none: whatever version
};

/// A name, or all names below one that ends with "/".
struct Prefix {
  std::string text;
  bool is_whole = true;

  /// What leads elsewhere (".."), or may be read so ("%2e"), is below nothing.
  bool matches(std::string_view name) const;
};

struct Policy {
  std::optional<KeyRule> signatures;
  std::vector<AttestationRule> attestations;
  std::vector<Prefix> sources;  ///< empty: any
  std::vector<Prefix> bases;    ///< empty: any
  std::vector<ForbiddenPackage> forbidden;

  /// Reads the file, and the keys that it names relative to itself. Throws not_found, io, and
  /// invalid_input with file and line, also for keys of the YAML that are not known.
  static Policy load(const std::filesystem::path& file);
};

/// Keys as the command line has them. `need`: "all", "any" or a number. Throws invalid_input.
KeyRule key_rule(const std::vector<std::filesystem::path>& files, std::string_view need);

/// ">= 1.2 < 1.3", "<2.17.1", "= 1.0": bounds behind each other, all of which must hold. Throws
/// invalid_input.
std::vector<Bound> parse_bounds(std::string_view text);
/// Whether an installed package has the name that somebody forbids, as its registry compares names:
/// PyPI and crates.io take "Foo_Bar" for "foo-bar", and Go's hosts take any case. A Maven package
/// whose groupId is not known may be anybody's.
bool is_named(packages::PackageType type, std::string_view installed, std::string_view forbidden);
/// Whether a version of a package of this type is within all of them. One that is not known,
/// or is none (versions::is_version()), may be.
bool is_within(packages::PackageType type, std::string_view version,
               const std::vector<Bound>& bounds);

/// A repository's URL as it is compared: without "git+" before it, and ".git", "/" or "#..." behind
/// it. Of base images see comparable_image().
std::string comparable_source(std::string_view url);
/// "debian:12" as "docker.io/library/debian:12".
std::string comparable_image(std::string_view name);

}  // namespace pinnace::policy
