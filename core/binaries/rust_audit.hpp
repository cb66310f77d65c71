#pragma once

#include "binaries/elf.hpp"
#include "packages/package.hpp"

namespace pinnace::binaries {

/// The crates that a program in Rust was built of, if `cargo auditable` has put their list into it:
/// JSON, compressed by zlib, in the section .dep-v0 (github.com/rust-secure-code/cargo-auditable).
/// Those that only helped to build it are not in it, and are left out.
packages::Found read_rust_audit(const Elf& elf);

}  // namespace pinnace::binaries
