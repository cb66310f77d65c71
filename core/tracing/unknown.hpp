#pragma once

#include <cstddef>

#include "tracing/trace.hpp"

namespace pinnace::tracing {

/// Adds what the rest of the result can't say, and what would make it known. `findings`: how many
/// files could not be read.
void add_unknown(std::size_t findings, TraceResult& result);

}  // namespace pinnace::tracing
