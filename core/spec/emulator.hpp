#pragma once

#include <optional>
#include <string>

#include "oci/platform.hpp"

namespace pinnace::spec {

/// The name that qemu-user(1) has for an architecture of images ("arm64" is "aarch64"); nullopt:
/// not one of those that are known here.
std::optional<std::string> emulator_name(const std::string& architecture);

/// The architecture that containers must emulate for programs of a platform; empty: the host runs
/// them, itself or by an emulator that its own binfmt_misc knows and has opened.
std::string foreign_architecture(const oci::Platform& platform);

/// The line that makes binfmt_misc hand programs of an architecture to the static emulator
/// `program` (https://docs.kernel.org/admin-guide/binfmt-misc.html). The kernel opens it at once,
/// so that no image needs to have it. Throws invalid_input for a path with a colon or line end.
std::string emulator_registration(const std::string& architecture, const std::string& program);

}  // namespace pinnace::spec
