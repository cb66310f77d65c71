#pragma once

#include "binaries/elf.hpp"
#include "packages/package.hpp"

namespace pinnace::binaries {

/// The modules that a program in Go was built of, as `go version -m` has them, and Go itself as
/// "stdlib". The main module has its revision as source_version, with "+dirty" if that was not all.
/// Nothing if it is no program in Go, or was built without modules.
packages::Found read_go_build_info(const Elf& elf);

}  // namespace pinnace::binaries
