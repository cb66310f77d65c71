#include "buildfacts/buildfacts.hpp"

#include <optional>
#include <utility>

#include "definition/lock.hpp"
#include "files/look.hpp"
#include "hash/digest.hpp"
#include "materials/materials.hpp"

namespace pinnace::buildfacts {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// More than a definition or lock may have.
constexpr std::size_t k_max_file = std::size_t{64} << 20;

/// As somebody else would name it who has the same sources: from the context, else its last name.
std::string shown_path(const fs::path& file, const fs::path& context) {
  const fs::path relative = fs::absolute(file).lexically_normal().lexically_relative(
      fs::absolute(context).lexically_normal());
  const bool is_below = !relative.empty() && *relative.begin() != "..";
  return (is_below ? relative : file.filename()).generic_string();
}

/// nullopt if there is no such file.
std::optional<provenance::Material> material_of(const fs::path& file, const fs::path& context) {
  const auto text = files::read_file_if_any(file, k_max_file);
  if (!text) return std::nullopt;
  return provenance::Material{
      shown_path(file, context), {}, {{"sha256", std::string(hash::Digest::of(*text).hex())}}};
}

fs::path lock_of(const planning::Wanted& wanted) {
  if (wanted.lock) return *wanted.lock;
  return fs::path(wanted.definition).parent_path() / definition::k_lock_file_name;
}

/// What was asked for; what is not said is left out.
json parameters_of(const planning::Wanted& wanted, const Told& told) {
  json made = {{"definition", shown_path(wanted.definition, wanted.context_directory())}};
  const auto add = [&](const char* name, json value) {
    if (!value.empty()) made[name] = std::move(value);
  };
  if (wanted.target) made["target"] = *wanted.target;
  add("buildArgs", materials::shown_arguments(wanted.arguments));
  json platforms = json::array();
  for (const oci::Platform& platform : wanted.platforms) platforms.push_back(platform.str());
  add("platforms", std::move(platforms));
  add("labels", wanted.labels);
  if (wanted.compression) made["compression"] = *wanted.compression;
  if (wanted.source_date) made["sourceDateEpoch"] = *wanted.source_date;
  if (wanted.modes == tree::Modes::keep) made["contextModes"] = "keep";
  if (wanted.locked) made["locked"] = true;
  add("secrets", told.secrets);
  add("sshAgents", told.ssh_agents);
  return made;
}

}  // namespace

provenance::Build describe(const base::Context& context, const planning::Wanted& wanted,
                           const planning::Planned& planned, const Told& told) {
  const fs::path directory = wanted.context_directory();
  provenance::Build build;
  build.parameters = parameters_of(wanted, told);
  build.encoder = planned.compression.encoder();
  build.source = provenance::find_source(context, directory, told.environment, told.own_paths);
  for (const fs::path& file : {fs::path(wanted.definition), lock_of(wanted)}) {
    if (auto material = material_of(file, directory))
      build.materials.push_back(*std::move(material));
  }
  materials::Materials found = materials::materials_of(planned.plans);
  for (provenance::Material& material : found.known) build.materials.push_back(std::move(material));
  build.not_recorded = std::move(found.not_recorded);
  if (!build.source)
    build.not_recorded.emplace_back("the files of the context, which is in no git repository");
  else if (build.source->is_dirty)
    build.not_recorded.emplace_back("files of the context that are not those of its revision");
  if (told.invocation != provenance::Invocation{}) build.invocation = told.invocation;
  return build;
}

std::vector<attestation::Place> places_of(const std::vector<oci::ImageName>& names,
                                          const output::Targets& targets) {
  std::vector<attestation::Place> places;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::holds_alternative<oci::ArchiveName>(names[i])) continue;
    const auto* reference = std::get_if<oci::Reference>(&names[i]);
    places.push_back({targets.list()[i].store, reference == nullptr ? "" : reference->name()});
  }
  return places;
}

}  // namespace pinnace::buildfacts
