#pragma once

#include <cstddef>
#include <functional>

#include "base/context.hpp"

namespace pinnace::transfer {

/// Calls `work(context, i)` for each i below `count` on at most `parallel` threads, in order of i
/// where there is a choice. The first failure asks the others to stop, and is thrown when all have
/// ended; a stop request of `context` reaches them too.
void for_each_parallel(const base::Context& context, std::size_t count, unsigned parallel,
                       const std::function<void(const base::Context&, std::size_t)>& work);

}  // namespace pinnace::transfer
