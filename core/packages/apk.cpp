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
  void set_digest(std::string_view value);
  void end_package();
  void set(std::string& field, std::string_view value);

  Found m_found;
  std::optional<Package> m_package;
  std::string_view m_directory;
  bool m_has_file = false;  ///< the last one that was listed was added
  PathBudget m_budget;
};

void ApkReader::take(char letter, std::string_view value) {
  if (!m_package) m_package = Package{.type = PackageType::apk};
  switch (letter) {
    case 'P':
      set(m_package->name, value);
      break;
    case 'V':
      set(m_package->version, value);
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
    case 'Z':
      set_digest(value);
      break;
    default:
      break;
  }
}

/// The last one counts, as for apk.
void ApkReader::set(std::string& field, std::string_view value) {
  std::string text = text_of(value);
  if (!field.empty() && field != text)
    m_found.problem("a package that is called " + m_package->name +
                    " has another name or version, too: " + text);
  field = std::move(text);
}

void ApkReader::add_file(std::string_view name) {
  std::string path(m_directory);
  if (!path.empty()) path += '/';
  path += name;
  m_has_file = !relative_path(path).empty() && m_budget.take(path.size());
  if (!m_has_file) return m_found.problem("paths that are too long");
  m_package->files.push_back({std::move(path)});
}

/// "Q1" and base64 of SHA-1, "Q2" and of SHA-256: of the file before it.
void ApkReader::set_digest(std::string_view value) {
  if (!m_has_file || value.size() < 2) return;
  const char* algorithm = value.starts_with("Q2") ? "sha256" : "sha1";
  m_package->files.back().digest = recorded_base64_digest(algorithm, value.substr(2));
}

void ApkReader::end_package() {
  if (m_package && m_package->name.empty()) {
    m_found.problem("a paragraph without a package's name");
  } else if (m_package) {
    m_found.add(*std::move(m_package));
  }
  m_package.reset();
  m_directory = {};
  m_has_file = false;
}

}  // namespace

Found read_apk_installed(std::string_view text) {
  return ApkReader().read(text);
}

}  // namespace pinnace::packages
