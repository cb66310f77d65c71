#include "jobs/held_name.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace pinnace::jobs {

namespace {

namespace fs = std::filesystem;
using oci::ArchiveName;
using oci::LayoutName;
using oci::StoredName;

/// The same for all spellings of a directory, which need not be there. Throws if that can't be
/// told: a rule must not be missed because a disk failed.
fs::path one_name(const fs::path& directory) {
  const fs::path name = fs::weakly_canonical(fs::absolute(directory));
  return name.has_filename() ? name : name.parent_path();
}

/// The same for all spellings of a repository of a registry: hosts have no case, and 443 is the
/// port of https.
std::string one_name(const oci::Reference& reference) {
  std::string domain = reference.domain();
  std::transform(domain.begin(), domain.end(), domain.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (domain.ends_with(":443")) domain.resize(domain.size() - 4);
  return domain + "/" + reference.repository();
}

/// What follows `repository` and "/" in `name`.
std::optional<std::string> below(const std::string& name, const std::string& repository) {
  if (!name.starts_with(repository + "/")) return std::nullopt;
  return name.substr(repository.size() + 1);
}

/// Where an environment has its images, spelt as one_name() spells it.
std::string place(const config::Environments& environments,
                  const config::Environment& environment) {
  if (const auto directory = environment.directory())
    return one_name(fs::path(environments.file()).parent_path() / *directory).string();
  return one_name(oci::Reference::parse(environment.repository));
}

/// Where an image is, if that can be in an environment.
std::optional<std::string> place(const ImageName& name, bool in_directory) {
  if (const auto* layout = std::get_if<LayoutName>(&name); layout && in_directory)
    return one_name(layout->directory).string();
  if (const auto* reference = std::get_if<oci::Reference>(&name); reference && !in_directory)
    return one_name(*reference);
  return std::nullopt;
}

}  // namespace

std::optional<EnvironmentName> held_name(const config::Environments& environments,
                                         const ImageName& name) {
  if (const auto* held = std::get_if<EnvironmentName>(&name)) return *held;
  std::optional<EnvironmentName> nearest;
  std::size_t longest = 0;
  for (const std::string& key : environments.names()) {
    const config::Environment& environment = environments.get(key);
    const auto where = place(name, environment.directory().has_value());
    if (!where) continue;
    const std::string repository = place(environments, environment);
    const auto image = below(*where, repository);
    if (!image || repository.size() < longest) continue;
    // Of two environments in one place the one with rules counts.
    if (nearest && repository.size() == longest && !environment.has_rules()) continue;
    nearest = EnvironmentName{key, *image, {}, {}};
    longest = repository.size();
  }
  return nearest;
}

std::string image_name(const config::Environments& environments, const ImageName& name) {
  if (const auto held = held_name(environments, name)) return held->image;
  if (const auto* layout = std::get_if<LayoutName>(&name))
    return one_name(layout->directory).filename().string();
  if (const auto* archive = std::get_if<ArchiveName>(&name)) {
    const bool is_named = archive->format == oci::ArchiveFormat::docker && archive->tag;
    return is_named ? oci::Reference::parse(*archive->tag).repository()
                    : archive->file.stem().string();
  }
  if (const auto* stored = std::get_if<StoredName>(&name)) {
    throw base::Error(base::ErrorCode::invalid_input,
                      stored->digest +
                          " has no name by which it could be in an environment, "
                          "expected NAME@" +
                          stored->digest);
  }
  return std::get<oci::Reference>(name).repository();
}

void check_unruled(const config::Environments& environments, const ImageName& name) {
  const auto held = held_name(environments, name);
  if (!held || !environments.get(held->environment).has_rules()) return;
  throw base::Error(
      base::ErrorCode::conflict,
      to_string(name) + " is in environment " + held->environment +
          ", which has rules; only a promotion keeps them (pinnace promote REF --to " +
          held->environment + ")");
}

}  // namespace pinnace::jobs
