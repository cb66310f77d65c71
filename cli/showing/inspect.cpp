#include <memory>

#include "cli/options/job_invocation.hpp"
#include "cli/options/requests.hpp"
#include "cli/showing/verbs.hpp"
#include "showing/inspect.hpp"

namespace pinnace::cli {

namespace {

using Lines = std::vector<std::string>;
using Result = showing::InspectResult;

void add_image(Lines& lines, const Result::Image& image, const std::string& indent) {
  if (image.platform) lines.push_back(indent + "platform  " + *image.platform);
  if (image.created) lines.push_back(indent + "created   " + *image.created);
  for (const Result::Layer& layer : image.layers)
    lines.push_back(indent + "layer     " + layer.digest + "  " + human_size(layer.size));
}

void add_details(Lines& lines, const Result::Item& item) {
  lines.push_back(item.reference);
  lines.push_back("  digest    " + item.digest);
  lines.push_back("  type      " + item.media_type);
  const std::vector<Result::Image> images = item.images.value_or(std::vector<Result::Image>());
  const bool several = images.size() > 1;
  for (const Result::Image& image : images) {
    if (several) lines.push_back("  image     " + image.digest);
    add_image(lines, image, several ? "    " : "  ");
  }
}

Lines lines_for(bool digests, const Result& result) {
  Lines lines;
  for (const Result::Item& item : result.images) {
    if (digests) {
      lines.push_back(item.digest);
    } else {
      add_details(lines, item);
    }
  }
  return lines;
}

}  // namespace

void define_inspect(CLI::App& verb, const GlobalOptions& global, Invocation& invocation) {
  const auto request = std::make_shared<showing::InspectRequest>();
  verb.footer(
      "Examples:\n"
      "  pinnace inspect --digest registry.test/shop/web:17\n"
      "  pinnace inspect --json oci:out:1.0\n"
      "  pinnace inspect docker-archive:web.tar");
  verb.add_option("REF", request->references, "Images")->required();
  verb.add_flag("--digest", request->digest_only,
                "Only the digests, one a line, in the order asked for");
  const auto environments = add_environments(verb, "Where env: names are defined");
  verb.callback([request, environments, &global, &invocation] {
    add_common(*request, global);
    request->environments = if_given(*environments);
    invocation = job_invocation(*request, {[request](const Result& result) {
      return lines_for(request->digest_only, result);
    }});
  });
}

}  // namespace pinnace::cli
