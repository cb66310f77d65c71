#include "packages/package.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/utf8.hpp"

namespace pinnace::packages {

namespace {

constexpr std::size_t k_max_problems = 20;
constexpr std::size_t k_max_packages = 200'000;
constexpr std::size_t k_max_bytes = std::size_t{128} << 20;
constexpr std::size_t k_of_package = 400;  ///< beside its texts, about
constexpr std::size_t k_of_path = 64;
constexpr std::size_t k_max_path = 4096;  ///< PATH_MAX
constexpr std::string_view k_replacement = "\xef\xbf\xbd";

bool stays(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
         c == '-' || c == '_' || c == '~' || c == ':';
}

/// As purls have it; slashes stay in what is a path.
std::string encoded(std::string_view text, bool is_path = false) {
  constexpr std::string_view k_digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (stays(c) || (is_path && c == '/')) {
      out += c;
    } else {
      out += '%';
      out += k_digits[byte >> 4U];
      out += k_digits[byte & 15U];
    }
  }
  return out;
}

/// PyPI takes "Foo_Bar" and "foo-bar" for the same.
std::string pypi_name(std::string name) {
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '_') c = '-';
  }
  return name;
}

bool is_of_system(PackageType type) noexcept {
  return type == PackageType::deb || type == PackageType::apk || type == PackageType::rpm;
}

class Purl {
 public:
  Purl(const Package& package, const OsRelease& os) : m_package(package), m_os(os) {}

  std::string str() {
    std::string text = "pkg:" + std::string(name_of_type()) + "/";
    const std::string group = is_of_system(m_package.type) ? m_os.id : m_package.group;
    if (!group.empty()) text += encoded(group, true) + "/";
    text += name();
    std::string version = m_package.version;
    if (m_package.type == PackageType::rpm) take_epoch(version);
    if (!version.empty()) text += "@" + encoded(version);
    add("arch", m_package.type == PackageType::gem ? "" : m_package.architecture);
    if (is_of_system(m_package.type) && !m_os.id.empty() && !m_os.version_id.empty())
      add("distro", m_os.id + "-" + m_os.version_id);
    add("epoch", m_epoch);
    add("platform", m_package.type == PackageType::gem ? m_package.architecture : "");
    return text + m_qualifiers;
  }

 private:
  std::string_view name_of_type() const {
    for (const auto& [type, name] : json::NamesOf<PackageType>::k_names) {
      if (type == m_package.type) return name;
    }
    return "generic";
  }
  /// A Go module's path is group and name in one.
  std::string name() const {
    if (m_package.type == PackageType::pypi) return encoded(pypi_name(m_package.name));
    return encoded(m_package.name, m_package.type == PackageType::golang);
  }
  void take_epoch(std::string& version) {
    const std::size_t colon = version.find(':');
    if (colon == std::string::npos) return;
    m_epoch = version.substr(0, colon);
    version.erase(0, colon + 1);
  }
  void add(std::string_view name, const std::string& value) {
    if (value.empty()) return;
    m_qualifiers += m_qualifiers.empty() ? "?" : "&";
    m_qualifiers.append(name).append("=").append(encoded(value));
  }

  const Package& m_package;
  const OsRelease& m_os;
  std::string m_epoch;
  std::string m_qualifiers;
};

}  // namespace

json::Table<Package> Package::table() {
  return {
      "Package",
      "Something that was installed.",
      {{"type", &Package::type, "As purls have it."},
       {"group", &Package::group, "Maven's groupId, npm's scope; empty: none."},
       {"name", &Package::name, "As its ecosystem writes it."},
       {"version", &Package::version, "Empty: nobody says."},
       {"architecture", &Package::architecture, "Of a gem its platform; empty: nobody says."},
       {"source", &Package::source, "The package that it was built from; empty: unknown."},
       {"sourceVersion", &Package::source_version, "Of the same; empty: unknown."},
       {"licences", &Package::licences, "As they are written there, sorted."},
       {"inside", &Package::inside, "Where in the archive that was found; empty: it is all of it."},
       {"files", &Package::files,
        "Relative to the root, escaped, with the digests that are recorded."}}};
}

void Found::problem(std::string text) {
  if (problems.size() < k_max_problems) return problems.push_back(std::move(text));
  if (problems.size() == k_max_problems) problems.emplace_back("and more of the kind");
}

bool Found::add(Package package) {
  if (packages.size() == k_max_packages) {
    problem("more than 200,000 packages");
    return false;
  }
  bytes += size_of(package);
  if (bytes > k_max_bytes) {
    problem("packages with more texts than an inventory takes");
    return false;
  }
  packages.push_back(std::move(package));
  return true;
}

std::size_t size_of(const Package& package) {
  std::size_t size = k_of_package + size_of(package.files);
  for (const std::string* text :
       {&package.group, &package.name, &package.version, &package.architecture, &package.source,
        &package.source_version, &package.inside})
    size += text->size();
  for (const std::string& licence : package.licences) size += k_of_path + licence.size();
  return size;
}

std::size_t size_of(const FilePaths& paths) {
  std::size_t size = 0;
  for (const FilePath& path : paths) size += k_of_path + path.bytes.size() + path.digest.size();
  return size;
}

void add_path(FilePaths& paths, FilePath path, PathBudget& budget) {
  if (!budget.take(path.bytes.size() + path.digest.size()))
    throw base::Error(base::ErrorCode::invalid_input, "it lists more files than are kept");
  paths.push_back(std::move(path));
}

std::string text_of(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const base::Character character = base::first_character(bytes);
    const std::size_t size = std::max<std::size_t>(character.size, 1);
    const bool keeps = character.size != 0 && bytes[0] != '\0';
    const std::string_view taken = keeps ? bytes.substr(0, size) : k_replacement;
    if (text.size() + taken.size() > k_max_text) break;
    text += taken;
    bytes.remove_prefix(size);
  }
  return text;
}

std::string_view relative_path(std::string_view path) {
  while (path.starts_with('/') || path.starts_with("./")) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  return path == "." || path.size() > k_max_path ? std::string_view() : path;
}

void sort_unique(std::vector<std::string>& texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
}

std::string purl(const Package& package, const OsRelease& os) {
  return Purl(package, os).str();
}

}  // namespace pinnace::packages
