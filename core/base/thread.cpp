#include "base/thread.hpp"

#include "base/error.hpp"

namespace pinnace::base {

void fail_without_thread(const std::system_error& error) {
  throw Error(ErrorCode::unavailable,
              "can't start a thread: " + error.code().message() +
                  "; raise the limit of processes (ulimit -u, pids.max of the control group), or "
                  "run less at the same time");
}

}  // namespace pinnace::base
