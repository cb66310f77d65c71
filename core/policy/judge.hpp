#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "evidence/evidence.hpp"
#include "hash/digest.hpp"
#include "packages/package.hpp"
#include "policy/policy.hpp"

namespace pinnace::policy {

/// A package as its database says.
struct InstalledPackage {
  packages::PackageType type = packages::PackageType::deb;
  std::string name;  ///< with Maven's groupId and npm's scope: "org.a:b", "@a/b"
  std::string version;
};

/// An image for one platform: what it is, what it says of itself, what is signed of it.
struct ImageFacts {
  hash::Digest digest;
  std::string platform;  ///< for people; empty: there is only one
  evidence::Found evidence;
  std::optional<std::string> source = {};  ///< URL of the repository that it was made from
  std::optional<std::string> base_name = {};
  std::optional<std::string> base_digest = {};
  std::vector<InstalledPackage> packages = {};
  /// What could not be read and may have told of more packages: "/opt/a.jar: no ZIP archive".
  std::vector<std::string> unread = {};
};

/// What a name leads to: an index with its images, or one image.
struct Facts {
  hash::Digest digest;
  evidence::Found evidence;  ///< of that digest
  std::vector<ImageFacts> images;
  /// What an index lists that may be an image and nobody can look into, a line each.
  std::vector<std::string> unseen = {};
};

/// Something signed that was believed.
struct Believed {
  std::string type;   ///< predicate type
  std::string key;    ///< name of the key
  std::string where;  ///< as evidence has it
};

struct Verdict {
  /// Why not, each a printable line; empty: the image has all that the policy wants.
  std::vector<std::string> reasons;
  std::vector<Believed> believed;
};

/// Holds facts against a policy: all of it, so that all reasons are told at once. A signature, or
/// an attestation, counts for what it is of; an index has an attestation also where each of its
/// images has. What was not seen or not read has not what is wanted. Throws cancelled.
Verdict judge(const base::Context& context, const Policy& policy, const Facts& facts);

}  // namespace pinnace::policy
