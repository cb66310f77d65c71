#include "policy/judge.hpp"

#include <algorithm>
#include <map>
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
  std::set<std::string> keys;  ///< hints of those that signed: names may be equal
  std::vector<Believed> believed;
  std::vector<std::string> why_not;
};

/// Counts what is signed. Each signature is tried with each key once, however many rules ask.
class Counter {
 public:
  explicit Counter(const base::Context& context) : m_context(context) {}

  Count count(const Found& found, const hash::Digest& digest, const std::string& type,
              const KeyRule& rule) {
    Count result;
    for (const Evidence& one : found.all) count_one(one, digest, type, rule, result);
    result.why_not.insert(result.why_not.end(), found.problems.begin(), found.problems.end());
    return result;
  }

 private:
  struct Said {
    signing::Statement statement;  ///< without its predicate, which may be large
    std::string problem;           ///< why it can't be read; empty: it can
  };
  struct Known {
    std::map<std::string, bool> signed_by;  ///< by the hints of keys
    std::optional<Said> said;
  };

  bool is_signed_by(const Evidence& one, Known& known, const TrustedKey& key) {
    m_context.check();
    const auto [at, is_new] = known.signed_by.emplace(key.key.hint(), false);
    if (is_new) at->second = signing::is_signed_by(one.content, key.key);
    return at->second;
  }

  const Said& said(const Evidence& one, Known& known) {
    if (known.said) return *known.said;
    m_context.check();
    try {
      known.said = {signing::statement_in(one.content, one.where), {}};
      known.said->statement.predicate = nullptr;
    } catch (const base::Error& error) {
      known.said = {{}, base::printable(error.what())};
    }
    return *known.said;
  }

  void count_one(const Evidence& one, const hash::Digest& digest, const std::string& type,
                 const KeyRule& rule, Count& count) {
    Known& known = m_known[&one];
    std::vector<const TrustedKey*> signers;
    for (const TrustedKey& key : rule.keys) {
      if (is_signed_by(one, known, key)) signers.push_back(&key);
    }
    if (signers.empty()) {
      count.why_not.push_back(one.where + " is not signed by " +
                              (rule.keys.size() == 1 ? rule.keys.front().name : "any of the keys"));
      return;
    }
    // Only now somebody vouches for what it says.
    const Said& what = said(one, known);
    if (!what.problem.empty()) return count.why_not.push_back(what.problem);
    if (!what.statement.is_about(digest))
      return count.why_not.push_back(one.where + " is signed, but is about another image");
    if (what.statement.predicate_type != type) return;
    for (const TrustedKey* key : signers) {
      count.keys.insert(key->key.hint());
      count.believed.push_back({type, key->name, one.where});
    }
  }

  const base::Context& m_context;
  std::map<const Evidence*, Known> m_known;
};

std::string missing_keys(const KeyRule& rule, const Count& counted) {
  std::string missing;
  for (const TrustedKey& key : rule.keys) {
    if (!counted.keys.contains(key.key.hint())) missing += (missing.empty() ? "" : ", ") + key.name;
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
  Judge(const base::Context& context, const Policy& policy, const Facts& facts)
      : m_context(context), m_policy(policy), m_facts(facts), m_counter(context) {}

  Verdict run() {
    if (m_policy.signatures) check_signatures(*m_policy.signatures);
    for (const AttestationRule& rule : m_policy.attestations) check_attestation(rule);
    if (wants_all_images()) check_listing();
    for (const ImageFacts& image : m_facts.images) check_image(image);
    // Last: anybody can put more beside an image than people read.
    for (const std::string& reason : m_explained) fail(reason);
    return std::move(m_verdict);
  }

 private:
  void fail(std::string reason) {
    reason = base::printable(reason);
    if (m_told.insert(reason).second) m_verdict.reasons.push_back(std::move(reason));
  }
  bool wants_all_images() const {
    return !m_policy.sources.empty() || !m_policy.bases.empty() || !m_policy.forbidden.empty();
  }
  /// Of what nobody has looked at nobody knows that it has what is wanted.
  void check_listing() {
    for (const std::string& what : m_facts.unseen) fail(what);
    if (m_facts.images.empty() && m_facts.unseen.empty())
      fail(m_facts.digest.str() + " lists no image");
  }
  void explain(const Count& counted) {
    m_explained.insert(m_explained.end(), counted.why_not.begin(), counted.why_not.end());
  }
  void believe(const Count& counted) {
    m_verdict.believed.insert(m_verdict.believed.end(), counted.believed.begin(),
                              counted.believed.end());
  }

  void check_signatures(const KeyRule& rule) {
    const Count counted =
        m_counter.count(m_facts.evidence, m_facts.digest, std::string(signing::k_sign_type), rule);
    believe(counted);
    if (counted.keys.size() >= rule.needed) return;
    fail(too_few(m_facts.digest.str() + " has no signature", rule, counted));
    explain(counted);
  }

  void check_attestation(const AttestationRule& rule) {
    const Count whole = m_counter.count(m_facts.evidence, m_facts.digest, rule.type, rule.keys);
    believe(whole);
    if (whole.keys.size() >= rule.keys.needed) return;
    bool all_have = !m_facts.images.empty() && m_facts.unseen.empty();
    std::vector<std::pair<const ImageFacts*, Count>> lacking;
    for (const ImageFacts& image : m_facts.images) {
      if (image.digest == m_facts.digest) {
        all_have = false;
        continue;
      }
      Count one = m_counter.count(image.evidence, image.digest, rule.type, rule.keys);
      believe(one);
      if (one.keys.size() < rule.keys.needed) lacking.emplace_back(&image, std::move(one));
    }
    if (all_have && lacking.empty()) return;
    const std::string what = " has no attestation " + rule.type;
    if (lacking.empty() || lacking.size() == m_facts.images.size())
      fail(too_few(m_facts.digest.str() + what, rule.keys, whole));
    explain(whole);
    for (const std::string& unseen : m_facts.unseen) fail(unseen);
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
    for (const std::string& what : image.unread)
      fail(image.digest.str() + in(image) + " may have more packages: " + what);
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
    m_context.check();
    for (const ForbiddenPackage& one : m_policy.forbidden) {
      if ((one.type && *one.type != package.type) ||
          !is_named(package.type, package.name, one.name) ||
          !is_within(package.type, package.version, one.bounds))
        continue;
      fail(image.digest.str() + in(image) + " has the forbidden package " + package.name + " " +
           (package.version.empty() ? "of an unknown version" : package.version));
    }
  }

  const base::Context& m_context;
  const Policy& m_policy;
  const Facts& m_facts;
  Counter m_counter;
  Verdict m_verdict;
  std::set<std::string> m_told;
  std::vector<std::string> m_explained;
};

}  // namespace

Verdict judge(const base::Context& context, const Policy& policy, const Facts& facts) {
  return Judge(context, policy, facts).run();
}

}  // namespace pinnace::policy
