#include <unistd.h>

#include "cli/containers/detached.hpp"
#include "cli/containers/verbs.hpp"
#include "cli/options/requests.hpp"
#include "cli/output/output_stream.hpp"
#include "cli/output/text.hpp"
#include "files/file.hpp"

namespace pinnace::cli {

namespace {

DetachedContainers containers(const GlobalOptions& global) {
  return DetachedContainers(store_of(global));
}

/// "127.0.0.1:32768->80, 127.0.0.1:5300->53/udp"
std::string ports_text(const std::vector<job::Ready::Port>& ports) {
  std::string text;
  for (const job::Ready::Port& port : ports) {
    text += (text.empty() ? "" : ", ") + port.address + ":" + std::to_string(port.host_port) +
            "->" + std::to_string(port.container_port) +
            (port.protocol == job::Ready::Protocol::udp ? "/udp" : "");
  }
  return text;
}

int list(const GlobalOptions& global) {
  nlohmann::json all = nlohmann::json::array();
  for (const auto& [id, image, running, ports] : containers(global).list()) {
    if (global.json) {
      all.push_back({{"id", id},
                     {"image", image},
                     {"running", running},
                     {"ports", json::write(job::Ready{ports}).at("ports")}});
    } else if (global.quiet) {
      print_lines({id});
    } else {
      const std::string published = running && !ports.empty() ? "  " + ports_text(ports) : "";
      print_lines({id + "  " + (running ? "running" : "ended") + "  " + image + published});
    }
  }
  if (global.json) print_json(all);
  return 0;
}

class StandardOutput final : public base::Sink {
 public:
  explicit StandardOutput(std::stop_token stop) : m_stop(std::move(stop)) {}
  void write(base::Bytes bytes) override {
    m_stream.write(base::as_text(bytes), m_stop);
    m_stream.check();
  }
  void finish() { m_stream.finish(m_stop); }

 private:
  std::stop_token m_stop;
  OutputStream m_stream{STDOUT_FILENO, "standard output"};
};

int print_log(const Execution& execution, const std::string& id) {
  files::FileSource log(containers(execution.global).log(id));
  StandardOutput output(execution.stop);
  base::copy(log, output);
  output.finish();
  return 0;
}

}  // namespace

void define_ps(CLI::App& verb, const GlobalOptions& /*global*/, Invocation& invocation) {
  verb.callback([&] {
    invocation.perform = [](const Execution& execution) { return list(execution.global); };
  });
}

void define_logs(CLI::App& verb, const GlobalOptions& /*global*/, Invocation& invocation) {
  const auto id = std::make_shared<std::string>();
  verb.add_option("ID", *id, "As run --detach said it")->required();
  verb.callback([id, &invocation] {
    invocation.perform = [id](const Execution& execution) { return print_log(execution, *id); };
  });
}

void define_stop(CLI::App& verb, const GlobalOptions& /*global*/, Invocation& invocation) {
  const auto ids = std::make_shared<std::vector<std::string>>();
  verb.add_option("ID", *ids, "As run --detach said it")->required();
  const auto time = std::make_shared<unsigned>(k_stop_seconds);
  verb.add_option("-t,--time", *time,
                  "Seconds that they have to end after their stop signals; then they are killed")
      ->check(CLI::Range(0U, k_most_stop_seconds))
      ->capture_default_str();
  verb.callback([ids, time, &invocation] {
    invocation.perform = [ids, time](const Execution& execution) {
      containers(execution.global).stop(*ids, std::chrono::seconds(*time));
      return 0;
    };
  });
}

}  // namespace pinnace::cli
