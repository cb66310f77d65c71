#pragma once

#include <optional>
#include <string_view>

#include "store/blob_store.hpp"

/// What a tag led to before it was given to something else.
namespace pinnace::store {

/// Says in the log where a tag led `before` it was given to `digest`, and returns that, if it is
/// another one.
std::optional<hash::Digest> tell_moved(const base::Context& context, const BlobStore& store,
                                       std::string_view tag,
                                       const std::optional<oci::Descriptor>& before,
                                       const hash::Digest& digest);

/// Puts a manifest under a tag, and tells what that led to before. Who may write and not read can't
/// know; the tag is moved all the same.
void put_tag(BlobStore& store, const base::Context& context, const oci::RawManifest& manifest,
             std::string_view tag);

}  // namespace pinnace::store
