#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/context.hpp"
#include "base/io.hpp"
#include "disk/archive_reader.hpp"
#include "disk/layout_index.hpp"
#include "disk/oci_layout.hpp"
#include "oci/image_name.hpp"

namespace pinnace::disk {

/// A file that an archive has as another one has it.
struct KeptFile {
  std::uint64_t size = 0;
  base::OpenSource open;
};

/// What stays of an archive when another one is written in its place: the images whose tags the
/// new one does not have, what refers to images that stay or are new, as signatures do, and what
/// the new one refers to.
struct KeptImages {
  LayoutIndex index;                      ///< that of the new one, with theirs
  std::map<std::string, KeptFile> files;  ///< by their names in a layout
};

/// `fresh` is the new archive's layout. Throws conflict for a tag of `old` that an archive of this
/// format can't have. Other images without a tag do not stay; a warning says so. `context` and
/// `old` must live as long as the result.
KeptImages keep_images(const base::Context& context, ArchiveReader& old,
                       const LayoutDirectory& fresh, oci::ArchiveFormat format);

}  // namespace pinnace::disk
