#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "attestation/attestation.hpp"
#include "oci/image_name.hpp"
#include "output/targets.hpp"
#include "planning/planned.hpp"
#include "process/environment.hpp"

/// SBOM and provenance of what a request builds.
namespace pinnace::buildfacts {

/// What of a request is not planned.
struct Told {
  std::vector<std::string> secrets;  ///< their names
  std::vector<std::string> ssh_agents;
  provenance::Invocation invocation;   ///< empty texts: nobody says
  std::vector<std::string> own_paths;  ///< of the context, that the build writes
  process::Environment environment;    ///< for git
};

/// All that is said of how a build came to be. Reads the definition, its lock, and asks git of the
/// context's revision.
provenance::Build describe(const base::Context& context, const planning::Wanted& wanted,
                           const planning::Planned& planned, const Told& told);

/// Where something is attached: those of the targets, which have these names, that are registries
/// or layouts. An archive is complete with its tag.
std::vector<attestation::Place> places_of(const std::vector<oci::ImageName>& names,
                                          const output::Targets& targets);

}  // namespace pinnace::buildfacts
