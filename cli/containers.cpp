#include <iostream>

#include "base/file.hpp"
#include "detached.hpp"
#include "invocation.hpp"

namespace pinnace::cli {

namespace {

using nlohmann::json;

DetachedContainers containers(const GlobalOptions& global) {
  return DetachedContainers(new_request(global).at("store").get<std::string>());
}

int list(const GlobalOptions& global) {
  json all = json::array();
  for (const auto& [id, image, running] : containers(global).list()) {
    if (global.json) {
      all.push_back({{"id", id}, {"image", image}, {"running", running}});
    } else {
      std::cout << id << "  " << (running ? "running" : "ended") << "  " << image << '\n';
    }
  }
  if (global.json) std::cout << all.dump() << '\n';
  return 0;
}

class StandardOutput final : public base::Sink {
 public:
  void write(base::Bytes bytes) override { std::cout << base::as_text(bytes); }
};

int print_log(const GlobalOptions& global, const std::string& id) {
  base::FileSource log(containers(global).log(id));
  StandardOutput output;
  base::copy(log, output);
  return 0;
}

}  // namespace

void add_containers(CLI::App& app, const GlobalOptions& global, Invocation& invocation) {
  const auto ids = std::make_shared<std::vector<std::string>>();
  app.add_subcommand("ps", "List the containers of run --detach")->callback([&] {
    invocation.instead = [&](const std::stop_token&) { return list(global); };
  });
  CLI::App* logs = app.add_subcommand("logs", "Print what a container of run --detach has written");
  logs->add_option("ID", *ids, "As run --detach said it")->required()->expected(1);
  logs->callback([&, ids] {
    invocation.instead = [&, ids](const std::stop_token&) {
      return print_log(global, ids->front());
    };
  });
  CLI::App* stop =
      app.add_subcommand("stop", "End containers of run --detach, and remove their logs");
  stop->add_option("ID", *ids, "As run --detach said it")->required();
  stop->callback([&, ids] {
    invocation.instead = [&, ids](const std::stop_token&) {
      for (const std::string& id : *ids) containers(global).stop(id);
      return 0;
    };
  });
}

}  // namespace pinnace::cli
