#include "packages/gem.hpp"

#include <vector>

#include "packages/paragraphs.hpp"

namespace pinnace::packages {

namespace {

/// The texts in quotes of a line: of `["MIT".freeze, "Ruby".freeze]` two.
std::vector<std::string> quoted_texts(std::string_view line) {
  std::vector<std::string> texts;
  while (true) {
    const std::size_t open = line.find_first_of("\"'");
    if (open == std::string_view::npos) return texts;
    const char quote = line[open];
    line.remove_prefix(open + 1);
    std::string text;
    std::size_t i = 0;
    for (; i < line.size() && line[i] != quote; ++i) {
      if (line[i] == '\\' && i + 1 < line.size()) ++i;
      text += line[i];
    }
    if (i == line.size()) return texts;
    texts.push_back(text_of(text));
    line.remove_prefix(i + 1);
  }
}

/// "name", of "s.name = ...", whatever the variable is called.
std::string_view assigned_name(std::string_view line, std::string_view& value) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) return {};
  const std::string_view left = trimmed(line.substr(0, equals));
  const std::size_t dot = left.find('.');
  if (dot == std::string_view::npos || left.find_first_of(" ([") != std::string_view::npos)
    return {};
  value = line.substr(equals + 1);
  return left.substr(dot + 1);
}

/// The last assignment counts, as for Ruby.
void take(Package& package, std::string_view name, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  if (name == "name") package.name = texts.front();
  if (name == "version") package.version = texts.front();
  if (name == "platform") package.architecture = texts.front();
  if (name == "license" || name == "licenses") package.licences = texts;
}

}  // namespace

Found read_gemspec(std::string_view text) {
  Found found;
  Package package{.type = PackageType::gem};
  while (!text.empty()) {
    std::string_view value;
    const std::string_view name = assigned_name(trimmed(take_line(text)), value);
    take(package, name, quoted_texts(value));
  }
  sort_unique(package.licences);
  if (package.name.empty() || package.version.empty()) {
    found.problem("a gem's specification without a name and version as texts");
  } else {
    found.packages.push_back(std::move(package));
  }
  return found;
}

}  // namespace pinnace::packages
