#pragma once

#include <string>

#include "difference/files.hpp"

namespace pinnace::difference {

/// What a path gives in the second image that it did not in the first one, in a few words: a
/// program the rights of its owner ("setuid") or group, everybody the right to write, a device,
/// capabilities and other extended attributes. Empty: nothing of these.
std::string given_rights(const ComparedFile& file);

/// Whether mode, owner, device or extended attributes of what both images have differ.
bool has_other_rights(const ComparedFile& file);

}  // namespace pinnace::difference
