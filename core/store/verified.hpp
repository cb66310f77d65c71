#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/context.hpp"
#include "base/io.hpp"
#include "oci/descriptor.hpp"
#include "oci/manifest.hpp"

/// What BlobStores do alike.
namespace pinnace::store {

/// `source`, checked against the digest and size of `blob` while it is read. What already promises
/// the same is passed on as it is, not hashed twice.
std::unique_ptr<base::Source> verified(std::unique_ptr<base::Source> source,
                                       const oci::Descriptor& blob, const std::string& what);

/// Reads all of it, for what a source that is verified has to say.
void read_to_end(const base::Context& context, base::Source& source);

/// Throws integrity, naming `what`, unless the sizes agree.
void check_size(std::uint64_t actual, std::uint64_t expected, const std::string& what);

/// What a manifest or index is attached to, if it is.
std::optional<hash::Digest> subject_of(const oci::RawManifest& manifest);

}  // namespace pinnace::store
