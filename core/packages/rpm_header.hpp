#pragma once

#include "base/io.hpp"
#include "packages/package.hpp"

namespace pinnace::packages {

/// Reads the header of an RPM as databases keep it: without magic, big-endian
/// (rpm.org/docs/latest/manual/format_header.html). Throws invalid_input for what is none, or has
/// no name.
Package read_rpm_header(base::Bytes header, PathBudget& budget);

}  // namespace pinnace::packages
