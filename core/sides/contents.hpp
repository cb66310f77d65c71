#pragma once

#include <cstddef>

#include "base/context.hpp"
#include "difference/compare.hpp"
#include "sides/inventories.hpp"

namespace pinnace::sides {

/// Fills the unified diffs and the notices of changelogs in, from the layers that differ: those
/// below `shared` are not read, and what is only in them is left out. So is what together is more
/// than a report takes. Answers the checks, for which all layers are read that have their files.
/// Throws what tree::open_layer() throws.
void add_contents(const base::Context& context, const StoredImage& from, const StoredImage& to,
                  std::size_t shared, difference::Compared& compared);

}  // namespace pinnace::sides
