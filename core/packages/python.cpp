#include "packages/python.hpp"

#include <algorithm>
#include <utility>

#include "packages/paragraphs.hpp"

namespace pinnace::packages {

namespace {

/// A licence's whole text stands there, too; its name is what fits in a line.
constexpr std::size_t k_max_licence = 200;

void add_licence(Package& package, std::string_view licence) {
  if (licence.empty() || licence == "UNKNOWN" || licence.size() > k_max_licence ||
      licence.find('\n') != std::string_view::npos)
    return;
  package.licences.push_back(text_of(licence));
}

/// License-Expression is the newest way to say it, License the oldest, classifiers between.
void add_licences(Package& package, const Paragraph& header) {
  constexpr std::string_view k_classifier = "License :: OSI Approved :: ";
  add_licence(package, header.find("License-Expression"));
  if (package.licences.empty()) add_licence(package, header.find("License"));
  if (!package.licences.empty()) return;
  for (const Paragraph::Field& field : header.fields()) {
    if (field.name == "Classifier" && field.value.starts_with(k_classifier))
      add_licence(package, field.value.substr(k_classifier.size()));
  }
  sort_unique(package.licences);
}

/// Takes the first field off a line of CSV.
std::string take_csv(std::string_view& line) {
  std::string text;
  std::size_t i = 0;
  if (line.starts_with('"')) {
    for (i = 1; i < line.size(); ++i) {
      if (line[i] == '"' && (i + 1 == line.size() || line[++i] != '"')) break;
      text += line[i];
    }
  } else {
    i = std::min(line.find(','), line.size());
    text = line.substr(0, i);
  }
  line.remove_prefix(std::min(i + 1, line.size()));
  return text;
}

/// "sha256=..." in base64 for URLs.
std::string digest_of(std::string_view field) {
  const std::size_t equals = field.find('=');
  if (equals == std::string_view::npos) return {};
  return recorded_base64_digest(field.substr(0, equals), field.substr(equals + 1));
}

}  // namespace

Found read_python_metadata(std::string_view text) {
  Found found;
  const auto header = Paragraphs(text).next();
  Package package{.type = PackageType::pypi};
  if (header) {
    package.name = text_of(header->line("Name"));
    package.version = text_of(header->line("Version"));
  }
  if (package.name.empty()) {
    found.problem("metadata of a Python distribution without its name");
    return found;
  }
  if (const std::string twice = header->repeated({"Name", "Version"}); !twice.empty())
    found.problem(twice + " stands twice; the first one is taken, as Python does");
  add_licences(package, *header);
  found.packages.push_back(std::move(package));
  return found;
}

Package named_by_directory(std::string_view name) {
  name = name.substr(0, name.rfind('.'));
  const std::size_t dash = std::min(name.find('-'), name.size());
  Package package{.type = PackageType::pypi};
  package.name = text_of(name.substr(0, dash));
  package.version = text_of(name.substr(std::min(dash + 1, name.size())));
  return package;
}

FilePaths read_python_record(std::string_view text) {
  FilePaths paths;
  PathBudget budget;
  while (!text.empty()) {
    std::string_view line = take_line(text);
    std::string path = take_csv(line);
    if (path.empty()) continue;
    std::string digest = digest_of(take_csv(line));
    add_path(paths, {std::move(path), std::move(digest)}, budget);
  }
  return paths;
}

FilePaths read_installed_files(std::string_view text) {
  FilePaths paths;
  PathBudget budget;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (!line.empty()) add_path(paths, {std::string(line)}, budget);
  }
  return paths;
}

std::string path_below(std::string_view directory, std::string_view path) {
  std::string at(path.starts_with('/') ? std::string_view() : directory);
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (at.empty()) return {};
      at.resize(at.find('/') == std::string::npos ? 0 : at.rfind('/'));
    } else {
      if (!at.empty()) at += '/';
      at += part;
    }
  }
  return at;
}

}  // namespace pinnace::packages
