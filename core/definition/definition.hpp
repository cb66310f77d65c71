#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "definition/named_image.hpp"
#include "oci/platform.hpp"
#include "text/position.hpp"

namespace pinnace::definition {

using text::Position;

/// Numeric owner of a file. Names are refused: they mean different numbers in different images.
struct Owner {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  bool operator==(const Owner&) const = default;
};

/// One line of "artifacts": what is copied from the context to where in the image.
struct ArtifactRule {
  std::string from;  ///< relative, clean, within the context, with its escapes (text/glob.hpp)
  std::string to;    ///< absolute and clean, without a slash at its end (but for "/")
  bool to_directory = false;     ///< it was written with a slash at its end: into that directory
  std::optional<unsigned> mode;  ///< of files, 0 to 07777
  std::optional<unsigned> directory_mode;  ///< of directories
  std::optional<Owner> owner;
  Position position;

  /// Whether `from` is a pattern; otherwise text::Glob::unescape(from) is the path.
  bool is_glob() const;
};

/// What the image's configuration gets. nullopt: what the base has. Something empty: nothing, and
/// the base's is dropped.
struct ImageConfig {
  std::optional<std::string> user;
  std::optional<std::string> workdir;
  std::optional<std::string> stopsignal;
  std::optional<std::vector<std::string>> entrypoint;
  std::optional<std::vector<std::string>> cmd;
  /// In order; nullopt removes the base's variable.
  std::vector<std::pair<std::string, std::optional<std::string>>> env;
  /// nullopt removes the base's label.
  std::map<std::string, std::optional<std::string>> labels;
  /// "8080/tcp", added to the base's; empty drops these.
  std::optional<std::vector<std::string>> ports;
  /// Absolute paths, added to the base's; empty drops these.
  std::optional<std::vector<std::string>> volumes;

  bool operator==(const ImageConfig&) const = default;
};

/// A pinnace.yaml (docs/formats/pinnace-yaml.md). Everything in it has been checked as far as that
/// goes without looking at other files.
struct Definition {
  std::filesystem::path file;
  std::optional<NamedImage> base;  ///< nullopt: "scratch"
  std::vector<ArtifactRule> artifacts;
  std::optional<std::string>
      ignore;  ///< relative to the context; nullopt: .pinnaceignore if there is one
  ImageConfig config;
  std::vector<oci::Platform> platforms;    ///< as written, no duplicates; empty: not said
  std::optional<std::string> compression;  ///< for compress::Compression::parse
  Position compression_position;
  std::map<std::string, std::string> annotations;
  std::optional<std::string> environments;  ///< file, relative to the definition
};

/// What a definition is called that need not be named, in the order in which they are looked for.
inline constexpr std::array<std::string_view, 3> k_default_names = {"pinnace.yaml", "Containerfile",
                                                                    "Dockerfile"};
inline constexpr std::string_view k_default_ignore = ".pinnaceignore";

/// Throws not_found, io, invalid_input ("file:line:column: ..."), unsupported for an unknown
/// version and for keys that a later version will know.
Definition load_definition(const std::filesystem::path& file);
Definition parse_definition(std::string_view text, const std::string& file);

}  // namespace pinnace::definition
