#include <memory>

#include "cli/options/job_invocation.hpp"
#include "cli/options/requests.hpp"
#include "cli/showing/verbs.hpp"
#include "verbs/tags.hpp"

namespace pinnace::cli {

namespace {

std::vector<std::string> lines_for(bool digests, const verbs::TagsResult& result) {
  std::vector<std::string> lines;
  for (const verbs::TagsResult::Tag& tag : result.tags)
    lines.push_back(tag.name + (digests ? "  " + tag.digest.value_or("gone") : ""));
  return lines;
}

}  // namespace

void define_tags(CLI::App& verb, const GlobalOptions& global, Invocation& invocation) {
  const auto request = std::make_shared<verbs::TagsRequest>();
  const auto order = std::make_shared<std::string>("name");
  verb.footer(
      "Examples:\n"
      "  pinnace tags registry.test/shop/web\n"
      "  pinnace tags --sort version --digest env:prod/shop/web\n"
      "  pinnace tags oci:out");
  verb.add_option("REPOSITORY", request->repository, "An image's name without tag and digest")
      ->required();
  verb.add_flag("--digest", request->digests, "Also the digest that each leads to");
  verb.add_option("--sort", *order, "By \"name\", or by \"version\": 1.9 before 1.10")
      ->check(CLI::IsMember(json::names_of<verbs::TagOrder>()))
      ->capture_default_str();
  const auto environments = add_environments(verb, "Where env: names are defined");
  verb.callback([request, order, environments, &global, &invocation] {
    add_common(*request, global);
    request->order = json::value_named<verbs::TagOrder>(*order).value();
    request->environments = if_given(*environments);
    invocation = job_invocation(*request, {[request](const verbs::TagsResult& result) {
      return lines_for(request->digests, result);
    }});
  });
}

}  // namespace pinnace::cli
