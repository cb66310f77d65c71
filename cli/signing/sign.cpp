#include "attesting/sign.hpp"

#include <memory>

#include "cli/options/job_invocation.hpp"
#include "cli/signing/key_options.hpp"
#include "cli/signing/verbs.hpp"

namespace pinnace::cli {

void define_sign(CLI::App& verb, const GlobalOptions& global, Invocation& invocation) {
  const auto options = std::make_shared<KeyOptions>();
  const auto recursive = std::make_shared<bool>(false);
  verb.footer(
      "cosign verify --key PUBLIC --insecure-ignore-tlog accepts it. What this key has signed "
      "already is not signed again.\n\n"
      "Examples:\n"
      "  pinnace sign registry.test/shop/web:17 --key team.key\n"
      "  pinnace sign oci:out:17 --key team.key --key-password env:TEAM_PASSWORD\n"
      "  pinnace sign registry.test/shop/web:17 --key team.pub --key-command 'pkcs11-tool --sign "
      "--mechanism ECDSA --id 01'");
  options->add_to(verb);
  verb.add_flag("--recursive", *recursive, "Of an index, the image of each platform, too");
  verb.callback([options, recursive, &global, &invocation] {
    attesting::SignRequest request;
    options->fill(request, global);
    request.recursive = *recursive;
    invocation = job_invocation(request, {[](const attesting::SignResult& result) {
                                  std::vector<std::string> lines;
                                  for (const auto& one : result.signatures)
                                    lines.push_back(one.digest + ": signature " + one.signature +
                                                    (one.existed ? ", which was there" : ""));
                                  lines.push_back(result.digest);
                                  return lines;
                                }});
  });
}

}  // namespace pinnace::cli
