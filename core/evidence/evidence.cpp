#include "evidence/evidence.hpp"

#include <optional>

#include "attach/attach.hpp"
#include "base/error.hpp"
#include "base/quote.hpp"
#include "base/shown.hpp"
#include "evidence/cosign_tag.hpp"

namespace pinnace::evidence {

using base::Context;
using base::Error;
using base::ErrorCode;

namespace {

constexpr std::string_view k_bundle_prefix = "application/vnd.dev.sigstore.bundle";

bool is_what_was_read(ErrorCode code) {
  return code == ErrorCode::invalid_input || code == ErrorCode::unsupported ||
         code == ErrorCode::integrity || code == ErrorCode::not_found;
}

class Reader {
 public:
  Reader(const Context& context, store::BlobStore& store, const hash::Digest& subject,
         Budget& budget)
      : m_context(context), m_store(store), m_subject(subject), m_budget(budget) {}

  void read_referrers() {
    std::vector<oci::Descriptor> listed;
    attempt("list of referrers",
            [&] { listed = attach::find_attached(m_context, m_store, m_subject); });
    for (const oci::Descriptor& one : listed) {
      // Lists exist that say nothing of the type.
      if (one.artifact_type && !one.artifact_type->starts_with(k_bundle_prefix) &&
          one.artifact_type != oci::media_type::k_empty)
        continue;
      if (m_is_full) return;
      attempt("referrer " + one.digest.str(), [&] { read_referrer(one); });
    }
  }

  void read_tag(const char* suffix) {
    const std::string tag = tag_of(m_subject, suffix);
    std::optional<oci::RawManifest> raw;
    attempt("tag " + tag, [&] {
      raw = m_store.find_manifest(m_context, tag);
      if (!raw) return;
      take_bytes(raw->bytes.size());
      std::size_t number = 0;
      for (const oci::Descriptor& layer : oci::Manifest::parse(*raw).layers) {
        if (m_is_full) return;
        attempt("tag " + tag + ", layer " + std::to_string(number++),
                [&] { read_layer(raw->digest, layer); });
      }
    });
  }

  Found take() { return std::move(m_found); }

 private:
  /// What goes wrong with one of them is noted; what goes wrong with the store is thrown.
  template <class Action>
  void attempt(const std::string& where, Action&& action) {
    m_context.check();
    m_where = where;
    try {
      action();
    } catch (const Error& error) {
      if (!is_what_was_read(error.code())) throw;
      m_found.problems.push_back(base::shown(where) + ": " + base::printable(error.what()));
    }
  }

  void take_item() {
    m_is_full = m_budget.items == 0;
    if (m_is_full)
      throw Error(ErrorCode::invalid_input, "is not read, nor what follows: there are more than " +
                                                std::to_string(k_max_items));
    --m_budget.items;
  }
  /// Before they are read: what fails then has been read, too.
  void take_bytes(std::uint64_t bytes) {
    if (bytes > k_max_item || bytes > m_budget.bytes)
      throw Error(ErrorCode::invalid_input, "is not read: it is too large");
    m_budget.bytes -= bytes;
  }

  void add(Place place, const hash::Digest& holder, signing::Signed content) {
    m_found.all.push_back({place, m_where, holder, std::move(content)});
  }

  void read_referrer(const oci::Descriptor& listed) {
    take_item();
    if (listed.size > oci::k_max_manifest)
      throw Error(ErrorCode::invalid_input, "is not read: its manifest is too large");
    const auto raw = store::get_manifest(m_store, m_context, listed.digest.str());
    take_bytes(raw.bytes.size());
    const oci::Manifest manifest = attach::attached_manifest(m_store, raw, m_subject);
    if (manifest.layers.size() != 1 ||
        !manifest.layers.front().media_type.starts_with(k_bundle_prefix)) {
      if (!listed.artifact_type || listed.artifact_type == oci::media_type::k_empty) return;
      throw Error(ErrorCode::unsupported, "expected one Sigstore bundle in it");
    }
    const oci::Descriptor& bundle = manifest.layers.front();
    take_bytes(bundle.size);
    add(Place::referrer, listed.digest,
        signing::parse_bundle(store::read_blob(m_store, m_context, bundle, k_max_item), "bundle"));
  }

  void read_layer(const hash::Digest& holder, const oci::Descriptor& layer) {
    take_item();
    const bool is_simple = layer.media_type == signing::k_simple_media_type;
    if (!is_simple && layer.media_type != signing::k_envelope_media_type)
      throw Error(ErrorCode::unsupported, "layer of type " + base::shown(layer.media_type) +
                                              ", expected " +
                                              std::string(signing::k_simple_media_type) + " or " +
                                              std::string(signing::k_envelope_media_type));
    take_bytes(layer.size);
    std::string bytes = store::read_blob(m_store, m_context, layer, k_max_item);
    if (!is_simple) return add(Place::tag, holder, signing::parse_envelope(bytes, "envelope"));
    const auto signature = layer.annotations.find(k_signature_annotation);
    if (signature == layer.annotations.end())
      throw Error(ErrorCode::invalid_input,
                  "expected the annotation " + std::string(k_signature_annotation));
    add(Place::tag, holder,
        signing::parse_simple(std::move(bytes), signature->second, "signature"));
  }

  const Context& m_context;
  store::BlobStore& m_store;
  hash::Digest m_subject;
  Budget& m_budget;
  bool m_is_full = false;
  std::string m_where;
  Found m_found;
};

}  // namespace

std::string tag_of(const hash::Digest& subject, const char* suffix) {
  return std::string(hash::to_string(subject.algorithm())) + "-" + std::string(subject.hex()) +
         suffix;
}

Found find_evidence(const Context& context, store::BlobStore& store, const hash::Digest& subject) {
  Budget budget;
  return find_evidence(context, store, subject, budget);
}

Found find_evidence(const Context& context, store::BlobStore& store, const hash::Digest& subject,
                    Budget& budget) {
  Reader reader(context, store, subject, budget);
  reader.read_referrers();
  // A tag has at most 128 characters, and cosign knows no other algorithm.
  if (subject.algorithm() == hash::Algorithm::sha256) {
    reader.read_tag(k_signatures);
    reader.read_tag(k_attestations);
  }
  return reader.take();
}

}  // namespace pinnace::evidence
