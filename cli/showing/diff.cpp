#include <filesystem>
#include <memory>

#include "cli/options/job_invocation.hpp"
#include "cli/options/requests.hpp"
#include "cli/showing/verbs.hpp"
#include "diffing/diff.hpp"

namespace pinnace::cli {

namespace {

Telling<diffing::DiffResult> telling_of(bool report, bool exit_code) {
  Telling<diffing::DiffResult> telling;
  if (report)
    telling.lines = [](const diffing::DiffResult& result) { return lines_of(*result.report); };
  if (exit_code)
    telling.code = [](const diffing::DiffResult& result) { return result.same ? 0 : 1; };
  return telling;
}

}  // namespace

void define_diff(CLI::App& verb, const GlobalOptions& global, Invocation& invocation) {
  const auto request = std::make_shared<diffing::DiffRequest>();
  const auto platform = std::make_shared<std::string>();
  const auto format = std::make_shared<std::string>("text");
  const auto source = std::make_shared<std::string>(".");
  const auto exit_code = std::make_shared<bool>(false);
  verb.footer(
      "Examples:\n"
      "  pinnace diff registry.test/shop/web:17 registry.test/shop/web:18\n"
      "  pinnace diff --format html oci:old oci:new > changes.html\n"
      "  pinnace diff --exit-code --source ~/shop env:prod/web env:staging/web");
  verb.add_option("FROM", request->from, "The first image")->required();
  verb.add_option("TO", request->to, "The second image")->required();
  verb.add_option("--platform", *platform, "Of images for several (default: all)");
  verb.add_option("--format", *format, "\"json\" is the job's result, as --json has it")
      ->check(CLI::IsMember({"text", "json", "markdown", "html"}))
      ->capture_default_str();
  verb.add_option("--source", *source, "A git clone that has the commits of both images")
      ->check(CLI::ExistingDirectory)
      ->capture_default_str();
  verb.add_flag("--exit-code", *exit_code, "End with 1 if the images differ");
  const auto environments = add_environments(verb, "Where env: names are defined");
  verb.callback([=, &global, &invocation] {
    add_common(*request, global);
    if (!platform->empty()) request->platform = oci::Platform::parse(*platform);
    request->source = std::filesystem::absolute(*source);
    request->report = json::value_named<report::Format>(*format);
    request->environments = if_given(*environments);
    invocation = job_invocation(*request, telling_of(request->report.has_value(), *exit_code));
  });
}

}  // namespace pinnace::cli
