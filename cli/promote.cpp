#include <memory>

#include "base/error.hpp"
#include "base/look.hpp"
#include "invocation.hpp"

namespace pinnace::cli {

namespace {

constexpr const char* k_environments = "environments.yaml";

struct Options {
  std::string reference;
  std::string environment;
  std::string environments = k_environments;
  std::string tag;
  std::string as;
  bool repair = false;
};

}  // namespace

void add_promote(CLI::App& app, const GlobalOptions& global, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb =
      app.add_subcommand("promote", "Move the same bytes, by digest, into an environment");
  verb->footer(
      "The image keeps its tag, unless --tag gives another one, and, without --as, its name below "
      "the environment that it comes from, or else its path in its registry.\n"
      "Ends with 1 where the environment does not admit it or an immutable tag is taken by another "
      "image.\n\n"
      "Examples:\n"
      "  pinnace promote registry.test/shop/web:17 --to prod\n"
      "  pinnace promote env:test/web@sha256:... --to prod --tag 1.4.2\n"
      "  pinnace promote shop/web@$(pinnace build) --to test --tag 17\n"
      "  pinnace promote oci-archive:/in/web.tar:17 --to test --as shop/web");
  verb->add_option("REF", options->reference, "What to promote")->required();
  verb->add_option("--to", options->environment, "Environment")->required();
  verb->add_option("--environments", options->environments, "Where environments are defined")
      ->capture_default_str();
  verb->add_option("--tag", options->tag, "Tag in the environment (default: the tag of REF)");
  verb->add_option("--as", options->as,
                   "Name of the image in the environment (default: its path, as in alpha/web)");
  verb->add_flag("--repair", options->repair,
                 "Read all that is there, and send again what is missing or damaged");
  verb->callback([options, &global, &invocation] {
    if (options->environments == k_environments && !base::exists(k_environments))
      throw base::Error(base::ErrorCode::not_found,
                        "there is no environments.yaml here, which says where environments are; "
                        "name another one by --environments FILE");
    nlohmann::json request = new_request(global);
    request["reference"] = options->reference;
    request["to"] = options->environment;
    request["environments"] = options->environments;
    request["tag"] = text_or_null(options->tag);
    request["as"] = text_or_null(options->as);
    request["repair"] = options->repair;
    invocation = {"promote", std::move(request),
                  [](const nlohmann::json& result) -> std::vector<std::string> {
                    return {result.at("target"), result.at("digest")};
                  }};
  });
}

}  // namespace pinnace::cli
