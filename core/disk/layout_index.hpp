#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oci/descriptor.hpp"
#include "oci/manifest.hpp"

namespace pinnace::disk {

/// The annotation that carries a tag (OCI image specification, annotations.md).
inline constexpr const char* k_ref_name = "org.opencontainers.image.ref.name";
/// The annotation by which Docker and containerd say the whole name, "docker.io/library/web:1".
inline constexpr const char* k_image_name = "io.containerd.image.name";

/// The index.json of an OCI image layout as a value: what is listed under which tags. Entries and
/// fields that it does not know stay as they are.
class LayoutIndex {
 public:
  /// Without entries.
  LayoutIndex();
  /// Throws invalid_input, naming `what`.
  static LayoutIndex parse(std::string_view text, const std::string& what);

  /// Throws invalid_input for an entry that is no descriptor.
  std::vector<oci::Descriptor> entries() const;
  /// The names that find_tag() takes, sorted, each once: the tags as they are written; the whole
  /// name of what has no tag, or one that others have, too.
  std::vector<std::string> tags() const;
  /// The same where a tag is a whole name, as docker has it: that goes first.
  std::vector<std::string> whole_names() const;
  /// The entry with this tag or whole name, else for a plain tag the only one whose full reference
  /// ends with it.
  /// Throws invalid_input if the tag stands at different manifests.
  std::optional<oci::Descriptor> find_tag(std::string_view tag) const;
  /// The same of each of these tags, in one pass; nullopt for one that is not there.
  std::vector<std::optional<oci::Descriptor>> find_tags(const std::vector<std::string>& tags) const;
  std::optional<oci::Descriptor> find_digest(const hash::Digest& digest) const;
  /// What is meant where no tag is said: "latest", else the only one that has a tag, else the only
  /// one; nullopt if nothing is listed. Throws invalid_input that lists them if there are several.
  std::optional<oci::Descriptor> find_default() const;

  /// Lists manifests that are not listed yet, without a tag. Returns whether anything changed.
  bool list(const std::vector<oci::RawManifest>& manifests);
  /// Moves a tag to a manifest. An entry without a tag stays: somebody wanted that digest, whatever
  /// becomes of the tag. Returns whether anything changed.
  bool move_tag(const oci::RawManifest& manifest, std::string_view tag);
  /// Lists an entry of another index as it stands there.
  void keep(const oci::Descriptor& entry);
  /// Takes out the entries for which `drop` says so; returns whether there were any.
  bool remove_if(const std::function<bool(const oci::Descriptor&)>& drop);
  std::string text() const;

 private:
  [[noreturn]] void fail_several() const;

  nlohmann::json m_json;
  std::string m_what = "index.json";
};

/// "blobs/sha256/1f2e...": where a layout has a blob.
std::string layout_path(const hash::Digest& digest);

/// The digest that "tag or digest" is; nullopt for a tag. Throws invalid_input for a malformed one.
std::optional<hash::Digest> digest_named(std::string_view tag_or_digest);

/// Throws invalid_input unless `tag` can be a reference name in a layout: letters, digits and
/// "-._:@+/" (image-layout.md), at most 512, and no digest.
void check_layout_tag(std::string_view tag);

}  // namespace pinnace::disk
