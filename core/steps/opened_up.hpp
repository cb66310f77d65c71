#pragma once

#include <string>

#include "base/context.hpp"
#include "tree/file_tree.hpp"

namespace pinnace::steps {

/// Warns, if there is something, of what others can read in the image and can't on disk: a umask
/// may have closed it, or somebody who meant it. `where` is the position of what takes it, `option`
/// what says a mode there.
void warn_of_opened(const base::Context& context, const std::string& where,
                    const tree::OpenedUp& opened, const std::string& option);

}  // namespace pinnace::steps
