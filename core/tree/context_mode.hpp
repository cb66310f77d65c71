#pragma once

#include <cstdint>

namespace pinnace::tree {

/// What of the modes that files and directories have on disk reaches a layer.
enum class Modes {
  normalize,  ///< what a umask may have caused is taken back: see normal_mode()
  keep,       ///< all of it
};

/// The mode that a file or directory has in a layer, whatever umask it was made under. A umask
/// (000, 002, 007, 022, 027 or 077) takes bits from group and others only: where it explains what
/// these lack, they may read and execute what the owner may (0600, 0640, 0664 -> 0644; 0700 ->
/// 0755; 0400 -> 0444). What none of them explains somebody has meant, and it stays (0711, 0604);
/// so does the whole mode of what has a set-id or sticky bit. Of a directory setgid is dropped if
/// its parent on disk has it, too: new ones have it from there. `disk` and `parent`: 0 to 07777, or
/// more bits, which are ignored. docs/formats/containerfile.md has the rules for users.
std::uint32_t normal_mode(std::uint32_t disk, bool is_directory, std::uint32_t parent) noexcept;

/// Whether group or others may read, or enter, with `mode` what they may not with `disk`.
bool opens_up(std::uint32_t disk, std::uint32_t mode) noexcept;

}  // namespace pinnace::tree
