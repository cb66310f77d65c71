#pragma once

#include <string_view>

#include "difference/files.hpp"
#include "difference/owners.hpp"

namespace pinnace::difference {

/// Whether a path that differs is one that dpkg, apt, apk, RPM or the loader keeps for itself and
/// that is of no interest: no program, and of dpkg nothing of a package that is as it was.
bool is_record(std::string_view path, const ComparedFile& file, const Owners& owners);

}  // namespace pinnace::difference
