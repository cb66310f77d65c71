#include <algorithm>
#include <array>
#include <memory>

#include "base/shown.hpp"
#include "cli/options/job_invocation.hpp"
#include "cli/options/requests.hpp"
#include "cli/output/text.hpp"
#include "cli/showing/verbs.hpp"
#include "showing/packages.hpp"

namespace pinnace::cli {

namespace {

using Row = std::array<std::string, 4>;

/// Wider ones move the rest of their line only.
constexpr std::size_t k_widest = 50;

Row row_of(const showing::PackagesResult::Package& package) {
  const std::string place = package.path + (package.inside.empty() ? "" : "!/" + package.inside);
  Row row = {json::Kind<packages::PackageType>::write(package.type).get<std::string>(),
             package.name, package.version.empty() ? "-" : package.version, place};
  for (std::string& text : row) text = base::printable(text);
  return row;
}

std::string padded(const std::string& text, std::size_t width) {
  return text.size() < width ? text + std::string(width - text.size(), ' ') : text;
}

std::vector<std::string> table(const showing::PackagesResult& result) {
  std::vector<Row> rows = {{"TYPE", "NAME", "VERSION", "FOUND IN"}};
  for (const auto& package : result.packages) rows.push_back(row_of(package));
  std::array<std::size_t, 3> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < widths.size(); ++i)
      widths[i] = std::max(widths[i], std::min(row[i].size(), k_widest));
  }
  std::vector<std::string> lines;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < widths.size(); ++i) line += padded(row[i], widths[i]) + "  ";
    lines.push_back(line + row.back());
  }
  return lines;
}

std::vector<std::string> document(const showing::PackagesResult& result) {
  return lines_of(result.document.value());
}

}  // namespace

void define_packages(CLI::App& verb, const GlobalOptions& global, Invocation& invocation) {
  const auto request = std::make_shared<showing::PackagesRequest>();
  const auto platform = std::make_shared<std::string>();
  const auto format = std::make_shared<std::string>("table");
  verb.footer(
      "Examples:\n"
      "  pinnace packages registry.test/shop/web:17\n"
      "  pinnace packages --platform linux/arm64 debian:bookworm\n"
      "  pinnace packages --format json oci:out\n"
      "  pinnace packages --format spdx registry.test/shop/web:17 > web.spdx.json");
  verb.add_option("REF", request->image, "An image")->required();
  verb.add_option("--platform", *platform, "Of an image for several (default: this machine's)");
  verb.add_option("--format", *format,
                  "\"table\"; \"json\": the job's result, as --json has it; a software bill of "
                  "materials in JSON: \"spdx\" (2.3), \"cyclonedx\" (1.6)")
      ->check(CLI::IsMember({"table", "json", "spdx", "cyclonedx"}))
      ->capture_default_str();
  const auto environments = add_environments(verb, "Where env: names are defined");
  verb.callback([request, platform, format, environments, &global, &invocation] {
    add_common(*request, global);
    if (!platform->empty()) request->platform = oci::Platform::parse(*platform);
    request->environments = if_given(*environments);
    Telling<showing::PackagesResult> telling;
    if (*format == "table") telling.lines = table;
    request->document = json::value_named<sbom::Format>(*format);
    if (request->document) telling.lines = document;
    invocation = job_invocation(*request, std::move(telling));
  });
}

}  // namespace pinnace::cli
