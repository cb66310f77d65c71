#pragma once

#include <set>
#include <string>

#include "archive/tar_entry.hpp"
#include "base/context.hpp"

namespace pinnace::layer {

/// Devices are in no layer that a build writes: containers have their own.
bool is_device(archive::EntryType type) noexcept;

/// Says once that these were left out, if there are any; `what` had them.
void warn_of_devices(const base::Context& context, const std::string& what,
                     const std::set<std::string>& devices);

}  // namespace pinnace::layer
