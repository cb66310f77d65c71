#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "packages/package.hpp"

namespace pinnace::sbom {

/// A text about a licence, as SPDX has it.
struct Licence {
  std::string expression;  ///< of identifiers of SPDX's list, else one "LicenseRef-..."
  std::string extracted;   ///< what a LicenseRef stands for; empty: it is none

  bool operator==(const Licence&) const = default;
};

/// The text as a licence expression (SPDX 2.3, annex D) of identifiers that are on SPDX's list, in
/// whatever case; nullopt for anything else, and for one of more than 1000 bytes.
std::optional<std::string> licence_expression(std::string_view text);

/// What a package's database says. Debian's short names (Machine-readable debian/copyright file,
/// 1.0) become those of SPDX.
Licence licence_of(packages::PackageType type, const std::string& text);

/// One expression for all that a package is under: "(MIT OR Zlib) AND LicenseRef-x"; empty for
/// none.
std::string all_of(const std::vector<Licence>& licences);

}  // namespace pinnace::sbom
