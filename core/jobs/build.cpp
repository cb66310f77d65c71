#include "definition/containerfile.hpp"
#include "jobs/build_request.hpp"
#include "jobs/makers.hpp"
#include "jobs/verify_build.hpp"

namespace pinnace::jobs {

namespace {

using nlohmann::json;

/// build: {definition, context, lock, locked, plan, check, target, buildArgs, platforms, tags,
/// labels, compression, sourceDateEpoch, threads, noCache, cacheFrom, cacheTo, cacheSize,
/// verifyReproducible, contextModes, environments, metadata}
/// -> {digest, mediaType, size, references, images: [{platform, digest, config, layers, base}],
/// plan, findings: [{rule, message, file, line, column}]}.
class BuildJob final : public Job {
 public:
  BuildJob(RequestReader& request, std::shared_ptr<const config::CredentialStore> credentials)
      : m_request(request),
        m_access{request.text("store"), request.optional_text("registries"),
                 request.optional_text("environments")},
        m_credentials(std::move(credentials)) {}
  std::string run(const base::Context& context) override;

 private:
  BuildRequest m_request;
  Access::Options m_access;
  std::shared_ptr<const config::CredentialStore> m_credentials;
};

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

json describe(const std::vector<definition::containerfile::Finding>& findings) {
  json list = json::array();
  for (const auto& finding : findings) {
    list.push_back({{"rule", finding.rule},
                    {"message", finding.message},
                    {"file", finding.position.file},
                    {"line", finding.position.line},
                    {"column", finding.position.column}});
  }
  return list;
}

/// Files of the context may have names that are not UTF-8.
std::string to_text(const json& result) {
  return result.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string BuildJob::run(const base::Context& caller) {
  base::Context context = caller;
  context.scratch = m_access.scratch();
  Access access(context, m_access, m_credentials);
  const auto build = [&](const BuildRequest& request) {
    return definition::containerfile::is_containerfile(request.definition)
               ? build_containerfile(context, access, request)
               : build_definition(context, access, request);
  };
  const BuildOutcome outcome = m_request.verify_reproducible
                                   ? build_twice(context, access, m_request, build)
                                   : build(m_request);
  json result = {{"digest", nullptr},
                 {"mediaType", nullptr},
                 {"size", nullptr},
                 {"references", json::array()},
                 {"images", json::array()},
                 {"plan", nullptr},
                 {"findings", describe(outcome.findings)}};
  if (outcome.plan) result["plan"] = *outcome.plan;
  if (!outcome.result) return to_text(result);
  const oci::Descriptor& root = outcome.result->root;
  result["digest"] = root.digest.str();
  result["mediaType"] = root.media_type;
  result["size"] = root.size;
  for (const build::BuiltImage& image : outcome.result->images)
    result["images"].push_back(describe(image));
  for (const ImageName& name : m_request.tags)
    result["references"].push_back(to_string(name) + "@" + root.digest.str());
  return to_text(result);
}

}  // namespace

std::unique_ptr<Job> make_build(RequestReader& request,
                                std::shared_ptr<const config::CredentialStore> credentials) {
  return std::make_unique<BuildJob>(request, std::move(credentials));
}

}  // namespace pinnace::jobs
