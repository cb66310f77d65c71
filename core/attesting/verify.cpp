#include "attesting/verify.hpp"

#include "attesting/facts.hpp"
#include "base/error.hpp"
#include "base/shown.hpp"
#include "policy/judge.hpp"

namespace pinnace::attesting {

namespace {

/// Nobody reads more, and anybody can put more beside an image.
constexpr std::size_t k_max_reasons = 1000;
constexpr std::size_t k_max_reason = 2000;

policy::Policy policy_of(const VerifyRequest& request) {
  if (request.policy) return policy::Policy::load(*request.policy);
  policy::Policy policy;
  policy.signatures = policy::key_rule({request.keys.begin(), request.keys.end()}, request.need);
  return policy;
}

showing::PackagesRequest packages_request(const VerifyRequest& request) {
  showing::PackagesRequest packages;
  packages.store = request.store;
  packages.registries = request.registries;
  packages.image = request.image;
  packages.environments = request.environments;
  return packages;
}

VerifyResult result_of(const policy::Facts& facts, const policy::Verdict& verdict) {
  VerifyResult result{facts.digest.str(), verdict.reasons.empty(), {}, {}};
  for (const std::string& reason : verdict.reasons) {
    if (result.reasons.size() + 1 == k_max_reasons && verdict.reasons.size() > k_max_reasons) {
      result.reasons.push_back("and " +
                               std::to_string(verdict.reasons.size() - result.reasons.size()) +
                               " more reasons");
      break;
    }
    result.reasons.push_back(base::shortened(reason, k_max_reason));
  }
  for (const policy::Believed& one : verdict.believed)
    result.signatures.push_back(
        {one.type, base::shortened(base::printable(one.key), k_max_reason), one.where});
  return result;
}

}  // namespace

json::Table<VerifyRequest> VerifyRequest::table() {
  return job::request_table<VerifyRequest>(
      "VerifyRequest", "Says whether an image is signed, or has all that a policy wants.",
      {{"image", &VerifyRequest::image, "Reference."},
       {"keys", &VerifyRequest::keys, "Files with public keys (PEM); null with a policy."},
       {"need", &VerifyRequest::need,
        "How many of these keys must have signed it: all, any or a number."},
       {"policy", &VerifyRequest::policy,
        "File with a policy (docs/formats/policy.md); null with keys."},
       {"environments", &VerifyRequest::environments, "File for env: names; null: none."}});
}

json::Table<VerifyResult> VerifyResult::table() {
  return {"VerifyResult",
          "Whether an image is what was wanted.",
          {{"digest", &VerifyResult::digest, "Of the index or manifest that was looked at.",
            json::k_digest},
           {"verified", &VerifyResult::verified, "Whether all that was wanted is so."},
           {"reasons",
            &VerifyResult::reasons,
            "Why not, all of them.",
            {.length = 4096, .count = k_max_reasons}},
           {"signatures",
            &VerifyResult::signatures,
            "What was signed by keys that count.",
            {.count = 500'000}}}};
}

json::Table<VerifyResult::Signature> VerifyResult::Signature::table() {
  return {"VerifyResult.Signature",
          "A signature or attestation that a key vouches for.",
          {{"type", &Signature::type, "Predicate type, as a URI.", job::k_line},
           {"key", &Signature::key, "File of the key.", job::k_line},
           {"where", &Signature::where, "Where it is kept.", job::k_line}}};
}

void VerifyRequest::check() const {
  (void)oci::parse_image_name(image);
  if (keys.empty() != policy.has_value())
    throw base::Error(base::ErrorCode::invalid_input, "expected either keys or a policy");
}

VerifyResult perform(const VerifyRequest& request, const job::JobContext& job) {
  const policy::Policy policy = policy_of(request);
  places::Access access = job.access(request.places(request.environments));
  const places::Located place =
      access.locate(oci::parse_image_name(request.image), places::Purpose::prove);
  const oci::RawManifest manifest =
      store::get_manifest(*place.store, job.context, place.tag_or_digest());
  return base::with_context([&] { return "verifying " + request.image; },
                            [&] {
                              const policy::Facts facts = gather_facts(
                                  job, *place.store, manifest, policy, packages_request(request));
                              return result_of(facts, policy::judge(job.context, policy, facts));
                            });
}

}  // namespace pinnace::attesting
