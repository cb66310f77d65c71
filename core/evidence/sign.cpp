#include "evidence/sign.hpp"

#include <optional>

#include "attach/attach.hpp"
#include "base/error.hpp"
#include "evidence/cosign_tag.hpp"

namespace pinnace::evidence {

using base::Context;

namespace {

/// Whether this is what would be signed again.
bool says_the_same(const Evidence& one, const hash::Digest& subject, const Wish& wish,
                   const signing::PublicKey& key) {
  if (one.place != wish.place || !signing::is_signed_by(one.content, key)) return false;
  try {
    const signing::Statement statement = signing::statement_in(one.content, one.where);
    return statement.is_about(subject) && statement.predicate_type == wish.predicate_type &&
           statement.predicate == wish.predicate;
  } catch (const base::Error&) {
    return false;
  }
}

/// What nobody would read is not put.
void check_size(std::string_view text) {
  if (text.size() > k_max_item)
    throw base::Error(base::ErrorCode::invalid_input,
                      "what is signed has " + std::to_string(text.size()) +
                          " bytes with its signature, expected at most " +
                          std::to_string(k_max_item) + ", which are read");
}

hash::Digest put_bundle(const Context& context, store::BlobStore& store,
                        const oci::Descriptor& subject, const Wish& wish,
                        const signing::Signer& signer) {
  const std::string statement =
      signing::statement_of(subject.digest, wish.predicate_type, wish.predicate);
  std::string bundle = signing::signed_bundle(context, statement, signer);
  check_size(bundle);
  attach::Attachment attachment;
  attachment.artifact_type = signing::k_bundle_media_type;
  attachment.parts = {{std::string(signing::k_bundle_media_type), std::move(bundle), {}}};
  attachment.annotations = {{"dev.sigstore.bundle.content", "dsse-envelope"},
                            {"dev.sigstore.bundle.predicateType", wish.predicate_type}};
  return attach::attach(context, store, subject, attachment).digest;
}

hash::Digest put_in_tag(const Context& context, store::BlobStore& store,
                        const oci::Descriptor& subject, const Wish& wish,
                        const signing::Signer& signer) {
  if (wish.predicate_type == signing::k_sign_type) {
    const std::string payload = signing::simple_payload(wish.name, subject.digest);
    const std::string signature = signing::signature_text(context, payload, signer);
    return add_layer(context, store, tag_of(subject.digest, k_signatures), payload,
                     signing::k_simple_media_type, {{k_signature_annotation, signature}});
  }
  const std::string statement =
      signing::statement_of(subject.digest, wish.predicate_type, wish.predicate);
  const std::string envelope = signing::signed_envelope(context, statement, signer);
  check_size(envelope);
  return add_layer(context, store, tag_of(subject.digest, k_attestations), envelope,
                   signing::k_envelope_media_type,
                   {{k_signature_annotation, ""}, {"predicateType", wish.predicate_type}});
}

}  // namespace

Placed sign(const Context& context, store::BlobStore& present, store::BlobStore& target,
            const oci::Descriptor& subject, const Wish& wish, const signing::Signer& signer) {
  if (wish.place == Place::tag && subject.digest.algorithm() != hash::Algorithm::sha256)
    throw base::Error(base::ErrorCode::unsupported,
                      subject.digest.str() +
                          ": cosign's tags are for digests of SHA-256; expected the format bundle");
  for (const Evidence& one : find_evidence(context, present, subject.digest).all) {
    context.check();
    if (says_the_same(one, subject.digest, wish, signer.public_key())) return {one.holder, true};
  }
  const auto put = wish.place == Place::referrer ? put_bundle : put_in_tag;
  return {put(context, target, subject, wish, signer), false};
}

}  // namespace pinnace::evidence
