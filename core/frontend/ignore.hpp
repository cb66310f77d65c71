#pragma once

#include <filesystem>

#include "files/directory.hpp"
#include "text/ignore.hpp"

namespace pinnace::frontend {

/// The rules of `<file>.dockerignore` beside the Containerfile, else of .dockerignore in the
/// context.
text::Ignore load_dockerignore(const std::filesystem::path& containerfile,
                               const files::Directory& context);

}  // namespace pinnace::frontend
