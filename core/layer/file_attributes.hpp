#pragma once

#include <map>
#include <string>

namespace pinnace::layer {

/// The extended attributes of an open file that a layer keeps: security.capability, and user.*
/// except user.xdg.* (which desktops and download tools set). Empty where the file system has none.
/// Throws io, naming `shown`.
std::map<std::string, std::string> read_xattrs(int fd, const std::string& shown);

}  // namespace pinnace::layer
