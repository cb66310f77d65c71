#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hash/digest.hpp"

namespace pinnace::oci {

/// The name of an image in a registry, by the grammar of distribution/reference:
/// [domain[:port]/]path[:tag][@digest]. Docker Hub short names are expanded: "nginx" is
/// docker.io/library/nginx. A value of this type is always well formed, and its domain none that
/// names_no_registry().
class Reference {
 public:
  /// Throws invalid_input that quotes `text` and says which part is wrong and what was expected.
  static Reference parse(std::string_view text);

  /// "registry.example:5000", "docker.io", "[::1]:5000".
  const std::string& domain() const noexcept { return m_domain; }
  /// "library/nginx".
  const std::string& repository() const noexcept { return m_repository; }
  const std::optional<std::string>& tag() const noexcept { return m_tag; }
  const std::optional<hash::Digest>& digest() const noexcept { return m_digest; }
  /// "domain/repository".
  std::string name() const { return m_domain + "/" + m_repository; }
  /// Whole, with tag and digest where there are any.
  std::string str() const;
  /// The digest if there is one, else the tag, else "latest": what is asked of a registry.
  std::string tag_or_digest() const;

  Reference with_digest(hash::Digest digest) const;
  /// Throws invalid_input unless `tag` is [A-Za-z0-9_][A-Za-z0-9._-]{0,127}.
  Reference with_tag(std::string_view tag) const;
  /// Without tag and digest.
  Reference bare() const;

  bool operator==(const Reference&) const = default;

 private:
  Reference() = default;
  std::string m_domain;
  std::string m_repository;
  std::optional<std::string> m_tag;
  std::optional<hash::Digest> m_digest;
};

/// Whether `text` is a tag by the same grammar.
bool is_tag(std::string_view text) noexcept;
/// Whether `text` begins as the name of an image that is in no registry does: "oci:DIR",
/// "oci-archive:FILE", "env:NAME/image". A registry of such a host and a port would read the same,
/// so there is none.
bool names_no_registry(std::string_view text) noexcept;
/// Whether `text` is a path by the same grammar; ".." is none.
bool is_repository(std::string_view text) noexcept;

}  // namespace pinnace::oci
