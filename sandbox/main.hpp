#pragma once

namespace pinnace::sandbox {

/// The helper process of containers (`pinnace sandbox`): one operation, asked for on standard
/// input (helper/helper_request.hpp), answered by frames on standard output (helper/frame.hpp).
/// Must be called before any thread is started. Returns the exit code.
int run_helper();

}  // namespace pinnace::sandbox
