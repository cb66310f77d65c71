#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "containerfile/lines.hpp"

namespace pinnace::containerfile {

/// The Containerfile (Dockerfile) language as it is written: nothing is expanded yet, because what
/// a variable is worth depends on the base and on what was asked for. Texts still have their quotes
/// and escapes where expanding takes these out (docs/formats/containerfile.md).

/// What RUN, CMD, ENTRYPOINT and HEALTHCHECK run: a line for the shell, or words.
struct CommandLine {
  bool exec = false;               ///< the JSON form: run as it is, without a shell
  std::vector<std::string> words;  ///< of the shell form one: the whole line
};

struct From {
  std::string image;
  std::optional<std::string> platform;
  std::string name;  ///< of the stage, in lower case; may be empty
};

struct Mount {
  std::map<std::string, std::string> options;  ///< "type" is always there
  Position position;
};
struct Run {
  CommandLine command;
  std::vector<Heredoc> files;
  std::vector<Mount> mounts;
  std::string network = "default";  ///< default, none or host
};

/// COPY and ADD.
struct Copy {
  bool add = false;
  std::vector<std::string> sources;
  std::vector<Heredoc> files;
  std::string destination;
  std::optional<std::string> from;
  std::optional<std::string> chown;
  std::optional<std::string> chmod;
  std::vector<std::string> excludes;
  bool link = false;
  bool parents = false;
  std::optional<std::string> checksum;
  std::optional<bool> unpack;
  std::optional<bool> keep_git_dir;
};

struct Env {
  std::vector<std::pair<std::string, std::string>> variables;
};
struct Label {
  std::vector<std::pair<std::string, std::string>> labels;
};
struct Arg {
  std::vector<std::pair<std::string, std::optional<std::string>>> arguments;
};
struct Workdir {
  std::string path;
};
struct User {
  std::string user;
};
struct StopSignal {
  std::string signal;
};
struct Maintainer {
  std::string name;
};
struct Expose {
  std::vector<std::string> ports;
};
struct Volume {
  std::vector<std::string> paths;
};
struct Entrypoint {
  CommandLine command;
};
struct Cmd {
  CommandLine command;
};
struct Shell {
  std::vector<std::string> words;
};
struct Healthcheck {
  std::optional<CommandLine> command;  ///< none: HEALTHCHECK NONE
  /// Nanoseconds; what was not written is 0, which means the default.
  std::int64_t interval = 0;
  std::int64_t timeout = 0;
  std::int64_t start_period = 0;
  std::int64_t start_interval = 0;
  int retries = 0;
};
/// The instruction as text: it is read when an image is built on this one.
struct Onbuild {
  std::string instruction;
};

using Command =
    std::variant<From, Run, Copy, Env, Label, Arg, Workdir, User, StopSignal, Maintainer, Expose,
                 Volume, Entrypoint, Cmd, Shell, Healthcheck, Onbuild>;

struct Instruction {
  std::string keyword;  ///< as written
  std::string text;     ///< the logical line, for history and messages
  Position position;
  Command command;
  bool legacy_pairs = false;        ///< "ENV name value"
  bool blank_continuation = false;  ///< blank lines within a continuation
  std::string comment;              ///< the last line of that just above it, without "#"
};

/// FROM and what follows it.
struct Stage {
  From from;
  Instruction instruction;  ///< the FROM itself
  std::vector<Instruction> instructions;
};

struct Containerfile {
  std::string file;
  char escape = '\\';
  std::vector<Directive> directives;
  std::vector<Instruction> arguments;  ///< ARG before the first FROM
  std::vector<Stage> stages;

  /// By name, or by number from 0; the last of a name that stands before stage `before`.
  std::optional<std::size_t> find_stage(std::string_view name, std::size_t before) const;
};

/// Throws invalid_input and unsupported, "file:line:column: ...".
Containerfile parse_containerfile(std::string_view text, const std::string& file);
/// Throws not_found and io, too.
Containerfile load_containerfile(const std::filesystem::path& file);
/// One instruction by itself: a trigger that ONBUILD left in a base. `origin` stands for the file
/// in messages.
Instruction parse_trigger(std::string_view text, const std::string& origin);

/// Whether a definition of this name is a Containerfile and not a pinnace.yaml: everything but
/// *.yaml, *.yml and *.json.
bool is_containerfile(const std::filesystem::path& file);

}  // namespace pinnace::containerfile
