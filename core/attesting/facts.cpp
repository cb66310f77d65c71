#include "attesting/facts.hpp"

#include <functional>
#include <utility>
#include <variant>

#include "oci/config.hpp"
#include "oci/image_platform.hpp"

namespace pinnace::attesting {

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
    policy::Facts facts{manifest.digest, find(manifest.digest), {}, {}};
    if (!manifest.is_index()) {
      facts.images.push_back(image(manifest, {}, {}));
      return facts;
    }
    if (!wants_images()) return facts;
    facts.unseen = for_each_image(m_job.context, m_store, manifest, [&](const ListedImage& one) {
      facts.images.push_back(image(one.manifest, one.annotations, one.platform));
      if (m_policy.attestations.empty()) return;
      facts.images.back().evidence =
          evidence::find_evidence(m_job.context, m_store, one.manifest.digest, m_of_images);
    });
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
    policy::ImageFacts facts{.digest = raw.digest, .platform = platform, .evidence = {}};
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
    showing::PackagesResult found = showing::perform(request, m_job);
    for (showing::PackagesResult::Package& one : found.packages)
      facts.packages.push_back({one.type, std::move(one.name), std::move(one.version)});
    for (const showing::PackagesResult::Finding& one : found.findings)
      facts.unread.push_back(
          (one.path.empty() ? "layer " + std::to_string(one.layer) : "/" + one.path) + ": " +
          one.problem);
  }

  const job::JobContext& m_job;
  store::BlobStore& m_store;
  const policy::Policy& m_policy;
  const showing::PackagesRequest& m_packages;
  /// All of them are in memory together.
  evidence::Budget m_of_images{k_max_images * evidence::k_max_items, 2 * evidence::k_max_total};
};

}  // namespace

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
