#include <algorithm>
#include <thread>

#include "base/error.hpp"
#include "build/artifacts.hpp"
#include "build/executor.hpp"
#include "build/plan.hpp"
#include "jobs/access.hpp"
#include "jobs/base_image.hpp"
#include "jobs/makers.hpp"

namespace pinnace::jobs {

namespace {

using base::Error;
using base::ErrorCode;
using nlohmann::json;

/// build: {definition, context, lock, locked, plan, platforms, tags, labels, compression,
/// sourceDateEpoch, threads}
/// -> {digest, mediaType, size, references, images: [{platform, digest, config, layers, base}],
/// plan}.
class BuildJob final : public Job {
 public:
  BuildJob(RequestReader& request, std::shared_ptr<const config::CredentialStore> credentials);
  std::string run(const base::Context& context) override;

 private:
  build::Plan make_plan(const base::Context& context, Access& access,
                        const definition::Definition& definition) const;
  lock::LockedImage find_base(const base::Context& context, Access& access,
                              const definition::Definition& definition) const;
  void check_encoder(const lock::Lock& lock, const compress::Compression& compression) const;
  build::Targets open_targets(Access& access) const;
  std::filesystem::path lock_file() const;

  std::string m_definition;
  std::optional<std::string> m_context_directory;
  std::optional<std::string> m_lock;
  bool m_locked;
  bool m_plan;
  std::vector<oci::Platform> m_platforms;
  std::vector<ImageName> m_tags;
  std::map<std::string, std::string> m_labels;
  std::optional<std::string> m_compression;
  std::int64_t m_epoch;
  unsigned m_threads;
  Access::Options m_access;
  std::shared_ptr<const config::CredentialStore> m_credentials;
};

BuildJob::BuildJob(RequestReader& request,
                   std::shared_ptr<const config::CredentialStore> credentials)
    : m_definition(request.text("definition")),
      m_context_directory(request.optional_text("context")),
      m_lock(request.optional_text("lock")),
      m_locked(request.flag("locked")),
      m_plan(request.flag("plan")),
      m_labels(request.text_map("labels")),
      m_compression(request.optional_text("compression")),
      m_access{request.text("store"), request.optional_text("registries"), std::nullopt},
      m_credentials(std::move(credentials)) {
  // The last second of the year 9999, beyond which RFC 3339 has no name.
  m_epoch = request.optional_integer("sourceDateEpoch", 0, 253402300799).value_or(0);
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  m_threads = static_cast<unsigned>(request.optional_integer("threads", 1, 256).value_or(cores));
  for (const std::string& text : request.texts("platforms")) {
    m_platforms.push_back(oci::Platform::parse(text));
  }
  for (const std::string& text : request.texts("tags")) {
    m_tags.push_back(parse_image_name(text));
  }
}

std::filesystem::path BuildJob::lock_file() const {
  return m_lock ? std::filesystem::path(*m_lock) : default_lock_file(m_definition);
}

void BuildJob::check_encoder(const lock::Lock& lock,
                             const compress::Compression& compression) const {
  if (lock.encoder == compression.encoder()) return;
  throw Error(ErrorCode::unsupported, lock_file().string() + " wants layers by the encoder " +
                                          lock.encoder + ", this build would use " +
                                          compression.encoder() +
                                          " and give another digest; run pinnace pin to accept it");
}

lock::LockedImage BuildJob::find_base(const base::Context& context, Access& access,
                                      const definition::Definition& definition) const {
  const std::string& base = definition.base;
  const auto lock = load_lock_if_present(lock_file());
  if (const lock::LockedImage* locked = lock ? lock->find(base) : nullptr) return *locked;
  const ImageName name = parse_base_name(base, definition.file);
  const auto* reference = std::get_if<oci::Reference>(&name);
  const bool by_digest = reference != nullptr && reference->digest();
  if (!by_digest) {
    const std::string problem = definition.base_position.str() + ": " + base +
                                " is not pinned in " + lock_file().string() + ", run pinnace pin";
    if (m_locked) throw Error(ErrorCode::invalid_input, problem);
    context.warn(problem);
  }
  return base::with_context([&] { return definition.base_position.str() + ": base " + base; },
                            [&] { return resolve_image(context, access, base, name); });
}

std::vector<oci::Platform> platforms_of(const lock::LockedImage& image) {
  std::vector<oci::Platform> platforms;
  for (const auto& [text, locked] : image.platforms)
    platforms.push_back(oci::Platform::parse(text));
  return platforms;
}

/// The locked manifest that serves `wish`; choose_platforms() has made sure that there is one.
build::BaseImage base_for(const lock::LockedImage& image, const oci::Platform& wish) {
  for (const auto& [text, locked] : image.platforms) {
    if (!wish.matches(oci::Platform::parse(text))) continue;
    return {image.name,
            {locked.media_type, locked.digest, locked.size, {}, {}, {}, json::object()}};
  }
  throw Error(ErrorCode::internal, image.name + " lost its platform " + wish.str());
}

build::Plan BuildJob::make_plan(const base::Context& context, Access& access,
                                const definition::Definition& definition) const {
  build::Plan plan;
  plan.compression =
      compress::Compression::parse(m_compression.value_or(definition.compression.value_or("gzip")));
  plan.epoch = m_epoch;
  plan.config = definition.config;
  for (const auto& [name, value] : m_labels) plan.config.labels[name] = value;
  plan.annotations = definition.annotations;
  if (const auto lock = load_lock_if_present(lock_file()); lock && !m_compression)
    check_encoder(*lock, plan.compression);

  const std::filesystem::path directory = m_context_directory
                                              ? std::filesystem::path(*m_context_directory)
                                              : definition.file.parent_path();
  plan.artifacts = build::collect_artifacts(
      context, definition, std::make_shared<const base::Directory>(directory), m_epoch);

  std::optional<lock::LockedImage> base;
  if (!definition.from_scratch()) base = find_base(context, access, definition);
  const auto offered = base ? platforms_of(*base) : std::vector<oci::Platform>{};
  for (const oci::Platform& platform :
       build::choose_platforms(m_platforms, definition.platforms, offered, definition.base)) {
    build::PlatformPlan part{platform, {}};
    if (base) part.base = base_for(*base, platform);
    plan.platforms.push_back(std::move(part));
  }
  return plan;
}

build::Targets BuildJob::open_targets(Access& access) const {
  std::vector<build::Target> targets;
  for (const ImageName& name : m_tags) {
    const Located located = access.locate(name, Purpose::write);
    if (located.digest) {
      throw Error(ErrorCode::invalid_input, "the tag \"" + to_string(name) +
                                                "\" has a digest, which only the build can tell");
    }
    targets.push_back({located.store, located.tag.value_or("latest")});
  }
  if (targets.empty()) targets.push_back({access.local_images(), ""});
  return build::Targets(std::move(targets));
}

json describe(const build::BuiltImage& image) {
  json layers = json::array();
  for (const build::BuiltLayer& layer : image.layers) {
    layers.push_back({{"digest", layer.descriptor.digest.str()},
                      {"size", layer.descriptor.size},
                      {"mediaType", layer.descriptor.media_type},
                      {"diffId", layer.diff_id.str()},
                      {"fromBase", layer.from_base}});
  }
  json base = nullptr;
  if (image.base)
    base = {{"name", image.base->name}, {"digest", image.base->manifest.digest.str()}};
  return {{"platform", image.platform.str()}, {"digest", image.manifest.digest.str()},
          {"size", image.manifest.size},      {"config", image.config.digest.str()},
          {"layers", std::move(layers)},      {"base", std::move(base)}};
}

std::string BuildJob::run(const base::Context& context) {
  Access access(m_access, m_credentials);
  const definition::Definition definition = definition::load_definition(m_definition);
  build::Plan plan = make_plan(context, access, definition);
  if (m_plan) {
    return json{{"digest", nullptr},           {"mediaType", nullptr},    {"size", nullptr},
                {"references", json::array()}, {"images", json::array()}, {"plan", plan.print()}}
        .dump();
  }
  build::Targets targets = open_targets(access);
  std::shared_ptr<store::BlobStore> base_store;
  if (!definition.from_scratch()) {
    base_store =
        access.locate(parse_base_name(definition.base, definition.file), Purpose::read).store;
  }
  const build::BuildResult result = build::execute(context, std::move(plan), base_store.get(),
                                                   targets, {m_threads, access.cache()});
  json images = json::array();
  for (const build::BuiltImage& image : result.images) images.push_back(describe(image));
  json references = json::array();
  for (const ImageName& name : m_tags)
    references.push_back(to_string(name) + "@" + result.root.digest.str());
  return json{{"digest", result.root.digest.str()}, {"mediaType", result.root.media_type},
              {"size", result.root.size},           {"references", std::move(references)},
              {"images", std::move(images)},        {"plan", nullptr}}
      .dump();
}

}  // namespace

std::unique_ptr<Job> make_build(RequestReader& request,
                                std::shared_ptr<const config::CredentialStore> credentials) {
  return std::make_unique<BuildJob>(request, std::move(credentials));
}

}  // namespace pinnace::jobs
