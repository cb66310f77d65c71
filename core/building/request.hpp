#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "buildfacts/buildfacts.hpp"
#include "job/job_request.hpp"
#include "job/job_type.hpp"
#include "job/sandbox_request.hpp"
#include "output/built.hpp"
#include "places/loopback.hpp"
#include "planning/planned.hpp"

template <>
struct pinnace::json::NamesOf<pinnace::tree::Modes> {
  static constexpr std::array<std::pair<tree::Modes, const char*>, 2> k_names = {
      {{tree::Modes::normalize, "normalize"}, {tree::Modes::keep, "keep"}}};
};

template <>
struct pinnace::json::NamesOf<pinnace::places::Loopback> {
  static constexpr std::array<std::pair<places::Loopback, const char*>, 2> k_names = {
      {{places::Loopback::named, "named"}, {places::Loopback::all, "all"}}};
};

namespace pinnace::building {

/// What is built, from what, and where it goes.
struct BuildRequest : job::JobRequest, planning::Wanted {
  static constexpr const char* k_job = "build";

  /// That compress: as was asked for, else the cores.
  unsigned thread_count() const;

  std::vector<oci::ImageName> tags;
  std::optional<unsigned> threads;
  bool no_cache = false;  ///< take nothing over from earlier builds
  std::vector<oci::ImageName> cache_from;
  std::optional<oci::ImageName> cache_to;
  /// Bytes that the machine's cache may have.
  std::uint64_t cache_size = local::k_default_cache_size;
  bool verify_reproducible = false;
  bool sbom = true;        ///< attached to the image
  bool provenance = true;  ///< the same
  struct Invocation {
    std::string builder;
    std::string job;
    std::string build;
    std::string url;

    static json::Table<Invocation> table();
  };
  Invocation invocation;
  std::optional<std::filesystem::path> environments;
  std::optional<std::filesystem::path> metadata;  ///< where the caller writes the result
  std::map<std::string, std::string> secrets;     ///< id -> "file:PATH" or "env:NAME"
  std::map<std::string, std::string> ssh_agents;
  job::SandboxRequest sandbox;
  places::Loopback loopback = places::Loopback::named;  ///< that ADD may ask

  static json::Table<BuildRequest> table();
};

struct BuildResult {
  struct Layer {
    std::string digest;
    std::uint64_t size = 0;
    std::string media_type;
    std::string diff_id;
    bool from_base = false;

    static json::Table<Layer> table();
  };
  struct Base {
    std::string name;
    std::string digest;

    static json::Table<Base> table();
  };
  struct Image {
    std::string platform;
    std::string digest;
    std::uint64_t size = 0;
    std::string config;
    std::vector<Layer> layers;
    std::optional<Base> base;
    std::optional<std::uint64_t> packages;

    static json::Table<Image> table();
  };
  struct Finding {
    std::string rule;
    std::string message;
    std::string file;
    int line = 0;
    int column = 0;

    static json::Table<Finding> table();
  };
  std::optional<std::string> digest;
  std::optional<std::string> media_type;
  std::optional<std::uint64_t> size;
  std::vector<std::string> references;
  std::vector<Image> images;
  std::optional<std::string> plan;
  std::vector<Finding> findings;

  static json::Table<BuildResult> table();
};

BuildResult perform(const BuildRequest& request, const job::JobContext& job);

/// Attaches what is said of images to them where they are. Returns how many packages they hold, by
/// manifest, where an SBOM was made.
using Attest = std::function<std::map<hash::Digest, std::uint64_t>(
    const base::Context& context, const std::vector<attestation::Place>& places,
    const std::vector<output::BuiltImage>& images)>;

/// What became of it: an image, or the text of a plan, or only findings.
struct BuildOutcome {
  std::optional<output::BuildResult> result;
  std::optional<std::string> plan;
  std::vector<containerfile::Finding> findings;
  Attest attest;  ///< for more places than the request's; null: nothing was wished for
  std::map<hash::Digest, std::uint64_t> package_counts;  ///< as attest() returned
};

}  // namespace pinnace::building
