#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "json/fields.hpp"

/// What is known of where an image and all that is in it come from, as a value. Whatever strangers
/// wrote is shown() in it, and so steers nothing wherever it is shown.
namespace pinnace::origin {

/// Of a longer text the beginning and the end.
inline constexpr std::size_t k_max_text = 4096;
std::string shown(std::string_view text);

struct Commit {
  std::string id;
  std::string date;  ///< of the author, ISO 8601
  std::string author;
  std::string subject;

  static json::Table<Commit> table();
};

/// Something that a build took.
struct Input {
  std::string name;                  ///< "image", "Containerfile"; may be empty
  std::string uri;                   ///< may be empty
  std::string digest;                ///< "sha256:1f2e...", "gitCommit:1f2e..."; may be empty
  std::optional<std::string> entry;  ///< the name that the lock has for it
  std::optional<Commit> since;       ///< which made it what it is

  static json::Table<Input> table();
};

/// What one provenance says of the build; nullopt: it does not say.
struct Build {
  std::string where;       ///< for people: "referrer sha256:1f2e..."
  bool is_signed = false;  ///< by a key that nobody has looked at
  std::string type;        ///< a URI: what its parameters mean
  std::optional<std::string> repository;
  std::optional<std::string> revision;
  std::optional<std::string> directory;  ///< of the context, in the repository; empty: its root
  std::optional<bool> dirty;
  std::optional<std::string> builder;
  std::optional<std::string> job;
  std::optional<std::string> build;
  std::optional<std::string> url;
  std::optional<std::string> definition;  ///< the name of one of the inputs
  std::optional<std::string> lock;        ///< the same
  std::vector<Input> inputs;
  std::optional<bool> complete;           ///< the inputs are all that it took
  std::vector<std::string> not_recorded;  ///< what else it took, or may have taken
  std::optional<std::string> note;        ///< why no commits are named

  static json::Table<Build> table();
};

/// Whose a layer is.
enum class Owner { base, own, unknown };

struct Base {
  std::optional<std::string> name;
  std::optional<std::string> digest;
  std::optional<std::uint64_t> layers;  ///< that are the base's; nullopt: not known
  std::optional<std::string> entry;     ///< the name that the lock has for it
  std::optional<Commit> since;          ///< which made it what it is

  static json::Table<Base> table();
};

struct Layer {
  std::string digest;
  std::uint64_t size = 0;  ///< compressed, in bytes
  Owner owner = Owner::unknown;
  std::optional<std::string> instruction;  ///< that made it, as the configuration has it
  std::uint64_t packages = 0;              ///< of those that the image has, how many it brought

  static json::Table<Layer> table();
};

/// A Java archive or program that no package of the system brought.
struct Artifact {
  std::string path;
  std::optional<std::string> digest;
  std::optional<std::string> purl;
  std::uint64_t layer = 0;

  static json::Table<Artifact> table();
};

/// How many packages of a type there are.
struct Count {
  std::string type;
  std::uint64_t count = 0;
  std::optional<std::uint64_t> of_base;  ///< how many of them are the base's; nullopt: not known

  static json::Table<Count> table();
};

/// A package or file that was asked for.
struct Answer {
  std::string path;                   ///< of a package, the file that tells of it
  std::optional<std::string> digest;  ///< of a file's content
  std::optional<std::string> purl;    ///< package URL; of a file, of the package that has it
  std::uint64_t layer = 0;
  Owner owner = Owner::unknown;
  std::optional<std::string> entry;  ///< of the lock, that it came by
  std::optional<Commit> since;       ///< which made that what it is

  static json::Table<Answer> table();
};

}  // namespace pinnace::origin

template <>
struct pinnace::json::NamesOf<pinnace::origin::Owner> {
  using O = origin::Owner;
  static constexpr std::array<std::pair<O, const char*>, 3> k_names = {
      {{O::base, "base"}, {O::own, "own"}, {O::unknown, "unknown"}}};
};
