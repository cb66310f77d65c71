#include <memory>

#include "cli/images/verbs.hpp"
#include "cli/options/job_invocation.hpp"
#include "cli/options/requests.hpp"
#include "verbs/copy.hpp"

namespace pinnace::cli {

void define_copy(CLI::App& verb, const GlobalOptions& global, Invocation& invocation) {
  const auto request = std::make_shared<verbs::CopyRequest>();
  verb.footer(
      "Indexes are copied with all platforms; what the target has is not sent again.\n\n"
      "Examples:\n"
      "  pinnace copy registry.test/shop/web:17 registry.prod/shop/web:17\n"
      "  pinnace copy debian:bookworm-slim oci:base:bookworm\n"
      "  pinnace copy sha256:1f2e3d4c5b6a oci-archive:web.tar:17\n"
      "  pinnace copy oci:out:17 docker-archive:web.tar:shop/web:17");
  verb.add_option("SRC", request->source, "What to copy")->required();
  verb.add_option("DST", request->target, "Where to; without a tag it is stored by digest only")
      ->required();
  verb.add_flag("--referrers", request->referrers,
                "Also copy signatures, SBOMs and what else refers to it");
  verb.add_flag("--repair", request->repair,
                "Look at all that the target has: read the blobs of a layout, ask a registry for "
                "each; send again what is missing or damaged");
  verb.add_option("--parallel", request->parallel, "Blobs under way at once")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  const auto environments =
      add_environments(verb, "Where env: names are defined; what has rules there is not written");
  verb.callback([request, environments, &global, &invocation] {
    add_common(*request, global);
    request->environments = if_given(*environments);
    invocation = job_invocation(
        *request, {[](const verbs::CopyResult& result) { return std::vector{result.digest}; }});
  });
}

}  // namespace pinnace::cli
