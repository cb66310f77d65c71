#pragma once

#include <vector>

#include "spec/config.hpp"

namespace pinnace::sandbox {

/// The resource limits (getrlimit(2)) of a container's programs: Linux's own, whatever the shell or
/// service has that started us, as programs behave by them and write them down. Ours bound them, as
/// nobody may raise those. Core dumps are none: what a RUN leaves is in an image, and the memory of
/// a program has secrets.
std::vector<spec::Rlimit> program_limits();

}  // namespace pinnace::sandbox
