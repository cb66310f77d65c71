#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "hash/digest.hpp"

namespace pinnace::source {

/// A file at a URL, for ADD.
struct UrlSource {
  std::string url;
  std::string name;  ///< of the file, where the destination is a directory; may be empty
  std::optional<hash::Digest> checksum;
};

/// A commit of a git repository, for ADD: "https://host/x.git#ref:directory".
struct GitSource {
  std::string repository;
  std::string reference;  ///< branch, tag or commit; empty: what the repository's HEAD is
  std::string directory;  ///< clean, without a slash in front; empty: all of it
  bool keep_git = false;  ///< with the directory .git
  std::optional<std::string> commit;  ///< that it has to be: 40 or 64 hex digits
};

using RemoteSource = std::variant<UrlSource, GitSource>;

/// Whether a source of ADD is a URL or a git repository.
bool is_remote(std::string_view source);
/// Throws invalid_input for what can't be a URL, has user info in it, or has options that its kind
/// doesn't take. `checksum` is what --checksum says.
RemoteSource parse_remote(const std::string& source, const std::optional<std::string>& checksum,
                          std::optional<bool> keep_git);

/// Whether it can only ever lead to the same files.
bool is_pinned(const RemoteSource& source);
/// For people: without what could be a credential.
std::string describe(const RemoteSource& source);
/// Whether the text is a whole commit's name: 40 or 64 lower-case hex digits.
bool is_commit(std::string_view text);

}  // namespace pinnace::source
