#include <memory>

#include "invocation.hpp"
#include "showing/inspect.hpp"

namespace pinnace::cli {

namespace {

using nlohmann::json;

using Lines = std::vector<std::string>;

void add_image(Lines& lines, const json& image, const std::string& indent) {
  const json& platform = image.at("platform");
  if (!platform.is_null()) lines.push_back(indent + "platform  " + platform.get<std::string>());
  const json& created = image.at("created");
  if (!created.is_null()) lines.push_back(indent + "created   " + created.get<std::string>());
  for (const json& layer : image.at("layers"))
    lines.push_back(indent + "layer     " + layer.at("digest").get<std::string>() + "  " +
                    human_size(layer.at("size").get<std::uint64_t>()));
}

void add_details(Lines& lines, const json& item) {
  lines.push_back(item.at("reference"));
  lines.push_back("  digest    " + item.at("digest").get<std::string>());
  lines.push_back("  type      " + item.at("mediaType").get<std::string>());
  const bool several = item.at("images").size() > 1;
  for (const json& image : item.at("images")) {
    if (several) lines.push_back("  image     " + image.at("digest").get<std::string>());
    add_image(lines, image, several ? "    " : "  ");
  }
}

Lines present(bool digests, const json& result) {
  Lines lines;
  for (const json& item : result.at("images")) {
    if (digests) {
      lines.push_back(item.at("digest"));
    } else {
      add_details(lines, item);
    }
  }
  return lines;
}

}  // namespace

void add_inspect(CLI::App& app, const GlobalOptions& global, Invocation& invocation) {
  const auto request = std::make_shared<showing::InspectRequest>();
  CLI::App* verb = app.add_subcommand(
      "inspect", "Show what a reference is: digest, platforms, layers, configuration");
  verb->footer(
      "Examples:\n"
      "  pinnace inspect --digest registry.test/shop/web:17\n"
      "  pinnace inspect --json oci:out:1.0\n"
      "  pinnace inspect docker-archive:web.tar");
  verb->add_option("REF", request->references, "Images")->required();
  verb->add_flag("--digest", request->digest_only,
                 "Only the digests, one a line, in the order asked for");
  const auto environments = add_environments(*verb, "Where env: names are defined");
  verb->callback([request, environments, &global, &invocation] {
    add_common(*request, global);
    request->environments = if_given(*environments);
    invocation = {*request,
                  [request](const json& result) { return present(request->digest_only, result); }};
  });
}

}  // namespace pinnace::cli
