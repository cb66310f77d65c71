#include <memory>

#include "invocation.hpp"

namespace pinnace::cli {

namespace {

using nlohmann::json;

struct Options {
  std::string repository;
  std::string order = "name";
  bool digests = false;
};

std::vector<std::string> present(const Options& options, const json& result) {
  std::vector<std::string> lines;
  for (const json& tag : result.at("tags")) {
    std::string line = tag.at("name");
    if (options.digests)
      line += "  " + (tag.at("digest").is_null() ? "gone" : tag.at("digest").get<std::string>());
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace

void add_tags(CLI::App& app, const GlobalOptions& global, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("tags", "List the tags of a repository, layout or archive");
  verb->footer(
      "Examples:\n"
      "  pinnace tags registry.test/shop/web\n"
      "  pinnace tags --sort version --digest env:prod/shop/web\n"
      "  pinnace tags oci:out");
  verb->add_option("REPOSITORY", options->repository, "An image's name without tag and digest")
      ->required();
  verb->add_flag("--digest", options->digests, "Also the digest that each leads to");
  verb->add_option("--sort", options->order, "By \"name\", or by \"version\": 1.9 before 1.10")
      ->check(CLI::IsMember({"name", "version"}))
      ->capture_default_str();
  const auto environments = add_environments(*verb, "Where env: names are defined");
  verb->callback([options, environments, &global, &invocation] {
    json request = new_request(global);
    request["repository"] = options->repository;
    request["digests"] = options->digests;
    request["order"] = options->order;
    request["environments"] = text_or_null(*environments);
    invocation = {"tags", std::move(request),
                  [options](const json& result) { return present(*options, result); }};
  });
}

}  // namespace pinnace::cli
