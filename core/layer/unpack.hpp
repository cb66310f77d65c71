#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/context.hpp"
#include "base/io.hpp"
#include "layer/file_tree.hpp"
#include "layer/spool.hpp"

namespace pinnace::layer {

/// Makes the source of a file's bytes, each time from the start.
using OpenFile = std::function<std::unique_ptr<base::Source>()>;

/// Whether a file is a tar archive, plain or compressed by gzip or zstd. Throws unsupported for one
/// that is compressed by bzip2 or xz, as far as its first bytes tell.
bool is_archive(const base::Context& context, const OpenFile& open, const std::string& what);

/// Adds what an archive holds to `tree`, below the directory `to`: owners, modes, times and
/// attributes as it says. Throws invalid_input, naming `what`, for paths with "..", devices, names
/// that would be whiteouts, a hard link to nothing, and entries inside of what is no directory;
/// nothing is followed and nothing is written but files under numbers in `spool`.
void unpack(FileTree& tree, const base::Context& context, base::Source& archive,
            const std::string& what, const std::string& to, Spool& spool);

}  // namespace pinnace::layer
