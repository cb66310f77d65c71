#include "materials/materials.hpp"

#include <algorithm>
#include <set>

#include "base/shown.hpp"
#include "containerfile/secret_name.hpp"
#include "oci/image_name.hpp"
#include "sbom/subject.hpp"

namespace pinnace::materials {

using provenance::Material;

namespace {

/// As the definition names it; what is in no registry has no more than its digest.
std::string name_of(const std::string& text) {
  const oci::ImageName name = oci::parse_image_name(text);
  const auto* reference = std::get_if<oci::Reference>(&name);
  return reference == nullptr ? std::string() : reference->name();
}

Material material_of(const image::ImageInput& input) {
  const hash::Digest& digest = input.image.manifest.digest;
  return {"image",
          sbom::image_purl(name_of(input.image.name), digest,
                           input.contents.config.platform().architecture),
          {{std::string(hash::to_string(digest.algorithm())), std::string(digest.hex())}}};
}

/// The commit that a repository's name fixes; empty: none.
std::string commit_of(const source::GitSource& git) {
  if (git.commit) return *git.commit;
  return source::is_commit(git.reference) ? git.reference : std::string();
}

Material material_of(const source::RemoteSource& remote) {
  if (const auto* url = std::get_if<source::UrlSource>(&remote)) {
    Material material{"download", source::describe(remote), {}};
    if (url->checksum)
      material.digest.emplace(hash::to_string(url->checksum->algorithm()), url->checksum->hex());
    return material;
  }
  const auto& git = std::get<source::GitSource>(remote);
  Material material{"repository", provenance::repository_uri(git.repository), {}};
  if (material.uri.empty()) material.uri = source::describe(remote);
  if (const std::string commit = commit_of(git); !commit.empty())
    material.digest.emplace("gitCommit", commit);
  return material;
}

/// Gathers what plans say, each once.
class Gathering {
 public:
  void add(const plan::Plan& plan) {
    for (const image::ImageInput& image : plan.images) add(material_of(image));
    for (const plan::StagePlan& stage : plan.stages)
      for (const plan::Step& step : stage.steps) add(step);
  }

  Materials take() {
    if (m_is_online) m_all.not_recorded.emplace_back("what RUN instructions took from the network");
    if (m_has_secrets)
      m_all.not_recorded.emplace_back("the contents of secrets, caches and SSH agents of RUN");
    return std::move(m_all);
  }

 private:
  void add(Material material) {
    auto& known = m_all.known;
    if (std::find(known.begin(), known.end(), material) == known.end())
      known.push_back(std::move(material));
  }
  void add(const plan::Step& step) {
    if (const auto* run = std::get_if<plan::RunStep>(&step.action)) add(*run);
    const auto* copy = std::get_if<plan::CopyStep>(&step.action);
    if (copy == nullptr) return;
    for (const source::RemoteSource& remote : copy->remotes) {
      add(material_of(remote));
      const std::string text = "what " + source::describe(remote) + " gave, which is not pinned";
      if (!source::is_pinned(remote) && m_unpinned.insert(text).second)
        m_all.not_recorded.push_back(text);
    }
  }
  void add(const plan::RunStep& run) {
    using Type = plan::RunMount::Type;
    m_is_online = m_is_online || run.network != "none";
    for (const plan::RunMount& mount : run.mounts)
      m_has_secrets = m_has_secrets || mount.type == Type::secret || mount.type == Type::cache ||
                      mount.type == Type::ssh;
  }

  Materials m_all;
  std::set<std::string> m_unpinned;
  bool m_is_online = false;
  bool m_has_secrets = false;
};

}  // namespace

Materials materials_of(const std::vector<plan::Plan>& plans) {
  Gathering gathering;
  for (const plan::Plan& plan : plans) gathering.add(plan);
  return gathering.take();
}

std::map<std::string, std::string> shown_arguments(
    const std::map<std::string, std::string>& arguments) {
  std::map<std::string, std::string> shown;
  for (const auto& [name, value] : arguments)
    shown[name] =
        containerfile::is_secret_name(name) ? "REDACTED" : base::message_without_user_info(value);
  return shown;
}

}  // namespace pinnace::materials
