#pragma once

#include <chrono>
#include <functional>

namespace pinnace::store {

/// Whether what we have written into a list that others write, too, and that a registry has no
/// operation for, is still there after a while, and after another one: who had read the list before
/// has written by then, unless they are several times slower than we are. `our_time` is what
/// reading and writing took us; `pause` waits.
bool is_settled(std::chrono::steady_clock::duration our_time,
                const std::function<void(std::chrono::milliseconds)>& pause,
                const std::function<bool()>& is_there);

}  // namespace pinnace::store
