#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "json/fields.hpp"
#include "packages/package.hpp"

/// What differs between two images, as a value. Whatever strangers wrote is base::printable() in
/// it, and so steers nothing wherever it is shown.
namespace pinnace::difference {

/// A commit of the repository that the image's own code is from.
struct Commit {
  enum class Kind { added, removed };

  Kind kind = Kind::added;
  std::string id;
  std::string date;  ///< of the author, ISO 8601
  std::string author;
  std::string subject;

  static json::Table<Commit> table();
  bool operator==(const Commit&) const = default;
};

/// A Java archive or program that no package of the system brought.
struct Artifact {
  std::string path;
  std::optional<std::string> from_digest;  ///< of the file; none: it is not there
  std::optional<std::string> to_digest;
  std::optional<std::string> from_purl;
  std::optional<std::string> to_purl;

  static json::Table<Artifact> table();
  bool operator==(const Artifact&) const = default;
};

struct Code {
  std::optional<std::string> source;  ///< URL of the repository, as the image says
  std::optional<std::string> from_revision;
  std::optional<std::string> to_revision;
  std::vector<Commit> commits;         ///< newest first
  std::uint64_t commits_left_out = 0;  ///< there are at least so many more
  std::optional<std::string> note;     ///< why there are no commits
  std::vector<Artifact> artifacts;

  static json::Table<Code> table();
};

/// What an image says that it was built on.
struct Base {
  std::optional<std::string> from_name;
  std::optional<std::string> from_digest;
  std::optional<std::string> to_name;
  std::optional<std::string> to_digest;
  std::uint64_t shared_layers = 0;   ///< from the lowest on
  std::vector<Commit> commits = {};  ///< that changed it in the lock, newest first

  bool differs() const { return from_name != to_name || from_digest != to_digest; }
  static json::Table<Base> table();
};

/// What the changelog of a package says of one of its versions.
struct Notice {
  std::string version;
  std::string date;  ///< as it is written there
  std::string text;  ///< lines

  static json::Table<Notice> table();
  bool operator==(const Notice&) const = default;
};

struct PackageChange {
  /// changed: written differently, but neither version is newer.
  enum class Kind { added, removed, up, down, changed };

  Kind kind = Kind::added;
  packages::PackageType type = packages::PackageType::deb;
  std::string name;  ///< with Maven's groupId, npm's scope
  std::string architecture;
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::string path;               ///< of the file that tells of it
  std::vector<std::string> cves;  ///< that the notices name, sorted
  std::vector<Notice> notices;    ///< newest first
  std::optional<Commit> commit;   ///< that changed the lock so

  static json::Table<PackageChange> table();
};

/// A member of the configuration, or an annotation of the manifest.
struct Setting {
  std::string field;  ///< "Env", "Entrypoint", "annotation"
  std::string key;    ///< "PATH"; empty: the field has one value
  std::optional<std::string> from;
  std::optional<std::string> to;

  static json::Table<Setting> table();
  bool operator==(const Setting&) const = default;
};

/// A file, directory, link or device as it is in one of the images.
struct FileState {
  std::string type;  ///< "file"
  std::string mode;  ///< "0644"
  std::uint64_t uid = 0;
  std::uint64_t gid = 0;
  std::uint64_t size = 0;
  std::optional<std::string> digest;
  std::string target;                   ///< of a link
  std::string device;                   ///< of a device: "c 1:3", or "b 8:1"
  std::vector<std::string> attributes;  ///< extended ones: "security.capability=0100"

  static json::Table<FileState> table();
  bool operator==(const FileState&) const = default;
};

/// A path whose change no package explains, or that should be seen whoever brought it.
struct FileChange {
  std::string path;
  std::optional<FileState> from;  ///< none: it is not there
  std::optional<FileState> to;
  std::string diff;  ///< unified, of small text files; empty: none
  std::string note;  ///< what rights it gives, why its package does not explain it; empty: nothing

  static json::Table<FileChange> table();
};

/// A layer of the second image.
struct Layer {
  std::string digest;
  std::uint64_t size = 0;  ///< compressed, in bytes
  bool reused = false;     ///< the first image has it, too

  static json::Table<Layer> table();
};

struct PlatformDifference {
  enum class State { same, changed, added, removed };

  std::string platform;
  State state = State::same;
  std::optional<std::string> from;  ///< digests of the manifests
  std::optional<std::string> to;
  Code code;
  Base base;
  std::vector<PackageChange> packages;  ///< by type and name
  std::vector<Setting> settings;
  std::vector<FileChange> files;  ///< by path
  std::uint64_t left_out = 0;     ///< packages and files beyond what a report takes
  std::uint64_t records = 0;      ///< changed files that package managers keep for themselves
  std::uint64_t unrecorded = 0;   ///< changed files of changed packages that record no digest
  std::vector<Layer> layers;      ///< of the second image, lowest first
  std::uint64_t from_size = 0;    ///< compressed layers together, in bytes
  std::uint64_t to_size = 0;
  std::uint64_t sent_size = 0;        ///< of those that the first image lacks
  std::vector<std::string> findings;  ///< what could not be read

  static json::Table<PlatformDifference> table();
};

struct Difference {
  struct Side {
    std::string reference;
    std::string digest;

    static json::Table<Side> table();
  };
  Side from;
  Side to;
  bool same = false;  ///< nothing that was asked for differs
  std::vector<PlatformDifference> platforms;
};

}  // namespace pinnace::difference

template <>
struct pinnace::json::NamesOf<pinnace::difference::Commit::Kind> {
  using K = difference::Commit::Kind;
  static constexpr std::array<std::pair<K, const char*>, 2> k_names = {
      {{K::added, "added"}, {K::removed, "removed"}}};
};
template <>
struct pinnace::json::NamesOf<pinnace::difference::PackageChange::Kind> {
  using K = difference::PackageChange::Kind;
  static constexpr std::array<std::pair<K, const char*>, 5> k_names = {{{K::added, "added"},
                                                                        {K::removed, "removed"},
                                                                        {K::up, "up"},
                                                                        {K::down, "down"},
                                                                        {K::changed, "changed"}}};
};
template <>
struct pinnace::json::NamesOf<pinnace::difference::PlatformDifference::State> {
  using S = difference::PlatformDifference::State;
  static constexpr std::array<std::pair<S, const char*>, 4> k_names = {
      {{S::same, "same"}, {S::changed, "changed"}, {S::added, "added"}, {S::removed, "removed"}}};
};
