#include <algorithm>
#include <memory>

#include "cli/images/verbs.hpp"
#include "cli/options/job_invocation.hpp"
#include "cli/options/requests.hpp"
#include "files/look.hpp"
#include "pinning/pin.hpp"

namespace pinnace::cli {

namespace {

struct Options {
  std::vector<std::string> files;
  bool check = false;
  std::vector<std::string> update;
  CLI::Option* update_option = nullptr;
};

pinning::PinRequest request_of(const Options& options, const std::string& environments,
                               const GlobalOptions& global) {
  pinning::PinRequest request;
  add_common(request, global);
  std::vector<std::string> files = options.files;
  // --update may stand alone, then it is one empty string, or before the definition.
  for (const std::string& word : options.update) {
    if (files::is_file(word)) {  // and so no name of an image
      files.push_back(word);
    } else if (!word.empty()) {
      request.names.push_back(word);
    }
  }
  for (std::string& file : files) {
    if (files::is_directory(file)) file = default_definition(file);
  }
  if (files.empty()) files.push_back(default_definition());
  request.definitions = std::move(files);
  request.check_only = options.check;
  request.update = options.update_option->count() > 0;
  request.environments = if_given(environments);
  return request;
}

std::vector<std::string> lines_for(const Options& options, const pinning::PinResult& result) {
  const char* changed = options.check ? ": out of date" : ": written";
  std::vector<std::string> lines;
  for (const pinning::PinResult::Lock& lock : result.locks) {
    for (std::string& line : lines_of(lock.differences)) lines.push_back(std::move(line));
    lines.push_back(lock.lock + (lock.changed ? changed : ": up to date"));
  }
  return lines;
}

bool up_to_date(const pinning::PinResult& result) {
  return std::none_of(result.locks.begin(), result.locks.end(),
                      [](const pinning::PinResult::Lock& lock) { return lock.changed; });
}

}  // namespace

void define_pin(CLI::App& verb, const GlobalOptions& global, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  verb.footer(
      "Keeps what the lock has already and pins what is new. --update resolves again: all, or the "
      "named ones.\n"
      "--check writes nothing and ends with 1 if the lock is missing something or, with --update, "
      "if upstream moved.\n\n"
      "Examples:\n"
      "  pinnace pin\n"
      "  pinnace pin --check shop/pinnace.yaml\n"
      "  pinnace pin --update debian:bookworm-slim\n"
      "  pinnace pin --update shop/pinnace.yaml");
  verb.add_option(
      "FILE", options->files,
      "Definitions, or directories with one (default: the first of pinnace.yaml, Containerfile and "
      "Dockerfile that is here)");
  verb.add_flag("--check", options->check, "Only tell whether the lock is complete; exit 1 if not");
  options->update_option =
      verb.add_option("--update", options->update,
                      "Resolve again: all inputs, or the one of this name (may be repeated). The "
                      "name of a file is taken for a definition: pin --update Containerfile")
          ->expected(0, 1)
          ->take_all();
  const auto environments = add_environments(verb, "Where env: names are defined");
  verb.callback([options, environments, &global, &invocation] {
    using Result = pinning::PinResult;
    invocation =
        job_invocation(request_of(*options, *environments, global),
                       {[options](const Result& result) { return lines_for(*options, result); },
                        [options](const Result& result) {
                          return options->check && !up_to_date(result) ? 1 : 0;
                        }});
  });
}

}  // namespace pinnace::cli
