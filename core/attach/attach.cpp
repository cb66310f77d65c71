#include "attach/attach.hpp"

#include <utility>

#include "base/error.hpp"
#include "transfer/missing_blobs.hpp"

namespace pinnace::attach {

using base::Context;
using base::Error;
using base::ErrorCode;
using oci::Descriptor;
using store::BlobStore;

namespace {

constexpr std::string_view k_empty_config = "{}";

/// Only what makes it found: an index lists its platform, too.
Descriptor bare(const Descriptor& subject) {
  return {subject.media_type, subject.digest, subject.size, {}, {}, {}, nlohmann::json::object()};
}

Descriptor describe(std::string_view bytes, std::string_view media_type) {
  return {std::string(media_type), hash::Digest::of(bytes), bytes.size(), {}, {}, {},
          nlohmann::json::object()};
}

/// The blobs of an attachment, whose bytes it has.
std::vector<transfer::Offer> offers(const Attachment& attachment) {
  std::vector<transfer::Offer> all;
  const auto add = [&](std::string_view bytes, std::string_view media_type) {
    all.push_back({describe(bytes, media_type), [bytes](const Context&) {
                     return std::make_unique<base::MemorySource>(base::as_bytes(bytes));
                   }});
  };
  add(k_empty_config, oci::media_type::k_empty);
  for (const Attachment::Part& part : attachment.parts) add(part.bytes, part.media_type);
  return all;
}

}  // namespace

oci::RawManifest manifest_of(const Descriptor& subject, const Attachment& attachment) {
  if (attachment.parts.empty()) throw Error(ErrorCode::internal, "an attachment without parts");
  oci::Manifest manifest{std::string(oci::media_type::k_manifest),
                         describe(k_empty_config, oci::media_type::k_empty),
                         {},
                         bare(subject),
                         attachment.artifact_type,
                         attachment.annotations};
  for (const Attachment::Part& part : attachment.parts) {
    manifest.layers.push_back(describe(part.bytes, part.media_type));
    manifest.layers.back().annotations = part.annotations;
  }
  return manifest.to_raw();
}

oci::RawManifest put_parts(const Context& context, BlobStore& store, const Descriptor& subject,
                           const Attachment& attachment) {
  oci::RawManifest manifest = manifest_of(subject, attachment);
  for (const transfer::Offer& offer : offers(attachment)) {
    context.check();
    store.put_blob(context, offer.blob, [&] { return offer.open(context); });
  }
  return manifest;
}

Descriptor attach(const Context& context, BlobStore& store, const Descriptor& subject,
                  const Attachment& attachment) {
  return base::with_context(
      [&] {
        return "attaching " + attachment.artifact_type + " to " + subject.digest.str() + " in " +
               store.where();
      },
      [&] {
        const oci::RawManifest manifest = put_parts(context, store, subject, attachment);
        std::vector<transfer::Offer> offered = offers(attachment);
        transfer::put_with_blobs(context, store, offered,
                                 [&] { store.put_manifest(context, manifest, {}); });
        Descriptor result = manifest.descriptor();
        result.artifact_type = attachment.artifact_type;
        result.annotations = attachment.annotations;
        return result;
      });
}

std::vector<Descriptor> find_attached(const Context& context, BlobStore& store,
                                      const hash::Digest& subject, std::string_view artifact_type) {
  std::vector<Descriptor> found = store.referrers(context, subject);
  if (!artifact_type.empty())
    std::erase_if(found, [&](const Descriptor& one) { return one.artifact_type != artifact_type; });
  return found;
}

oci::Manifest attached_manifest(const BlobStore& store, const oci::RawManifest& raw,
                                const hash::Digest& subject) {
  oci::Manifest manifest = oci::Manifest::parse(raw);
  if (manifest.subject && manifest.subject->digest == subject) return manifest;
  throw Error(ErrorCode::integrity, raw.digest.str() + " of " + store.where() +
                                        " is listed as attached to " + subject.str() +
                                        ", and does not say so itself");
}

Attachment read_attached(const Context& context, BlobStore& store, const hash::Digest& subject,
                         const Descriptor& listed, std::size_t limit) {
  const oci::RawManifest raw = store::get_manifest(store, context, listed.digest.str());
  const oci::Manifest manifest = attached_manifest(store, raw, subject);
  Attachment attachment{
      manifest.artifact_type.value_or(manifest.config.media_type), {}, manifest.annotations};
  for (const Descriptor& layer : manifest.layers) {
    context.check();
    std::string bytes = store::read_blob(store, context, layer, limit);
    limit -= bytes.size();
    attachment.parts.push_back({layer.media_type, std::move(bytes), layer.annotations});
  }
  return attachment;
}

}  // namespace pinnace::attach
