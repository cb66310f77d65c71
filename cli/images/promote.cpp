#include <memory>

#include "base/error.hpp"
#include "cli/images/verbs.hpp"
#include "cli/options/job_invocation.hpp"
#include "cli/options/requests.hpp"
#include "files/look.hpp"
#include "verbs/promote.hpp"

namespace pinnace::cli {

namespace {

constexpr const char* k_environments = "environments.yaml";

struct Options {
  verbs::PromoteRequest request;
  std::string environments = k_environments;
  std::string tag;
  std::string as;
};

}  // namespace

void define_promote(CLI::App& verb, const GlobalOptions& global, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  verb.footer(
      "The image keeps its tag, unless --tag gives another one, and, without --as, its name below "
      "the environment that it comes from, or else its path in its registry.\n"
      "Ends with 1 where the environment does not admit it or an immutable tag is taken by another "
      "image.\n\n"
      "Examples:\n"
      "  pinnace promote registry.test/shop/web:17 --to prod\n"
      "  pinnace promote env:test/web@sha256:... --to prod --tag 1.4.2\n"
      "  pinnace promote shop/web@$(pinnace build) --to test --tag 17\n"
      "  pinnace promote oci-archive:/in/web.tar:17 --to test --as shop/web");
  verb.add_option("REF", options->request.reference, "What to promote")->required();
  verb.add_option("--to", options->request.to, "Environment")->required();
  verb.add_option("--environments", options->environments, "Where environments are defined")
      ->capture_default_str();
  verb.add_option("--tag", options->tag, "Tag in the environment (default: the tag of REF)");
  verb.add_option("--as", options->as,
                  "Name of the image in the environment (default: its path, as in alpha/web)");
  verb.add_flag("--repair", options->request.repair,
                "Read all that is there, and send again what is missing or damaged");
  verb.callback([options, &global, &invocation] {
    if (options->environments == k_environments && !files::exists(k_environments))
      throw base::Error(base::ErrorCode::not_found,
                        "there is no environments.yaml here, which says where environments are; "
                        "name another one by --environments FILE");
    verbs::PromoteRequest& request = options->request;
    add_common(request, global);
    request.environments = options->environments;
    request.tag = if_given(options->tag);
    request.as = if_given(options->as);
    invocation = job_invocation(request, {[](const verbs::PromoteResult& result) {
                                  return std::vector{result.target, result.digest};
                                }});
  });
}

}  // namespace pinnace::cli
