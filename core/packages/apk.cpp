#include "packages/apk.hpp"

#include <optional>

#include "packages/paragraphs.hpp"

namespace pinnace::packages {

namespace {

class ApkReader {
 public:
  Found read(std::string_view text) {
    while (!text.empty()) {
      const std::string_view line = take_line(text);
      if (line.empty()) {
        end_package();
      } else if (line.size() >= 2 && line[1] == ':') {
        take(line[0], line.substr(2));
      }
    }
    end_package();
    return std::move(m_found);
  }

 private:
  void take(char letter, std::string_view value);
  void add_file(std::string_view name);
  void end_package();

  Found m_found;
  std::optional<Package> m_package;
  std::string_view m_directory;
  PathBudget m_budget;
};

void ApkReader::take(char letter, std::string_view value) {
  if (!m_package) m_package = Package{.type = PackageType::apk};
  switch (letter) {
    case 'P':
      m_package->name = text_of(value);
      break;
    case 'V':
      m_package->version = text_of(value);
      break;
    case 'A':
      m_package->architecture = text_of(value);
      break;
    case 'L':
      if (!value.empty()) m_package->licences = {text_of(value)};
      break;
    case 'o':
      m_package->source = text_of(value);
      break;
    case 'F':
      m_directory = value;
      break;
    case 'R':
      add_file(value);
      break;
    default:
      break;
  }
}

void ApkReader::add_file(std::string_view name) {
  std::string path(m_directory);
  if (!path.empty()) path += '/';
  path += name;
  if (relative_path(path).empty() || !m_budget.take(path.size()))
    return m_found.problem("paths that are too long");
  m_package->files.push_back({std::move(path)});
}

void ApkReader::end_package() {
  if (m_package && m_package->name.empty()) {
    m_found.problem("a paragraph without a package's name");
  } else if (m_package) {
    m_found.add(*std::move(m_package));
  }
  m_package.reset();
  m_directory = {};
}

}  // namespace

Found read_apk_installed(std::string_view text) {
  return ApkReader().read(text);
}

}  // namespace pinnace::packages
