#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/context.hpp"
#include "base/secret.hpp"
#include "process/environment.hpp"
#include "signing/keys.hpp"

namespace pinnace::signing {

/// A password from "file:PATH" (without the line end behind it) or "env:NAME". Throws invalid_input
/// for another form, not_found for what is not there.
base::Secret read_password(const std::string& source, const process::Environment& environment);

/// Reads a private key; one that others may read gets a warning. Throws as PrivateKey::parse(), and
/// not_found or io.
PrivateKey read_private_key(const base::Context& context, const std::filesystem::path& file,
                            const std::optional<base::Secret>& password);

/// Throws as PublicKey::parse(), and not_found or io.
PublicKey read_public_key(const std::filesystem::path& file);

}  // namespace pinnace::signing
