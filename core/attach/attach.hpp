#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/context.hpp"
#include "oci/manifest.hpp"
#include "store/blob_store.hpp"

/// What is attached to an image: SBOMs, provenance, signatures. Each is a manifest whose subject
/// the image's is (OCI image specification 1.1, manifest.md, "Guidelines for Artifact Usage"), so
/// the image's digest does not depend on it.
namespace pinnace::attach {

/// What is to be attached. Equal ones make equal manifests: attached again, there is still one.
struct Attachment {
  struct Part {
    std::string media_type;
    std::string bytes;
    std::map<std::string, std::string> annotations = {};
  };
  std::string artifact_type;
  std::vector<Part> parts;  ///< at least one
  std::map<std::string, std::string> annotations = {};
};

/// The manifest that attaches it to `subject`: an empty configuration, and the parts as layers.
oci::RawManifest manifest_of(const oci::Descriptor& subject, const Attachment& attachment);

/// Puts all that the manifest needs, and returns that, which is not put: for who puts it together
/// with the image.
oci::RawManifest put_parts(const base::Context& context, store::BlobStore& store,
                           const oci::Descriptor& subject, const Attachment& attachment);

/// Attaches it to a manifest or index of the store. Registries that don't know referrers get it in
/// the referrers tag, merged with what others write at the same time (registry::Repository); an
/// archive is written anew. Throws unsupported for an archive of docker's, which has no place for
/// it.
oci::Descriptor attach(const base::Context& context, store::BlobStore& store,
                       const oci::Descriptor& subject, const Attachment& attachment);

/// What is attached to `subject`, of this type; empty: of any. That is what the store's list says:
/// read_attached() checks it.
std::vector<oci::Descriptor> find_attached(const base::Context& context, store::BlobStore& store,
                                           const hash::Digest& subject,
                                           std::string_view artifact_type = {});

/// Reads a manifest that a list says is attached to `subject`, for who looks before the parts are
/// read. Throws integrity if it says itself that it is attached to something else.
oci::Manifest attached_manifest(const store::BlobStore& store, const oci::RawManifest& raw,
                                const hash::Digest& subject);

/// Reads what a list says is attached to `subject`. Throws integrity if it says itself that it is
/// attached to something else; not_found; invalid_input for an index, and for parts of more than
/// `limit` bytes together.
Attachment read_attached(const base::Context& context, store::BlobStore& store,
                         const hash::Digest& subject, const oci::Descriptor& listed,
                         std::size_t limit);

}  // namespace pinnace::attach
