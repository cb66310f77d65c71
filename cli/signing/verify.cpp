#include "attesting/verify.hpp"

#include <memory>

#include "base/shown.hpp"
#include "cli/options/job_invocation.hpp"
#include "cli/options/requests.hpp"
#include "cli/signing/verbs.hpp"

namespace pinnace::cli {

namespace {

std::vector<std::string> lines_for(const attesting::VerifyResult& result) {
  std::vector<std::string> lines;
  if (!result.verified) {
    for (const std::string& reason : result.reasons) lines.push_back(base::printable(reason));
    return lines;
  }
  for (const auto& one : result.signatures)
    lines.push_back(base::printable(one.key + "  " + one.type + "  " + one.where));
  lines.push_back(result.digest);
  return lines;
}

}  // namespace

void define_verify(CLI::App& verb, const GlobalOptions& global, Invocation& invocation) {
  struct Options {
    std::string image;
    std::vector<std::string> keys;
    std::string need = "all";
    std::string policy;
  };
  const auto options = std::make_shared<Options>();
  verb.footer(
      "Takes signatures of pinnace and of cosign, as bundles and under tags. Ends with 1, and all "
      "the reasons, where something is missing.\n\n"
      "Examples:\n"
      "  pinnace verify registry.test/shop/web:17 --key team.pub\n"
      "  pinnace verify oci:out:17 --key a.pub --key b.pub --need any\n"
      "  pinnace verify registry.test/shop/web:17 --policy policy.yaml");
  verb.add_option("REF", options->image, "An image")->required();
  CLI::Option* key = verb.add_option("--key", options->keys, "Public key (PEM; may be repeated)");
  verb.add_option("--need", options->need,
                  "How many of the keys must have signed: all, any or a number")
      ->capture_default_str()
      ->needs(key);
  verb.add_option("--policy", options->policy, "What the image must have (docs/formats/policy.md)")
      ->excludes(key);
  const auto environments = add_environments(verb, "Where env: names are defined");
  verb.callback([options, environments, &global, &invocation] {
    attesting::VerifyRequest request;
    add_common(request, global);
    request.image = options->image;
    request.keys = options->keys;
    request.need = options->need;
    if (!options->policy.empty()) request.policy = options->policy;
    request.environments = if_given(*environments);
    invocation = job_invocation(request, {lines_for, [](const attesting::VerifyResult& result) {
                                            return result.verified ? 0 : 1;
                                          }});
  });
}

}  // namespace pinnace::cli
