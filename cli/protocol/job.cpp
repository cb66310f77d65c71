#include <unistd.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/protocol/job_pipe.hpp"
#include "cli/protocol/verbs.hpp"
#include "files/file.hpp"
#include "job/job.hpp"
#include "jobs/list.hpp"
#include "json/json.hpp"

namespace pinnace::cli {

namespace {

std::string read_request(const std::string& file) {
  if (file != "-") return files::read_file(file, job::k_max_request);
  files::FileSource input(files::UniqueFd(::dup(0)), "standard input");
  return base::read_all(input, job::k_max_request, "request on standard input");
}

std::string joined_names() {
  std::string all;
  for (const std::string& name : jobs::job_names()) all += (all.empty() ? "" : ", ") + name;
  return all;
}

int print_schema(const std::string& name) {
  const json::Schema schema =
      name.empty() ? jobs::protocol_schema() : jobs::protocol_schema({jobs::job_type_of(name)});
  std::cout << schema.dump(1) << '\n';
  return 0;
}

int run_job(const std::string& name, const std::string& request, const Execution& execution) {
  base::Context context;
  context.stop = execution.stop;
  context.events = &execution.terminal;
  const auto work = jobs::open_job(name, request, job::credentials_beside(std::nullopt));
  std::cout << work->run(context) << '\n';
  return 0;
}

}  // namespace

void define_job(CLI::App& verb, const GlobalOptions& /*global*/, Invocation& invocation) {
  struct Options {
    std::string name;
    std::string request = "-";
    bool pipe = false;
    bool schema = false;
  };
  const auto options = std::make_shared<Options>();
  verb.footer("Jobs: " + joined_names() + ". See docs/formats/job-protocol.md.");
  verb.add_option("NAME", options->name, "Job");
  verb.add_option("--request", options->request, "File with the JSON request, - for standard input")
      ->capture_default_str();
  verb.add_flag("--pipe", options->pipe,
                "For programs: request and credentials from standard input, events and result as "
                "lines of JSON to standard output");
  verb.add_flag("--schema", options->schema,
                "Print the JSON Schema of requests and results, of all jobs or of NAME");
  verb.callback([options, &invocation] {
    if (options->schema) {
      invocation.perform = [options](const Execution&) { return print_schema(options->name); };
      return;
    }
    if (options->name.empty()) throw CLI::RequiredError("NAME");
    if (options->pipe) {
      invocation.perform = [options](const Execution& execution) {
        return run_job_through_pipes(options->name, execution.stop);
      };
      return;
    }
    const std::string request = read_request(options->request);
    (void)json::parse(request, "request " + options->request);
    invocation.perform = [options, request](const Execution& execution) {
      return run_job(options->name, request, execution);
    };
  });
}

}  // namespace pinnace::cli
