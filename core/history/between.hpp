#pragma once

#include <filesystem>
#include <optional>

#include "base/context.hpp"
#include "difference/difference.hpp"

namespace pinnace::history {

/// Lists the commits between the revisions of two images, of a git clone if one is named: those
/// that came, and those that went. Where that can't be done, a note says why. Throws cancelled.
void add_commits(const base::Context& context,
                 const std::optional<std::filesystem::path>& directory,
                 difference::PlatformDifference& difference);

}  // namespace pinnace::history
