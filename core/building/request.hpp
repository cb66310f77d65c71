#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compress/compression.hpp"
#include "containerfile/lint.hpp"
#include "inputs/resolve.hpp"
#include "job/job_request.hpp"
#include "job/job_type.hpp"
#include "job/sandbox_request.hpp"
#include "local/local_store.hpp"
#include "output/built.hpp"
#include "output/targets.hpp"
#include "places/access.hpp"
#include "tree/context_mode.hpp"

template <>
struct pinnace::json::NamesOf<pinnace::tree::Modes> {
  static constexpr std::array<std::pair<tree::Modes, const char*>, 2> k_names = {
      {{tree::Modes::normalize, "normalize"}, {tree::Modes::keep, "keep"}}};
};

namespace pinnace::building {

/// What is built, from what, and where it goes.
struct BuildRequest : job::JobRequest {
  static constexpr const char* k_job = "build";

  std::filesystem::path lock_file() const;
  /// The lock that was named, which has to be there, or the one beside the definition, if any.
  std::optional<definition::Lock> load_lock() const;
  /// The context's directory: what was asked for, else the definition's.
  std::filesystem::path context_directory() const;
  /// That compress: as was asked for, else the cores.
  unsigned thread_count() const;

  std::string definition;
  std::optional<std::string> context;
  std::optional<std::string> lock;
  bool locked = false;
  bool plan = false;
  bool check_only = false;
  std::optional<std::string> target;
  std::map<std::string, std::string> arguments;
  std::vector<oci::Platform> platforms;
  std::vector<oci::ImageName> tags;
  std::map<std::string, std::string> labels;
  std::optional<std::string> compression;
  std::optional<std::int64_t> source_date;  ///< SOURCE_DATE_EPOCH, if somebody has set it
  std::optional<unsigned> threads;
  bool no_cache = false;  ///< take nothing over from earlier builds
  std::vector<oci::ImageName> cache_from;
  std::optional<oci::ImageName> cache_to;
  std::uint64_t cache_size =
      local::k_default_cache_size;  ///< bytes that the machine's cache may have
  bool verify_reproducible = false;
  tree::Modes modes = tree::Modes::normalize;  ///< of the context's files
  std::optional<std::filesystem::path> environments;
  std::optional<std::filesystem::path> metadata;  ///< where the caller writes the result
  std::map<std::string, std::string> secrets;     ///< id -> "file:PATH" or "env:NAME"
  std::map<std::string, std::string> ssh_agents;
  job::SandboxRequest sandbox;
  bool repeats = false;  ///< the same was built before: what was said of its inputs is known

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

/// What a definition names and its lock does not pin. That is an error for a build that wants
/// locked inputs, one warning where there is a lock, and nobody's business where there is none.
class Unpinned {
 public:
  Unpinned(const BuildRequest& request, bool has_lock) : m_request(request), m_has_lock(has_lock) {}
  /// `problem` names the place and the remedy. Throws invalid_input if it must not be.
  void add(std::string problem);
  /// Says once what there was.
  void warn(const base::Context& context) const;

 private:
  const BuildRequest& m_request;
  bool m_has_lock;
  std::vector<std::string> m_problems;
};

/// What became of it: an image, or the text of a plan, or only findings.
struct BuildOutcome {
  std::optional<output::BuildResult> result;
  std::optional<std::string> plan;
  std::vector<containerfile::Finding> findings;
};

/// Builds from a pinnace.yaml.
BuildOutcome build_definition(const base::Context& context, places::Access& access,
                              const BuildRequest& request);
/// Builds from a Containerfile.
BuildOutcome build_containerfile(const base::Context& context, places::Access& access,
                                 const BuildRequest& request);

/// The places that an image for so many platforms goes to: those of the tags, else the local store.
/// Throws invalid_input for a place that can't hold it.
output::Targets open_targets(places::Access& access, const BuildRequest& request,
                             std::size_t platforms);

/// Throws unsupported if the lock was made for layers of another encoder.
void check_encoder(const BuildRequest& request, const std::optional<definition::Lock>& lock,
                   const compress::Compression& compression);

/// An image that the definition names: as the lock pins it, else as it is now, which goes into
/// `unpinned`.
definition::LockedImage find_input(const base::Context& context, places::Access& access,
                                   const BuildRequest& request,
                                   const std::optional<definition::Lock>& lock,
                                   const definition::NamedImage& image, Unpinned& unpinned);

}  // namespace pinnace::building
