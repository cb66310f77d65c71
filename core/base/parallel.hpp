#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "base/context.hpp"

namespace pinnace::base {

/// Calls `work(context, i)` for each i below `count` on at most `parallel` threads, in order of i
/// where there is a choice; on fewer where the system has no more. The first failure asks the
/// others to stop, and is thrown when all have ended; a stop request of `context` reaches them too.
void for_each_parallel(const Context& context, std::size_t count, unsigned parallel,
                       const std::function<void(const Context&, std::size_t)>& work);

/// The same for work that depends on other work: `work(context, i)` is called when it has ended for
/// all of dependencies[i]; of those that are ready the lowest i goes first. Throws internal for a
/// dependency that is not below its own i, so that there is no circle.
void for_each_in_graph(const Context& context,
                       const std::vector<std::vector<std::size_t>>& dependencies, unsigned parallel,
                       const std::function<void(const Context&, std::size_t)>& work);

}  // namespace pinnace::base
