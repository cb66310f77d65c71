#include <filesystem>
#include <memory>

#include "cli/options/job_invocation.hpp"
#include "cli/options/requests.hpp"
#include "cli/showing/trace_text.hpp"
#include "cli/showing/verbs.hpp"
#include "tracing/trace.hpp"

namespace pinnace::cli {

void define_trace(CLI::App& verb, const GlobalOptions& global, Invocation& invocation) {
  const auto request = std::make_shared<tracing::TraceRequest>();
  const auto platform = std::make_shared<std::string>();
  const auto package = std::make_shared<std::string>();
  const auto path = std::make_shared<std::string>();
  const auto format = std::make_shared<std::string>("text");
  const auto source = std::make_shared<std::string>(".");
  verb.footer(
      "Examples:\n"
      "  pinnace trace registry.test/shop/web:17\n"
      "  pinnace trace --source ~/shop --package libssl3 env:prod/web\n"
      "  pinnace trace --path /opt/shop/shop.jar oci:out");
  verb.add_option("REF", request->image, "An image")->required();
  verb.add_option("--package", *package, "Where is this package from: NAME or NAME=VERSION");
  verb.add_option("--path", *path, "Where is this file of the image from")->excludes("--package");
  verb.add_option("--platform", *platform, "Of an image for several (default: this machine's)");
  verb.add_option("--format", *format, "\"json\" is the job's result, as --json has it")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  verb.add_option("--source", *source, "A git clone that has the image's revision")
      ->check(CLI::ExistingDirectory)
      ->capture_default_str();
  const auto environments = add_environments(verb, "Where env: names are defined");
  verb.callback([=, &global, &invocation] {
    add_common(*request, global);
    if (!platform->empty()) request->platform = oci::Platform::parse(*platform);
    if (!package->empty()) request->package_name = *package;
    if (!path->empty()) request->path = *path;
    request->source = std::filesystem::absolute(*source);
    request->environments = if_given(*environments);
    Telling<tracing::TraceResult> telling;
    const bool is_asked = request->package_name || request->path;
    if (*format == "text")
      telling.lines = [is_asked](const tracing::TraceResult& result) {
        return is_asked ? answer_lines(result) : trace_lines(result);
      };
    invocation = job_invocation(*request, std::move(telling));
  });
}

}  // namespace pinnace::cli
