#pragma once

#include <map>
#include <string>
#include <string_view>

namespace pinnace::layer {

/// Whether a layer keeps an extended attribute of this name: security.capability, and user.* except
/// user.xdg.* (which desktops and download tools set) and user.overlay.* (overlayfs's own).
bool keeps_attribute(std::string_view name) noexcept;

/// The extended attributes of an open file that a layer keeps. Empty where the file system has
/// none. Throws io, naming `shown`.
std::map<std::string, std::string> read_xattrs(int fd, const std::string& shown);

}  // namespace pinnace::layer
