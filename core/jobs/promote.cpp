#include "release/promote.hpp"

#include "base/error.hpp"
#include "base/look.hpp"
#include "jobs/access.hpp"
#include "jobs/held_name.hpp"
#include "jobs/makers.hpp"
#include "store/memory_store.hpp"

namespace pinnace::jobs {

namespace {

using nlohmann::json;

/// promote: {reference, to, environments, tag, as, repair} -> {source, target, digest, environment,
/// tag, replaced, bytesSent}.
class PromoteJob final : public Job {
 public:
  PromoteJob(RequestReader& request, std::shared_ptr<const config::CredentialStore> credentials);
  std::string run(const base::Context& context) override;

 private:
  ImageName m_reference;
  std::string m_environment;
  std::optional<std::string> m_tag;
  std::optional<std::string> m_as;
  transfer::Repair m_repair;
  Access::Options m_access;
  std::shared_ptr<const config::CredentialStore> m_credentials;
};

PromoteJob::PromoteJob(RequestReader& request,
                       std::shared_ptr<const config::CredentialStore> credentials)
    : m_reference(oci::parse_image_name(request.text("reference"))),
      m_environment(request.text("to")),
      m_tag(request.optional_text("tag")),
      m_as(request.optional_text("as")),
      m_repair(request.flag("repair") ? transfer::Repair::yes : transfer::Repair::no),
      m_access{request.text("store"), request.optional_text("registries"),
               request.text("environments")},
      m_credentials(std::move(credentials)) {
  if (m_tag && !oci::is_tag(*m_tag)) {
    throw base::Error(base::ErrorCode::invalid_input, "invalid tag \"" + *m_tag + "\"");
  }
}

/// Two layouts "out" of two directories are two images, which only a name can tell apart.
void check_same_image(const base::Context& context, const std::string& source,
                      const Located& target, const std::string& image, const std::string& tag,
                      const hash::Digest& digest) {
  const auto there = tag.empty() ? std::nullopt : store::resolve_sound(*target.store, context, tag);
  if (!there || there->digest == digest) return;
  throw base::Error(base::ErrorCode::conflict,
                    target.store->where() + ":" + tag + " is " + there->digest.str() +
                        " already, and may be another image than " + source +
                        ", of whose path the name " + image +
                        " is the last part alone; expected --as " + image +
                        " if it is the same image, or --as with the name of another one");
}

/// "1.0" of "localhost/web:1.0", as layouts and archives of other tools have names.
std::string plain_tag(const std::string& name) {
  return name.substr(name.rfind(':') + 1);
}

/// A directory that nothing was promoted into yet has nothing, as a repository of a registry.
bool is_missing(const ImageName& place) {
  const auto* layout = std::get_if<LayoutName>(&place);
  return layout != nullptr && !base::exists(layout->directory);
}

std::string PromoteJob::run(const base::Context& context) {
  Access access(context, m_access, m_credentials);
  const EnvironmentPlaces& places = access.environments();
  const config::Environment& environment = places.environments().get(m_environment);
  const GivenName name = m_as ? GivenName{*m_as} : places.image_name(m_reference);
  const Located source = access.locate(m_reference, Purpose::prove);
  const oci::RawManifest manifest =
      store::get_manifest(*source.store, context, source.tag_or_digest());
  const std::string tag = m_tag.value_or(plain_tag(source.tag.value_or("")));

  const auto locate = [&](const std::string& place, Purpose purpose) {
    const EnvironmentName held{place, name.image, {}, {}};
    places.check_inside(held);
    return access.locate(held, purpose);
  };
  const Located target = locate(m_environment, Purpose::promote);
  if (!name.is_whole)
    check_same_image(context, to_string(m_reference), target, name.image, tag, manifest.digest);
  release::Promotion promotion{source.store.get(),
                               manifest.digest,
                               target.store.get(),
                               tag,
                               name.is_whole ? transfer::Tags::move : transfer::Tags::keep,
                               m_repair,
                               {}};
  std::vector<Located> origins;
  for (const std::string& origin :
       environment.admits ? environment.admits->from : std::vector<std::string>{}) {
    origins.push_back(is_missing(places.target_of({origin, name.image, {}, {}}))
                          ? Located{std::make_shared<store::MemoryStore>(), {}, {}}
                          : locate(origin, Purpose::prove));
    promotion.admitted_from.emplace_back(origin, origins.back().store.get());
  }
  const transfer::CopyResult result = base::with_context(
      [&] { return "promoting " + to_string(m_reference) + " to " + m_environment; },
      [&] { return release::promote(context, environment, promotion); });
  return json{{"source", to_string(m_reference)},
              {"target", target.store->where() + (tag.empty() ? "" : ":" + tag) + "@" +
                             manifest.digest.str()},
              {"digest", manifest.digest.str()},
              {"mediaType", manifest.media_type},
              {"environment", environment.name},
              {"tag", tag.empty() ? json(nullptr) : json(tag)},
              {"replaced", result.replaced ? json(result.replaced->str()) : json(nullptr)},
              {"bytesSent", result.blobs.bytes_uploaded}}
      .dump();
}

}  // namespace

std::unique_ptr<Job> make_promote(RequestReader& request,
                                  std::shared_ptr<const config::CredentialStore> credentials) {
  return std::make_unique<PromoteJob>(request, std::move(credentials));
}

}  // namespace pinnace::jobs
