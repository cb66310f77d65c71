#include "binaries/java_identity.hpp"

#include <algorithm>
#include <optional>

#include "packages/paragraphs.hpp"

namespace pinnace::binaries {

namespace {

using packages::Package;
using packages::PackageType;
using packages::Paragraph;
using packages::text_of;
using packages::trimmed;

/// Beyond it a licence is its text, not its name.
constexpr std::size_t k_max_licence = 200;

/// "commons-io-2.11.0" of "lib/commons-io-2.11.0.jar".
std::string_view stem_of(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);  // npos + 1 is 0
  constexpr std::string_view k_original = ".original";
  if (path.size() > k_original.size() &&
      packages::same_name(path.substr(path.size() - k_original.size()), k_original))
    path.remove_suffix(k_original.size());
  return path.substr(0, path.rfind('.'));
}

/// Where the version begins in "commons-io-2.11.0": behind the first "-" with a digit after it.
std::size_t version_in(std::string_view stem) {
  for (std::size_t dash = stem.find('-'); dash != std::string_view::npos;
       dash = stem.find('-', dash + 1)) {
    if (dash != 0 && dash + 1 < stem.size() && stem[dash + 1] >= '0' && stem[dash + 1] <= '9')
      return dash + 1;
  }
  return std::string_view::npos;
}

/// Java properties, as Maven writes them: "name=value", "#" begins a comment.
std::optional<Package> read_pom(std::string_view text) {
  Package package{.type = PackageType::maven};
  while (!text.empty()) {
    const std::string_view line = trimmed(packages::take_line(text));
    const std::size_t equals = line.find('=');
    if (line.starts_with('#') || equals == std::string_view::npos) continue;
    const std::string_view name = trimmed(line.substr(0, equals));
    std::string value = text_of(trimmed(line.substr(equals + 1)));
    if (name == "groupId") package.group = std::move(value);
    if (name == "artifactId") package.name = std::move(value);
    if (name == "version") package.version = std::move(value);
  }
  if (package.name.empty()) return std::nullopt;
  return package;
}

bool is_named(std::string_view stem, std::string_view name) {
  if (!stem.starts_with(name)) return false;
  const std::string_view rest = stem.substr(name.size());
  return rest.empty() || rest.starts_with('-') || rest.starts_with('_') || rest.starts_with('.');
}

class Manifest {
 public:
  explicit Manifest(std::string_view text) {
    if (auto main = packages::Paragraphs(text).next()) m_main = *std::move(main);
  }

  /// Of the first of these names that has a value: the last one, as Java reads it.
  std::string first(std::initializer_list<const char*> names) const {
    for (const char* name : names) {
      std::string value = text_of(trimmed(packages::joined(m_main.find_last(name))));
      if (!value.empty()) return value;
    }
    return {};
  }

 private:
  Paragraph m_main;
};

/// A group is a name of Java: "org.apache.commons".
bool is_group(std::string_view text) {
  return text.find('.') != std::string_view::npos &&
         text.find_first_of(" \t/:") == std::string_view::npos;
}

Package by_manifest(std::string_view stem, const Manifest& manifest) {
  Package package{.type = PackageType::maven};
  const bool is_plugin = !manifest.first({"Plugin-Version"}).empty();
  const std::size_t version = version_in(stem);
  if (is_plugin) {
    package.name = manifest.first({"Short-Name", "Extension-Name"});
    package.version = manifest.first({"Plugin-Version"});
    // "2.0 (private-1234-user)" of what nobody has released.
    package.version.resize(std::min(package.version.find(' '), package.version.size()));
  } else if (version != std::string_view::npos) {
    package.version = text_of(stem.substr(version));
    stem = stem.substr(0, version - 1);
  } else {
    package.version =
        manifest.first({"Implementation-Version", "Bundle-Version", "Specification-Version"});
  }
  if (package.name.empty()) package.name = text_of(stem);
  for (const char* name : {"Group-Id", "Implementation-Vendor-Id"}) {
    if (std::string group = manifest.first({name}); package.group.empty() && is_group(group))
      package.group = std::move(group);
  }
  return package;
}

void add_licence(Package& package, const Manifest& manifest) {
  std::string licence = manifest.first({"Bundle-License"});
  if (!licence.empty() && licence.size() <= k_max_licence) package.licences = {std::move(licence)};
}

}  // namespace

std::vector<Package> java_packages(std::string_view path, std::string_view text,
                                   const std::vector<std::string>& poms) {
  std::vector<Package> all;
  for (const std::string& pom : poms) {
    auto package = read_pom(pom);
    if (package && std::find(all.begin(), all.end(), *package) == all.end())
      all.push_back(*std::move(package));
  }
  const Manifest manifest(text);
  const std::string_view stem = stem_of(path);
  auto own = std::find_if(all.begin(), all.end(),
                          [&](const Package& package) { return is_named(stem, package.name); });
  if (all.size() == 1) own = all.begin();
  if (own == all.end()) {
    Package archive = by_manifest(stem, manifest);
    if (archive.name.empty()) return all;
    own = all.insert(all.begin(), std::move(archive));
  }
  add_licence(*own, manifest);
  return all;
}

}  // namespace pinnace::binaries
