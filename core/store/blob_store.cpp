#include "store/blob_store.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "store/verified.hpp"

namespace pinnace::store {

void BlobStore::put_manifests(const base::Context& context,
                              const std::vector<oci::RawManifest>& manifests) {
  for (const oci::RawManifest& manifest : manifests) {
    context.check();
    put_manifest(context, manifest, {});
  }
}

void BlobStore::put_unmoved(const base::Context& context, const oci::RawManifest& manifest,
                            std::string_view tag) {
  // Its bytes: a registry may know a tag, and answer 404 to HEAD.
  const auto present = find_manifest(context, tag);
  check_unmoved(where(), tag, present ? std::optional(present->descriptor()) : std::nullopt,
                manifest.digest);
  put_manifest(context, manifest, tag);
}

void BlobStore::put_instead(const base::Context& context, const oci::RawManifest& manifest,
                            std::string_view tag, const std::optional<hash::Digest>& before) {
  const auto present = find_manifest(context, tag);
  check_still(where(), tag, present ? std::optional(present->descriptor()) : std::nullopt, before);
  put_manifest(context, manifest, tag);
}

void check_still(const std::string& where, std::string_view tag,
                 const std::optional<oci::Descriptor>& present,
                 const std::optional<hash::Digest>& before) {
  const auto now = present ? std::optional(present->digest) : std::nullopt;
  if (now == before) return;
  throw base::Error(base::ErrorCode::conflict,
                    "tag " + std::string(tag) + " of " + where +
                        " is written by others at the same time; try again");
}

void check_unmoved(const std::string& where, std::string_view tag,
                   const std::optional<oci::Descriptor>& present, const hash::Digest& digest) {
  if (!present || present->digest == digest) return;
  throw base::Error(base::ErrorCode::conflict,
                    where + ":" + std::string(tag) + " is " + present->digest.str() +
                        " already, and an immutable tag is given to no other image");
}

namespace {

/// "; it has the tags a, b" of a store on this machine that was asked for another tag; else empty.
std::string tags_there(BlobStore& store, const base::Context& context, std::string_view wanted) {
  constexpr std::size_t k_shown = 10;
  if (store.is_remote() || wanted.starts_with("sha256:")) return {};
  const std::vector<std::string> tags = store.tags(context);
  std::string list;
  for (std::size_t i = 0; i < std::min(tags.size(), k_shown); ++i)
    list += (i == 0 ? "" : ", ") + tags[i].substr(0, 160);
  if (tags.size() > k_shown) list += " and " + std::to_string(tags.size() - k_shown) + " more";
  return list.empty() ? "; it has no tags" : "; it has the tags " + list;
}

}  // namespace

oci::RawManifest get_manifest(BlobStore& store, const base::Context& context,
                              std::string_view tag_or_digest) {
  auto manifest = store.find_manifest(context, tag_or_digest);
  if (!manifest) {
    throw base::Error(base::ErrorCode::not_found, "no manifest \"" + std::string(tag_or_digest) +
                                                      "\" in " + store.where() +
                                                      tags_there(store, context, tag_or_digest));
  }
  return *std::move(manifest);
}

namespace {

/// What `look` finds; nothing where that is damaged.
template <class Look>
auto unless_damaged(const Look& look) -> decltype(look()) {
  try {
    return look();
  } catch (const base::Error& error) {
    if (error.code() != base::ErrorCode::integrity) throw;
    return std::nullopt;
  }
}

}  // namespace

std::optional<oci::Descriptor> resolve_sound(BlobStore& store, const base::Context& context,
                                             std::string_view tag) {
  return unless_damaged([&] { return store.resolve(context, tag); });
}

std::optional<oci::RawManifest> find_sound(BlobStore& store, const base::Context& context,
                                           std::string_view tag_or_digest) {
  return unless_damaged([&] { return store.find_manifest(context, tag_or_digest); });
}

std::string read_blob(BlobStore& store, const base::Context& context, const oci::Descriptor& blob,
                      std::size_t limit) {
  const std::string what = "blob " + blob.digest.str() + " of " + store.where();
  if (blob.size > limit) {
    throw base::Error(base::ErrorCode::invalid_input, what + " has " + std::to_string(blob.size) +
                                                          " bytes, the limit is " +
                                                          std::to_string(limit));
  }
  return base::read_all(*store.open_blob(context, blob), limit, what);
}

bool is_sound(BlobStore& store, const base::Context& context, const oci::Descriptor& blob) {
  try {
    read_to_end(context, *store.open_blob(context, blob));
    return true;
  } catch (const base::Error& error) {
    const bool unsound =
        error.code() == base::ErrorCode::integrity || error.code() == base::ErrorCode::not_found;
    if (!unsound) throw;
    return false;
  }
}

oci::Descriptor put_bytes(BlobStore& store, const base::Context& context, std::string_view bytes,
                          std::string_view media_type) {
  oci::Descriptor descriptor{
      std::string(media_type), hash::Digest::of(bytes), bytes.size(), {}, {}, {},
      nlohmann::json::object()};
  store.put_blob(context, descriptor,
                 [&] { return std::make_unique<base::MemorySource>(base::as_bytes(bytes)); });
  return descriptor;
}

}  // namespace pinnace::store
