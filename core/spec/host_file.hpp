#pragma once

#include <string>

namespace pinnace::spec {

/// The content of a small file of the host; empty if there is none. What can't be read throws: a
/// container must not be another one because a disk failed for a moment.
std::string read_host_file(const std::string& path);

}  // namespace pinnace::spec
