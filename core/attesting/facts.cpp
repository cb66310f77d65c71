#include "attesting/facts.hpp"

#include <functional>
#include <utility>
#include <variant>

#include "base/error.hpp"
#include "oci/config.hpp"
#include "oci/image_platform.hpp"
#include "store/child_manifest.hpp"

namespace pinnace::attesting {

using base::Error;
using base::ErrorCode;
using Texts = std::map<std::string, std::string>;

namespace {

constexpr const char* k_source = "org.opencontainers.image.source";
constexpr const char* k_base_name = "org.opencontainers.image.base.name";
constexpr const char* k_base_digest = "org.opencontainers.image.base.digest";

Texts labels_of(const oci::Config& config) {
  Texts labels;
  const auto& json = config.json();
  const auto settings = json.find("config");
  if (settings == json.end() || !settings->is_object()) return labels;
  const auto found = settings->find("Labels");
  if (found == settings->end() || !found->is_object()) return labels;
  for (const auto& [name, value] : found->items()) {
    if (value.is_string()) labels.emplace(name, value.get<std::string>());
  }
  return labels;
}

std::optional<std::string> text_in(const Texts& texts, const char* name) {
  const auto found = texts.find(name);
  return found == texts.end() ? std::nullopt : std::optional(found->second);
}

class Gatherer {
 public:
  Gatherer(const job::JobContext& job, store::BlobStore& store, const policy::Policy& policy,
           const showing::PackagesRequest& packages)
      : m_job(job), m_store(store), m_policy(policy), m_packages(packages) {}

  policy::Facts gather(const oci::RawManifest& manifest) {
    policy::Facts facts{manifest.digest, find(manifest.digest), {}};
    if (!manifest.is_index()) {
      facts.images.push_back(image(manifest, {}, {}));
      return facts;
    }
    if (!wants_images()) return facts;
    const Texts annotations = oci::Index::parse(manifest).annotations;
    for (const oci::Descriptor& child : images_of(manifest)) {
      const std::string platform = child.platform ? child.platform->str() : "";
      facts.images.push_back(
          image(store::get_child(m_store, m_job.context, child), annotations, platform));
      if (!m_policy.attestations.empty()) facts.images.back().evidence = find(child.digest);
    }
    return facts;
  }

 private:
  bool wants_claims() const { return !m_policy.sources.empty() || !m_policy.bases.empty(); }
  bool wants_images() const {
    return wants_claims() || !m_policy.attestations.empty() || !m_policy.forbidden.empty();
  }

  evidence::Found find(const hash::Digest& digest) {
    return evidence::find_evidence(m_job.context, m_store, digest);
  }

  policy::ImageFacts image(const oci::RawManifest& raw, const Texts& above,
                           const std::string& platform) {
    policy::ImageFacts facts{raw.digest, platform, {}};
    const oci::Manifest manifest = oci::Manifest::parse(raw);
    if (wants_claims()) add_claims(manifest, above, facts);
    if (!m_policy.forbidden.empty()) add_packages(facts);
    return facts;
  }

  void add_claims(const oci::Manifest& manifest, const Texts& above, policy::ImageFacts& facts) {
    Texts labels;
    const Texts& own = manifest.annotations;
    if (oci::is_image(manifest))
      labels = labels_of(oci::Config::parse(
          store::read_blob(m_store, m_job.context, manifest.config, oci::k_max_config)));
    // The nearest one counts: labels may be those of the base.
    for (const Texts& texts :
         {std::cref(own), std::cref(above), std::cref(std::as_const(labels))}) {
      if (!facts.source) facts.source = text_in(texts, k_source);
      if (facts.base_name) continue;
      facts.base_name = text_in(texts, k_base_name);
      if (facts.base_name) facts.base_digest = text_in(texts, k_base_digest);
    }
  }

  void add_packages(policy::ImageFacts& facts) {
    showing::PackagesRequest request = m_packages;
    request.image = to_string(at_digest(oci::parse_image_name(m_packages.image), facts.digest));
    for (showing::PackagesResult::Package& one : showing::perform(request, m_job).packages)
      facts.packages.push_back({one.type, std::move(one.name), std::move(one.version)});
  }

  const job::JobContext& m_job;
  store::BlobStore& m_store;
  const policy::Policy& m_policy;
  const showing::PackagesRequest& m_packages;
};

}  // namespace

std::vector<oci::Descriptor> images_of(const oci::RawManifest& index) {
  std::vector<oci::Descriptor> images;
  for (const oci::Descriptor& child : oci::Index::parse(index).manifests) {
    const bool is_attached = child.platform && child.platform->os == "unknown";
    if (!oci::media_type::is_manifest(child.media_type) || is_attached) continue;
    if (images.size() == k_max_images)
      throw Error(ErrorCode::invalid_input, index.digest.str() + " has more than " +
                                                std::to_string(k_max_images) + " images");
    images.push_back(child);
  }
  return images;
}

oci::ImageName at_digest(const oci::ImageName& name, const hash::Digest& digest) {
  if (const auto* reference = std::get_if<oci::Reference>(&name))
    return reference->bare().with_digest(digest);
  if (std::holds_alternative<oci::StoredName>(name)) return oci::StoredName{digest.str()};
  oci::ImageName result = name;
  std::visit(
      [&](auto& one) {
        if constexpr (requires { one.tag = std::nullopt; }) {
          one.tag = std::nullopt;
          one.digest = digest;
        }
      },
      result);
  return result;
}

policy::Facts gather_facts(const job::JobContext& job, store::BlobStore& store,
                           const oci::RawManifest& manifest, const policy::Policy& policy,
                           const showing::PackagesRequest& packages) {
  return Gatherer(job, store, policy, packages).gather(manifest);
}

}  // namespace pinnace::attesting
