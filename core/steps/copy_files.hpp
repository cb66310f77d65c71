#pragma once

#include <optional>

#include "plan/step.hpp"
#include "steps/copy_origin.hpp"
#include "steps/owner.hpp"

namespace pinnace::steps {

/// What a COPY puts where, before links of the stage are followed: owner and mode are as the
/// instruction says, parents of the destination that the stage lacks are there. `stage` is what the
/// stage has so far; `epoch` is the time of what is new. Throws not_found for a source that is
/// missing, invalid_input for several sources without a directory to take them.
tree::FileTree collect_copy(const base::Context& context, const plan::CopyStep& step,
                            CopyOrigin& origin, const tree::BaseTree& stage,
                            const std::optional<Owner>& owner, layer::Spool& spool,
                            std::int64_t epoch);

/// What a COPY takes, each file under its source's number and the path that it has in the origin,
/// whatever the stage looks like; `matches` gets what each source led to. Two selections that are
/// alike lead to the same files in the same stage. Throws as collect_copy().
tree::FileTree select_copy(const base::Context& context, const plan::CopyStep& step,
                           CopyOrigin& origin, std::vector<std::string>& matches);

/// A bind mount of the context as a copy to the same path, which is no pattern.
plan::CopyStep copy_of(const plan::RunMount& mount);

}  // namespace pinnace::steps
