#pragma once

namespace pinnace::test_support {

/// From now on this process can start no thread: it becomes a user of its own with a limit of one.
/// For the child of a death test, which must end by _exit(): LeakSanitizer wants a thread of its
/// own.
void forbid_threads();

}  // namespace pinnace::test_support
