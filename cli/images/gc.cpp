#include <algorithm>
#include <memory>

#include "cli/images/verbs.hpp"
#include "cli/options/job_invocation.hpp"
#include "cli/options/requests.hpp"
#include "verbs/gc.hpp"

namespace pinnace::cli {

namespace {

struct Options {
  verbs::GcRequest request;
  std::string layout;
  std::string older_than;
};

std::string row(const std::string& name, const std::string& freed, const std::string& kept) {
  const auto padded = [](const std::string& text, std::size_t width) {
    return std::string(width - std::min(width, text.size()), ' ');
  };
  return name + padded(name, 36) + " " + padded(freed, 10) + freed + " " + padded(kept, 10) + kept;
}

std::vector<std::string> lines_for(const verbs::GcResult& result) {
  std::vector<std::string> lines;
  if (!result.parts.empty()) lines.push_back(row("", "freed", "kept"));
  for (const verbs::GcResult::Part& part : result.parts)
    lines.push_back(row(part.name, human_size(part.removed_bytes), human_size(part.kept_bytes)));
  lines.push_back("removed " + std::to_string(result.removed_files) + " files, " +
                  human_size(result.removed_bytes) + "; kept " + human_size(result.kept_bytes));
  for (const std::string& problem : result.problems) lines.push_back("damaged: " + problem);
  if (!result.problems.empty())
    lines.push_back("pinnace copy --repair REF oci:" + result.layout +
                    " puts back what is damaged or missing of an image");
  return lines;
}

}  // namespace

void define_gc(CLI::App& verb, const GlobalOptions& global, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  verb.footer(
      "Waits for builds and copies that use the same store or layout, and removes nothing that "
      "they "
      "use. Checks the digests of all that stays; ends with 1 if something is damaged.\n\n"
      "Examples:\n"
      "  pinnace gc                    # what was not used for long, within the size of the cache\n"
      "  pinnace gc --older-than 7d\n"
      "  pinnace gc --all              # an empty store\n"
      "  pinnace gc oci:out");
  verb.add_option("LAYOUT", options->layout, "oci:DIR (default: the local store)");
  verb.add_option("--cache-size", options->request.cache_size,
                  "What the build cache of the local store may have, as 500MB or 20GiB (default: "
                  "10GiB); what was not used for the longest time goes first")
      ->transform(size_between(0, local::k_max_cache_size));
  verb.add_option("--older-than", options->older_than,
                  "Of the local store: whatever was not used for so long goes, as 12h or 7d; of "
                  "images, those without a tag that are older");
  verb.add_flag("--all", options->request.all,
                "Of the local store: everything that no job is using goes");
  verb.callback([options, &global, &invocation] {
    verbs::GcRequest& request = options->request;
    add_common(request, global);
    request.layout = if_given(options->layout);
    request.older_than = seconds_if_given("--older-than", options->older_than);
    invocation = job_invocation(request, {lines_for, [](const verbs::GcResult& result) {
                                            return result.problems.empty() ? 0 : 1;
                                          }});
  });
}

}  // namespace pinnace::cli
