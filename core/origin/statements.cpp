#include "origin/statements.hpp"

#include <algorithm>

#include "attach/attach.hpp"
#include "base/error.hpp"
#include "evidence/evidence.hpp"
#include "origin/predicate.hpp"
#include "provenance/provenance.hpp"
#include "signing/statement.hpp"
#include "store/child_manifest.hpp"

namespace pinnace::origin {

using base::Error;
using base::ErrorCode;

namespace {

/// BuildKit's too (docs/attestations/attestation-storage.md).
constexpr const char* k_type_annotation = "in-toto.io/predicate-type";
constexpr std::string_view k_provenance = "https://slsa.dev/provenance/";
constexpr std::size_t k_max_statement = std::size_t{32} << 20;
constexpr std::size_t k_max_read = std::size_t{64} << 20;
constexpr std::size_t k_max_builds = 100;

bool is_what_was_read(ErrorCode code) {
  return code == ErrorCode::invalid_input || code == ErrorCode::unsupported ||
         code == ErrorCode::integrity || code == ErrorCode::not_found;
}

bool may_be_provenance(const std::map<std::string, std::string>& annotations) {
  const auto type = annotations.find(k_type_annotation);
  return type == annotations.end() || type->second.starts_with(k_provenance);
}

class Reader {
 public:
  Reader(const base::Context& context, store::BlobStore& store, const hash::Digest& manifest)
      : m_context(context), m_store(store), m_manifest(manifest) {}

  void read_signed(const hash::Digest& subject) {
    const evidence::Found found = evidence::find_evidence(m_context, m_store, subject, m_budget);
    for (const evidence::Evidence& one : found.all)
      attempt(one.where,
              [&] { add(signing::statement_in(one.content, one.where), subject, true); });
    for (const std::string& one : found.problems) problem(one);
  }

  void read_referrers(const hash::Digest& subject) {
    std::vector<oci::Descriptor> listed;
    attempt("list of referrers", [&] {
      listed =
          attach::find_attached(m_context, m_store, subject, provenance::k_statement_media_type);
    });
    for (const oci::Descriptor& one : listed) {
      if (may_be_provenance(one.annotations))
        attempt("referrer " + one.digest.str(), [&] { read_referrer(subject, one); });
    }
  }

  /// BuildKit lists a manifest beside the image's.
  void read_listed(const oci::RawManifest& index) {
    attempt("index " + index.digest.str(), [&] {
      for (const oci::Descriptor& one : oci::Index::parse(index).manifests) {
        const auto about = one.annotations.find("vnd.docker.reference.digest");
        if (about == one.annotations.end() || about->second != m_manifest.str()) continue;
        attempt("manifest " + one.digest.str(), [&] {
          for (const oci::Descriptor& layer :
               oci::Manifest::parse(store::get_child(m_store, m_context, one)).layers)
            read_layer(m_manifest, layer);
        });
      }
    });
  }

  Statements take() {
    std::stable_partition(m_said.builds.begin(), m_said.builds.end(),
                          [](const Build& one) { return one.is_signed; });
    return std::move(m_said);
  }

 private:
  /// What goes wrong with one of them is noted; what goes wrong with the store is thrown.
  template <class Action>
  void attempt(const std::string& where, Action&& action) {
    m_context.check();
    m_where = shown(where);
    try {
      action();
    } catch (const Error& error) {
      if (!is_what_was_read(error.code())) throw;
      problem(where + ": " + error.what());
    }
  }

  void problem(const std::string& text) {
    constexpr std::size_t k_most = 100;
    if (m_said.problems.size() < k_most) m_said.problems.push_back(shown(text));
  }

  void read_referrer(const hash::Digest& subject, const oci::Descriptor& listed) {
    const oci::Manifest manifest = attach::attached_manifest(
        m_store, store::get_manifest(m_store, m_context, listed.digest.str()), subject);
    for (const oci::Descriptor& layer : manifest.layers) read_layer(subject, layer);
  }

  void read_layer(const hash::Digest& subject, const oci::Descriptor& layer) {
    if (!may_be_provenance(layer.annotations)) return;
    if (layer.size > k_max_statement || layer.size > m_left)
      throw Error(ErrorCode::invalid_input, "is not read: it is too large");
    m_left -= layer.size;
    add(signing::parse_statement(store::read_blob(m_store, m_context, layer, k_max_statement),
                                 "statement"),
        subject, false);
  }

  void add(const signing::Statement& statement, const hash::Digest& subject, bool is_signed) {
    const std::string& type = statement.predicate_type;
    if (type != signing::k_sign_type && !type.starts_with(k_provenance)) return;
    if (!statement.is_about(subject) && !statement.is_about(m_manifest))
      throw Error(ErrorCode::integrity, "is about something else");
    if (type == signing::k_sign_type) {
      ++m_said.signatures;
      return;
    }
    if (type != provenance::k_predicate)
      throw Error(ErrorCode::unsupported,
                  "is provenance as " + shown(type) + ", expected " + provenance::k_predicate);
    if (m_said.builds.size() == k_max_builds)
      throw Error(ErrorCode::invalid_input,
                  "is not read: there are more than " + std::to_string(k_max_builds) + " of them");
    m_said.builds.push_back(build_of(statement.predicate, m_where));
    m_said.builds.back().is_signed = is_signed;
  }

  const base::Context& m_context;
  store::BlobStore& m_store;
  const hash::Digest& m_manifest;
  evidence::Budget m_budget;
  std::size_t m_left = k_max_read;
  std::string m_where;
  Statements m_said;
};

}  // namespace

Statements read_statements(const base::Context& context, store::BlobStore& store,
                           const hash::Digest& manifest, const oci::RawManifest& above) {
  Reader reader(context, store, manifest);
  std::vector<hash::Digest> subjects = {manifest};
  if (above.digest != manifest) subjects.push_back(above.digest);
  for (const hash::Digest& one : subjects) {
    reader.read_signed(one);
    reader.read_referrers(one);
  }
  if (above.is_index()) reader.read_listed(above);
  return reader.take();
}

}  // namespace pinnace::origin
