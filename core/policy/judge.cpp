#include "policy/judge.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "base/shown.hpp"

namespace pinnace::policy {

namespace {

using evidence::Evidence;
using evidence::Found;

/// What was found about one digest of one type, by whom it is signed, and why the rest is not.
struct Count {
  std::set<std::string> keys;  ///< names of those that signed
  std::vector<Believed> believed;
  std::vector<std::string> why_not;
};

std::vector<const TrustedKey*> signers_of(const Evidence& one, const KeyRule& rule) {
  std::vector<const TrustedKey*> signers;
  for (const TrustedKey& key : rule.keys) {
    if (signing::is_signed_by(one.content, key.key)) signers.push_back(&key);
  }
  return signers;
}

void count_one(const Evidence& one, const hash::Digest& digest, const std::string& type,
               const KeyRule& rule, Count& count) {
  const auto signers = signers_of(one, rule);
  if (signers.empty()) {
    count.why_not.push_back(one.where + " is not signed by " +
                            (rule.keys.size() == 1 ? rule.keys.front().name : "any of the keys"));
    return;
  }
  // Only now somebody vouches for what it says.
  try {
    const signing::Statement statement = signing::statement_in(one.content, one.where);
    if (!statement.is_about(digest)) {
      count.why_not.push_back(one.where + " is signed, but is about another image");
      return;
    }
    if (statement.predicate_type != type) return;
    for (const TrustedKey* key : signers) {
      count.keys.insert(key->name);
      count.believed.push_back({type, key->name, one.where});
    }
  } catch (const base::Error& error) {
    count.why_not.push_back(base::printable(error.what()));
  }
}

Count count(const Found& found, const hash::Digest& digest, const std::string& type,
            const KeyRule& rule) {
  Count result;
  for (const Evidence& one : found.all) count_one(one, digest, type, rule, result);
  result.why_not.insert(result.why_not.end(), found.problems.begin(), found.problems.end());
  return result;
}

std::string missing_keys(const KeyRule& rule, const Count& counted) {
  std::string missing;
  for (const TrustedKey& key : rule.keys) {
    if (!counted.keys.contains(key.name)) missing += (missing.empty() ? "" : ", ") + key.name;
  }
  return missing;
}

/// "needs the signatures of 2 of 3 keys and has 1, not of b.pub, c.pub"
std::string too_few(const std::string& what, const KeyRule& rule, const Count& counted) {
  if (rule.keys.size() == 1) return what + " of the key " + rule.keys.front().name;
  return what + " of " + std::to_string(rule.needed) + " of " + std::to_string(rule.keys.size()) +
         " keys: has " + std::to_string(counted.keys.size()) + ", not of " +
         missing_keys(rule, counted);
}

class Judge {
 public:
  Judge(const Policy& policy, const Facts& facts) : m_policy(policy), m_facts(facts) {}

  Verdict run() {
    if (m_policy.signatures) check_signatures(*m_policy.signatures);
    for (const AttestationRule& rule : m_policy.attestations) check_attestation(rule);
    for (const ImageFacts& image : m_facts.images) check_image(image);
    return std::move(m_verdict);
  }

 private:
  void fail(std::string reason) {
    reason = base::printable(reason);
    auto& all = m_verdict.reasons;
    if (std::find(all.begin(), all.end(), reason) == all.end()) all.push_back(std::move(reason));
  }
  void explain(const Count& counted) {
    for (const std::string& reason : counted.why_not) fail(reason);
  }
  void believe(const Count& counted) {
    m_verdict.believed.insert(m_verdict.believed.end(), counted.believed.begin(),
                              counted.believed.end());
  }

  void check_signatures(const KeyRule& rule) {
    const Count counted =
        count(m_facts.evidence, m_facts.digest, std::string(signing::k_sign_type), rule);
    believe(counted);
    if (counted.keys.size() >= rule.needed) return;
    fail(too_few(m_facts.digest.str() + " has no signature", rule, counted));
    explain(counted);
  }

