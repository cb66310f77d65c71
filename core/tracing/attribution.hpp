#pragma once

#include <filesystem>

#include "base/context.hpp"
#include "tracing/trace.hpp"

namespace pinnace::tracing {

/// Names the commits, of a git clone, that made inputs what they are: of the definition and the
/// lock the last one that changed it, of images the one that gave the lock's entry this digest.
/// Where that can't be done a note says why. Throws cancelled.
void add_commits(const base::Context& context, const std::filesystem::path& clone,
                 TraceResult& result);

}  // namespace pinnace::tracing
