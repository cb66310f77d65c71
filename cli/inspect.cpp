#include <iostream>
#include <memory>

#include "invocation.hpp"

namespace pinnace::cli {

namespace {

using nlohmann::json;

struct Options {
  std::vector<std::string> references;
  bool digest = false;
};

void print_image(const json& image, const std::string& indent) {
  const json& platform = image.at("platform");
  if (!platform.is_null())
    std::cout << indent << "platform  " << platform.get<std::string>() << '\n';
  const json& created = image.at("created");
  if (!created.is_null()) std::cout << indent << "created   " << created.get<std::string>() << '\n';
  for (const json& layer : image.at("layers")) {
    std::cout << indent << "layer     " << layer.at("digest").get<std::string>() << "  "
              << human_size(layer.at("size").get<std::uint64_t>()) << '\n';
  }
}

void print_details(const json& item) {
  std::cout << item.at("reference").get<std::string>() << '\n'
            << "  digest    " << item.at("digest").get<std::string>() << '\n'
            << "  type      " << item.at("mediaType").get<std::string>() << '\n';
  for (const json& image : item.at("images")) {
    if (item.at("images").size() > 1) {
      std::cout << "  image     " << image.at("digest").get<std::string>() << '\n';
    }
    print_image(image, item.at("images").size() > 1 ? "    " : "  ");
  }
}

}  // namespace

void add_inspect(CLI::App& app, const GlobalOptions& global, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(
      "inspect", "Show what a reference is: digest, platforms, layers, configuration");
  verb->footer(
      "Examples:\n"
      "  pinnace inspect --digest registry.test/shop/web:17\n"
      "  pinnace inspect --json oci:out:1.0\n"
      "  pinnace inspect docker-archive:web.tar");
  verb->add_option("REF", options->references, "Images")->required();
  verb->add_flag("--digest", options->digest,
                 "Only the digests, one a line, in the order asked for");
  const auto environments = add_environments(*verb, "Where env: names are defined");
  verb->callback([options, environments, &global, &invocation] {
    json request = new_request(global);
    request["references"] = options->references;
    request["digestOnly"] = options->digest;
    request["environments"] = text_or_null(*environments);
    invocation = {"inspect", std::move(request), [options](const json& result) {
                    for (const json& item : result.at("images")) {
                      if (options->digest) {
                        std::cout << item.at("digest").get<std::string>() << '\n';
                      } else {
                        print_details(item);
                      }
                    }
                  }};
  });
}

}  // namespace pinnace::cli
