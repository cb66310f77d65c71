#pragma once

#include <optional>
#include <string>

#include "base/context.hpp"
#include "base/io.hpp"

namespace pinnace::layer {

/// The first thing in which two layers (plain tar streams) differ, for people: a path that only one
/// has, what their headers say of it, or the first byte of its content. nullopt if there is none.
/// Throws as TarReader for a stream that is no tar archive.
std::optional<std::string> first_difference(const base::Context& context, base::Source& first,
                                            base::Source& second);

}  // namespace pinnace::layer
