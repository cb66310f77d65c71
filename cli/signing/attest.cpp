#include "attesting/attest.hpp"

#include <memory>

#include "base/shown.hpp"
#include "cli/options/job_invocation.hpp"
#include "cli/signing/key_options.hpp"
#include "cli/signing/verbs.hpp"

namespace pinnace::cli {

void define_attest(CLI::App& verb, const GlobalOptions& global, Invocation& invocation) {
  struct Options : KeyOptions {
    std::string predicate;
    std::string type;
  };
  const auto options = std::make_shared<Options>();
  verb.footer(
      "cosign verify-attestation --key PUBLIC --insecure-ignore-tlog --type TYPE accepts it.\n\n"
      "Examples:\n"
      "  pinnace attest registry.test/shop/web:17 --key team.key --predicate tests.json --type "
      "https://shop.test/tests/v1\n"
      "  pinnace attest oci:out:17 --key team.key --predicate sbom.json --type spdxjson");
  options->add_to(verb);
  verb.add_option("--predicate", options->predicate, "File with what is said: a JSON object")
      ->required();
  verb.add_option("--type", options->type,
                  "Predicate type: a URI, or spdxjson, cyclonedx, slsaprovenance1, openvex, vuln, "
                  "link as cosign has them")
      ->required();
  verb.callback([options, &global, &invocation] {
    attesting::AttestRequest request;
    options->fill(request, global);
    request.predicate = options->predicate;
    request.type = options->type;
    invocation = job_invocation(
        request, {[](const attesting::AttestResult& result) {
          return std::vector{base::printable(result.type) + ": attestation " + result.attestation +
                                 (result.existed ? ", which was there" : ""),
                             result.digest};
        }});
  });
}

}  // namespace pinnace::cli
