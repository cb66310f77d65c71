#include <iostream>
#include <memory>

#include "invocation.hpp"

namespace pinnace::cli {

void add_gc(CLI::App& app, const GlobalOptions& global, Invocation& invocation) {
  const auto layout = std::make_shared<std::string>();
  CLI::App* verb =
      app.add_subcommand("gc", "Remove what nothing needs from the local store or a layout");
  verb->footer(
      "Waits for builds and copies that use the same layout. Ends with 1 if the layout is "
      "damaged.");
  verb->add_option("LAYOUT", *layout, "oci:DIR (default: the local store)");
  verb->callback([layout, &global, &invocation] {
    nlohmann::json request = new_request(global);
    request["layout"] = text_or_null(*layout);
    invocation = {"gc", std::move(request),
                  [](const nlohmann::json& result) {
                    std::cout << "removed " << result.at("removedFiles") << " files, "
                              << human_size(result.at("removedBytes").get<std::uint64_t>())
                              << "; kept " << result.at("keptBlobs") << " blobs\n";
                    for (const auto& problem : result.at("problems")) {
                      std::cout << "damaged: " << problem.get<std::string>() << '\n';
                    }
                  },
                  [](const nlohmann::json& result) { return result.at("problems").empty(); }};
  });
}

}  // namespace pinnace::cli
