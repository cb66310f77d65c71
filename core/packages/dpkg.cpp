#include "packages/dpkg.hpp"

#include "packages/paragraphs.hpp"

namespace pinnace::packages {

namespace {

/// "install ok installed": what is wanted, whether it is broken, what it is. Without this field, as
/// status.d has it, all are installed.
bool is_there(std::string_view status) {
  if (status.empty()) return true;
  const std::string_view state = status.substr(status.find_last_of(' ') + 1);
  return state != "not-installed" && state != "config-files";
}

/// "name" or "name (version)".
void set_source(Package& package, std::string_view source) {
  const std::size_t open = source.find('(');
  package.source = text_of(trimmed(source.substr(0, open)));
  if (open == std::string_view::npos) return;
  const std::string_view version = source.substr(open + 1);
  package.source_version = text_of(trimmed(version.substr(0, version.find(')'))));
}

void add_line(FilePaths& paths, std::string_view line, PathBudget& budget,
              std::string digest = {}) {
  if (const auto path = relative_path(line); !path.empty())
    add_path(paths, {std::string(path), std::move(digest)}, budget);
}

/// Lines of a path and its digest; behind it may stand "obsolete" and such.
void add_conffiles(Package& package, std::string_view lines, PathBudget& budget) {
  while (!lines.empty()) {
    const std::string_view line = trimmed(take_line(lines));
    for (std::size_t space = line.find(' '); space != std::string_view::npos;
         space = line.find(' ', space + 1)) {
      const std::string_view rest = line.substr(space + 1);
      std::string digest = recorded_digest("md5", rest.substr(0, rest.find(' ')));
      if (digest.empty()) continue;
      add_line(package.files, line.substr(0, space), budget, std::move(digest));
      break;
    }
  }
}

}  // namespace

Found read_dpkg_status(std::string_view text) {
  Found found;
  PathBudget budget;
  Paragraphs paragraphs(text);
  while (const auto paragraph = paragraphs.next()) {
    Package package{.type = PackageType::deb};
    package.name = text_of(paragraph->line("Package"));
    if (package.name.empty()) {
      found.problem("a paragraph without a package's name");
      continue;
    }
    const std::string twice =
        paragraph->repeated({"Package", "Status", "Version", "Architecture", "Source"});
    if (!twice.empty())
      found.problem("package " + package.name + ": " + twice +
                    " stands twice, which dpkg refuses; the first one is taken");
    if (!is_there(paragraph->line("Status"))) continue;
    package.version = text_of(paragraph->line("Version"));
    package.architecture = text_of(paragraph->line("Architecture"));
    set_source(package, paragraph->line("Source"));
    add_conffiles(package, paragraph->find("Conffiles"), budget);
    if (!found.add(std::move(package))) break;
  }
  return found;
}

FilePaths read_dpkg_list(std::string_view text) {
  FilePaths paths;
  PathBudget budget;
  while (!text.empty()) add_line(paths, take_line(text), budget);
  return paths;
}

FilePaths read_dpkg_md5sums(std::string_view text) {
  constexpr std::size_t k_digest = 32;
  FilePaths paths;
  PathBudget budget;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    // "digest  path"; dpkg takes what is after the first two bytes behind the digest.
    if (line.size() > k_digest + 2 && line[k_digest] == ' ')
      add_line(paths, line.substr(k_digest + 2), budget,
               recorded_digest("md5", line.substr(0, k_digest)));
  }
  return paths;
}

std::vector<std::string> read_debian_copyright(std::string_view text) {
  std::vector<std::string> licences;
  Paragraphs paragraphs(text);
  auto paragraph = paragraphs.next();
  if (!paragraph || paragraph->find("Format").empty()) return licences;
  for (; paragraph; paragraph = paragraphs.next()) {
    const std::string_view licence = paragraph->line("License");
    if (!licence.empty()) licences.push_back(text_of(licence));
  }
  sort_unique(licences);
  return licences;
}

}  // namespace pinnace::packages
