#pragma once

#include <string>
#include <vector>

#include "tracing/trace.hpp"

namespace pinnace::cli {

/// A trace for people: code, infrastructure, build, layers, and what is not known.
std::vector<std::string> trace_lines(const tracing::TraceResult& result);
/// The packages or files that were asked for: which layer, whose, by which entry, since when.
std::vector<std::string> answer_lines(const tracing::TraceResult& result);

}  // namespace pinnace::cli
