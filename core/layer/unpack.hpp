#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/context.hpp"
#include "base/io.hpp"
#include "layer/spool.hpp"
#include "tree/base_tree.hpp"
#include "tree/file_tree.hpp"

namespace pinnace::layer {

/// Makes the source of a file's bytes, each time from the start.
using OpenFile = std::function<std::unique_ptr<base::Source>()>;

/// Whether a file is a tar archive, plain or compressed by gzip, zstd, xz or bzip2. Of one that is
/// named as an archive (".tar", ".tar.*", ".tgz", ...) throws unsupported if it is compressed
/// otherwise, and integrity if it is damaged, and warns if it holds no archive; of others warns if
/// they are damaged at the beginning.
/// `what` names the file in messages, and ends with its name.
bool is_archive(const base::Context& context, const OpenFile& open, const std::string& what);

/// Adds what an archive holds to `tree`, below the directory `to`: owners, modes, times and
/// attributes as it says; sparse files with their zeros. What comes later replaces what is in its
/// way, and links of the archive to directories, its own and those of `base`, which is what the
/// tree will stand on, are followed as LayerPlacement says, with `to` as the root. Devices are
/// left out with a warning, as containers have their own. Throws invalid_input, naming `what`, for
/// paths with "..", FIFOs, names that would be whiteouts, a hard link to what the archive does not
/// have, and entries inside of what is no directory; nothing is written but files under numbers in
/// `spool`.
void unpack(tree::FileTree& tree, const base::Context& context, base::Source& archive,
            const std::string& what, const tree::BaseTree& base, const std::string& to,
            Spool& spool);

}  // namespace pinnace::layer