  void check_attestation(const AttestationRule& rule) {
    const Count whole = count(m_facts.evidence, m_facts.digest, rule.type, rule.keys);
    believe(whole);
    if (whole.keys.size() >= rule.keys.needed) return;
    bool all_have = !m_facts.images.empty();
    std::vector<std::pair<const ImageFacts*, Count>> lacking;
    for (const ImageFacts& image : m_facts.images) {
      if (image.digest == m_facts.digest) {
        all_have = false;
        continue;
      }
      Count one = count(image.evidence, image.digest, rule.type, rule.keys);
      believe(one);
      if (one.keys.size() < rule.keys.needed) lacking.emplace_back(&image, std::move(one));
    }
    if (all_have && lacking.empty()) return;
    const std::string what = " has no attestation " + rule.type;
    if (lacking.empty() || lacking.size() == m_facts.images.size())
      fail(too_few(m_facts.digest.str() + what, rule.keys, whole));
    explain(whole);
    for (const auto& [image, one] : lacking) {
      if (lacking.size() != m_facts.images.size())
        fail(too_few(image->digest.str() + in(*image) + what, rule.keys, one));
      explain(one);
    }
  }

  static std::string in(const ImageFacts& image) {
    return image.platform.empty() ? "" : " (" + image.platform + ")";
  }

  void check_image(const ImageFacts& image) {
    if (!m_policy.sources.empty()) check_source(image);
    if (!m_policy.bases.empty()) check_base(image);
    for (const InstalledPackage& package : image.packages) check_package(image, package);
  }

  void check_source(const ImageFacts& image) {
    if (!image.source)
      return fail(image.digest.str() + in(image) +
                  " does not say which repository it was made from "
                  "(org.opencontainers.image.source)");
    const std::string url = comparable_source(*image.source);
    const bool allowed = std::any_of(m_policy.sources.begin(), m_policy.sources.end(),
                                     [&](const Prefix& prefix) { return prefix.matches(url); });
    if (!allowed)
      fail(image.digest.str() + in(image) + " was made from " + base::quote(*image.source) +
           ", which is none of the sources");
  }

  void check_base(const ImageFacts& image) {
    if (!image.base_name)
      return fail(image.digest.str() + in(image) +
                  " does not say which base it has (org.opencontainers.image.base.name)");
    const bool allowed = std::any_of(m_policy.bases.begin(), m_policy.bases.end(),
                                     [&](const Prefix& prefix) { return is_base(prefix, image); });
    if (!allowed)
      fail(image.digest.str() + in(image) + " has the base " + base::quote(*image.base_name) +
           ", which is none of the bases");
  }

  /// A rule without a tag or digest is for all that its repository has.
  static bool is_base(const Prefix& prefix, const ImageFacts& image) {
    std::string name;
    try {
      name = comparable_image(*image.base_name);
    } catch (const base::Error&) {
      return false;
    }
    if (prefix.matches(name)) return true;
    if (!prefix.is_whole) return false;
    const std::size_t at = prefix.text.find('@');
    if (at != std::string::npos)
      return image.base_digest == prefix.text.substr(at + 1) &&
             (name == prefix.text.substr(0, at) ||
              name.starts_with(prefix.text.substr(0, at) + ":") ||
              name.starts_with(prefix.text.substr(0, at) + "@"));
    return name.starts_with(prefix.text + "@") ||
           (name.starts_with(prefix.text + ":") &&
            prefix.text.find(':', prefix.text.rfind('/')) == std::string::npos);
  }

  void check_package(const ImageFacts& image, const InstalledPackage& package) {
    for (const ForbiddenPackage& one : m_policy.forbidden) {
      if (one.name != package.name || (one.type && *one.type != package.type) ||
          !is_within(package.type, package.version, one.bounds))
        continue;
      fail(image.digest.str() + in(image) + " has the forbidden package " + package.name + " " +
           package.version);
    }
  }

  const Policy& m_policy;
  const Facts& m_facts;
  Verdict m_verdict;
};

}  // namespace

Verdict judge(const Policy& policy, const Facts& facts) {
  return Judge(policy, facts).run();
}

}  // namespace pinnace::policy
