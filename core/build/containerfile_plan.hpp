#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "build/file_mode.hpp"
#include "build/image_contents.hpp"
#include "build/plan.hpp"
#include "build/remote_source.hpp"
#include "containerfile/containerfile.hpp"
#include "containerfile/lint.hpp"
#include "definition/named_image.hpp"
#include "oci/config.hpp"
#include "run/root_layer.hpp"
#include "store/blob_store.hpp"

namespace pinnace::build {

using containerfile::Position;

/// An image that a stage is built on or copies from, for one platform.
struct ImageInput {
  BaseImage image;
  ImageContents contents;
  std::shared_ptr<store::BlobStore> store;
};

/// Its layers, as a container's root has them: as a base of steps, or as it is.
std::vector<run::RootLayer> root_of(const ImageInput& image, layer::TimesOf times);

/// Where a stage starts or a copy comes from.
struct FromScratch {};
struct FromContext {};
struct FromStage {
  std::size_t stage;  ///< in ContainerfilePlan::stages
};
struct FromImage {
  std::size_t image;  ///< in ContainerfilePlan::images
};

/// A here-document that becomes a file.
struct InlineFile {
  std::string name;
  std::string content;
};

/// A source of COPY: clean and relative to the origin's root.
struct CopyPattern {
  std::string below;  ///< of --parents: what stands before "/./" and does not reach the image
  std::string path;   ///< may be a pattern (text/glob.hpp); empty: the root itself
};

/// COPY or ADD, with everything expanded.
struct CopyStep {
  std::variant<FromContext, FromStage, FromImage> origin;
  std::vector<CopyPattern> sources;
  std::vector<InlineFile> files;
  std::vector<RemoteSource> remotes;
  std::string destination;    ///< clean, without a slash in front; empty: the root
  bool to_directory = false;  ///< it was written with a slash at its end
  std::string owner;          ///< "user[:group]", names or numbers; empty: as it is
  std::optional<FileMode> mode;
  std::vector<std::string> excludes;
  bool parents = false;
  bool unpack = false;          ///< archives of the context
  bool unpack_remotes = false;  ///< archives at URLs
  bool link = false;            ///< regardless of what the stage has: its links are replaced
};

/// WORKDIR: a directory that is there afterwards.
struct DirectoryStep {
  std::string path;   ///< as CopyStep::destination
  std::string owner;  ///< of what is made, as CopyStep::owner: USER; empty: root
};

/// A --mount of RUN, with everything expanded and every default in its place.
struct RunMount {
  enum class Type { bind, cache, tmpfs, secret, ssh };
  enum class Sharing { shared, exclusive, locked };
  Type type = Type::bind;
  Position position;
  std::string target;  ///< absolute; empty: a secret that is only a variable
  /// bind; cache: what a new one starts with, which is nothing if it is the context
  std::variant<FromContext, FromStage, FromImage> origin;
  std::string source;  ///< in the origin: clean, without a slash in front; empty: the root
  bool writable = false;
  std::string id;  ///< cache, secret, ssh
  Sharing sharing = Sharing::shared;
  std::uint32_t mode = 0;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint64_t size = 0;  ///< tmpfs: bytes; 0: half of the memory
  bool required = false;   ///< secret, ssh: an error if nobody gave it
  std::string variable;    ///< secret: an environment variable that has it
};

/// RUN, with everything expanded.
struct RunStep {
  std::vector<std::string> arguments;
  std::optional<InlineFile> script;  ///< a here-document that is the program: a file with that path
  std::vector<std::string> environment;  ///< NAME=VALUE: ENV, and the ARGs that no ENV hides
  /// Arguments for proxies that no ARG names: neither in the image nor in its history.
  std::vector<std::string> proxies;
  std::string user;
  std::string directory;
  std::string network;  ///< default, none or host
  oci::Platform platform;
  bool has_socketcall = false;  ///< see run::Container; who builds says so, and not the file
  std::vector<RunMount> mounts;
};

struct Step {
  std::string text;  ///< the instruction
  Position position;
  std::variant<CopyStep, DirectoryStep, RunStep> action;
};

/// A line of the image's history, and the step that may make a layer for it.
struct HistoryLine {
  std::string text;
  std::optional<std::size_t> step;
};

struct StagePlan {
  std::string name;  ///< its own, or its number
  std::variant<FromScratch, FromStage, FromImage> base;
  std::vector<Step> steps;
  std::vector<HistoryLine> history;
  /// What the image's configuration says at the end; the layers and history in it are the base
  /// image's.
  oci::Config config;
};

/// What the build of a Containerfile will do for one platform: the stages that the target needs,
/// each after those that it needs itself; the last one is the target.
struct ContainerfilePlan {
  oci::Platform platform;
  std::vector<StagePlan> stages;
  std::vector<ImageInput> images;
  std::vector<containerfile::Finding> findings;  ///< variables that nobody has set
  std::vector<std::string> unused_arguments;

  /// For people: one line a fact.
  std::string print() const;
};

using definition::NamedImage;

/// Finds an image for a platform.
using LoadImage = std::function<ImageInput(const NamedImage& image, const oci::Platform& platform)>;

struct ContainerfileRequest {
  std::optional<std::string> target;  ///< name or number of a stage; none: the last one
  std::map<std::string, std::string> arguments;
  std::map<std::string, std::string> labels;
  oci::Platform platform;
  oci::Platform build_platform;
};

/// Throws invalid_input and unsupported, and what `load` throws; all with file and line.
ContainerfilePlan plan_containerfile(const containerfile::Containerfile& file,
                                     const ContainerfileRequest& request, const LoadImage& load);

/// Throws invalid_input for an unknown target, before any image is asked for.
void check_target(const containerfile::Containerfile& file, const ContainerfileRequest& request);

/// All images that the file names, with the defaults of its ARGs and `arguments`; each once.
std::vector<NamedImage> images_of(const containerfile::Containerfile& file,
                                  const std::map<std::string, std::string>& arguments,
                                  const oci::Platform& platform);

/// The image that the target stands on in the end; none: scratch. It settles the platform of a
/// build that was not asked for one.
std::optional<NamedImage> base_of_target(const containerfile::Containerfile& file,
                                         const ContainerfileRequest& request);

}  // namespace pinnace::build
