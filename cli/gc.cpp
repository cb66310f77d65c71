#include <iostream>
#include <memory>

#include "invocation.hpp"

namespace pinnace::cli {

namespace {

void present_cache(const nlohmann::json& cache) {
  if (cache.is_null()) return;
  std::cout << "build cache: removed " << human_size(cache.at("removedBytes").get<std::uint64_t>())
            << ", kept " << human_size(cache.at("keptBytes").get<std::uint64_t>()) << '\n';
}

}  // namespace

void add_gc(CLI::App& app, const GlobalOptions& global, Invocation& invocation) {
  const auto layout = std::make_shared<std::string>();
  const auto cache_size = std::make_shared<std::uint64_t>(0);
  CLI::App* verb =
      app.add_subcommand("gc", "Remove what nothing needs from the local store or a layout");
  verb->footer(
      "Waits for builds and copies that use the same layout. Ends with 1 if the layout is "
      "damaged.");
  verb->add_option("LAYOUT", *layout, "oci:DIR (default: the local store)");
  verb->add_option("--cache-size", *cache_size,
                   "What the build cache of the local store may have, as 500MB or 20GiB (default: "
                   "10GiB); what was not used for the longest time goes first")
      ->transform(CLI::AsSizeValue(false));
  verb->callback([layout, cache_size, &global, &invocation] {
    nlohmann::json request = new_request(global);
    request["layout"] = text_or_null(*layout);
    request["cacheSize"] = *cache_size == 0 ? nlohmann::json(nullptr) : nlohmann::json(*cache_size);
    invocation = {"gc", std::move(request),
                  [](const nlohmann::json& result) {
                    std::cout << "removed " << result.at("removedFiles") << " files, "
                              << human_size(result.at("removedBytes").get<std::uint64_t>())
                              << "; kept " << result.at("keptBlobs") << " blobs\n";
                    present_cache(result.at("cache"));
                    for (const auto& problem : result.at("problems")) {
                      std::cout << "damaged: " << problem.get<std::string>() << '\n';
                    }
                  },
                  [](const nlohmann::json& result) { return result.at("problems").empty(); }};
  });
}

}  // namespace pinnace::cli
