#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "cache/build_cache.hpp"
#include "compress/compression.hpp"
#include "files/directory.hpp"
#include "output/built.hpp"
#include "output/targets.hpp"
#include "plan/plan.hpp"
#include "runstep/executor.hpp"
#include "steps/remote_files.hpp"
#include "text/ignore.hpp"
#include "tree/context_mode.hpp"

namespace pinnace::build {

/// What a Containerfile's build needs beside its plan.
struct ContainerfileOptions {
  std::shared_ptr<const files::Directory> context;
  text::Ignore ignore;
  compress::Compression compression;
  /// SOURCE_DATE_EPOCH, if somebody has set it.
  std::optional<std::int64_t> source_date;
  /// Seconds since 1970, for every timestamp in a layer that we make.
  std::int64_t epoch() const noexcept { return source_date.value_or(0); }
  tree::Modes modes = tree::Modes::normalize;  ///< of the context's files
  output::MakeOptions execute;
  plan::RunSettings run;
  /// How the host of a URL of ADD is reached; empty: as any other.
  std::function<http::Options(const std::string& host)> remote_http = {};
  cache::BuildCache* cache = nullptr;  ///< none: nothing is taken over or remembered
  /// A store that gets the layers of all steps, so that their records can be exported to it.
  std::shared_ptr<store::BlobStore> exported = {};
};

/// Does what the plans (one a platform) say: a layer for each COPY, ADD, WORKDIR and RUN of the
/// target and of the stages it is built on; other stages are never written, what is copied from
/// them is taken where it is. Steps that don't depend on each other are done at the same time, as
/// many as there are threads. Errors name the instruction's file and line.
output::BuildResult execute_containerfile(const base::Context& context,
                                          std::vector<plan::ContainerfilePlan> plans,
                                          const ContainerfileOptions& options,
                                          output::Targets& targets);

/// The rules of `<file>.dockerignore` beside the Containerfile, else of .dockerignore in the
/// context.
text::Ignore load_dockerignore(const std::filesystem::path& containerfile,
                               const files::Directory& context);

}  // namespace pinnace::build
