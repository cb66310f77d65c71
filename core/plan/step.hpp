#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "oci/platform.hpp"
#include "plan/file_mode.hpp"
#include "source/remote_source.hpp"
#include "text/position.hpp"
#include "tree/file_tree.hpp"

namespace pinnace::plan {

using text::Position;

/// Where a stage starts or a copy comes from.
struct FromScratch {};
struct FromContext {};
struct FromStage {
  std::size_t stage;  ///< in Plan::stages
};
struct FromImage {
  std::size_t image;  ///< in Plan::images
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
  std::vector<source::RemoteSource> remotes;
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
  bool has_socketcall = false;  ///< see container::Container; who builds says so, and not the file
  std::vector<RunMount> mounts;
};

/// Files that are known when the plan is made. They go over what the base has: its links are
/// followed, its files replaced.
struct TreeStep {
  std::shared_ptr<tree::FileTree> files;  ///< of one build for several platforms they are one
};

using Action = std::variant<CopyStep, DirectoryStep, RunStep, TreeStep>;

struct Step {
  std::string text;  ///< the instruction
  Position position;
  Action action;
};

}  // namespace pinnace::plan
