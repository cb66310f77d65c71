#pragma once

#include "files/file.hpp"

namespace pinnace::files {

/// Whether the pages of a file are never written out, as on tmpfs: what is changed through a
/// mapping of such a file may never show in its times. Throws io.
bool is_in_memory(const UniqueFd& fd);

/// Sees to it that who changes a regular file from now on changes its change time, too. Who has
/// mapped it (mmap) may not: the kernel sets the times at the first write to a page, and then only
/// when the page was written out meanwhile, after half a minute. So either nobody has the file open
/// for writing, or its pages are written out now. False: somebody has, and they can't be. On
/// overlayfs a mapping whose file was closed is not seen.
bool make_changes_seen(const UniqueFd& fd);

}  // namespace pinnace::files
