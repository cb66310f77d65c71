#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "base/directory.hpp"
#include "build/containerfile_plan.hpp"
#include "build/executor.hpp"
#include "build/run_executor.hpp"
#include "definition/ignore.hpp"

namespace pinnace::build {

/// What a Containerfile's build needs beside its plan.
struct ContainerfileOptions {
  std::shared_ptr<const base::Directory> context;
  definition::Ignore ignore;
  compress::Compression compression;
  std::int64_t epoch = 0;  ///< seconds since 1970, for every timestamp that we make
  ExecuteOptions execute;
  RunSettings run;
};

/// Does what the plans (one a platform) say: a layer for each COPY, ADD, WORKDIR and RUN of the
/// target and of the stages it is built on; other stages are never written, what is copied from
/// them is taken where it is. Errors name the instruction's file and line.
BuildResult execute_containerfile(const base::Context& context,
                                  std::vector<ContainerfilePlan> plans,
                                  const ContainerfileOptions& options, Targets& targets);

/// The rules of `<file>.dockerignore` beside the Containerfile, else of .dockerignore in the
/// context.
definition::Ignore load_dockerignore(const std::filesystem::path& containerfile,
                                     const base::Directory& context);

}  // namespace pinnace::build
