#pragma once

namespace pinnace::cli {

/// Makes room for the stack of this thread, and of those that it makes: a shell may allow very
/// little (`ulimit -s`), and what goes beyond that ends the process without a word. Throws
/// invalid_input if it may not have enough.
void make_room_for_stacks();

}  // namespace pinnace::cli
