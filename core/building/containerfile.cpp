#include <algorithm>

#include "base/error.hpp"
#include "build/containerfile_executor.hpp"
#include "building/caches.hpp"
#include "building/own_paths.hpp"
#include "building/request.hpp"
#include "frontend/planner.hpp"
#include "plan/platforms.hpp"

namespace pinnace::building {

namespace {

using base::Error;
using base::ErrorCode;
using containerfile::Containerfile;
using containerfile::Finding;
using definition::NamedImage;

/// The build of one Containerfile: images are resolved once for all platforms.
class ContainerfileBuild {
 public:
  ContainerfileBuild(const base::Context& context, places::Access& access,
                     const BuildRequest& request)
      : m_context(context),
        m_access(access),
        m_request(request),
        m_file(containerfile::load_containerfile(request.definition)),
        m_lock(request.load_lock()),
        m_unpinned(request, m_lock.has_value()) {}

  BuildOutcome run();

 private:
  std::vector<oci::Platform> choose_platforms();
  frontend::ContainerfileRequest plan_request(const oci::Platform& platform) const;
  const definition::LockedImage& find_image(const NamedImage& image);
  image::ImageInput load_image(const NamedImage& image, const oci::Platform& platform);
  std::vector<plan::ContainerfilePlan> make_plans();
  void check_remotes(const plan::ContainerfilePlan& plan);
  void lint();
  void report(const std::vector<plan::ContainerfilePlan>& plans);
  output::BuildResult execute(const std::vector<plan::ContainerfilePlan>& plans);
  output::BuildResult execute_past_damage(const std::vector<plan::ContainerfilePlan>& plans,
                                          const build::ContainerfileOptions& options,
                                          output::Targets& targets);

  const base::Context& m_context;
  places::Access& m_access;
  const BuildRequest& m_request;
  Containerfile m_file;
  std::shared_ptr<const files::Directory> m_directory;  ///< the context
  text::Ignore m_ignore;                                ///< what it leaves out
  std::optional<definition::Lock> m_lock;
  Unpinned m_unpinned;
  std::map<std::string, definition::LockedImage> m_images;
  std::vector<Finding> m_findings;
};

frontend::ContainerfileRequest ContainerfileBuild::plan_request(
    const oci::Platform& platform) const {
  return {m_request.target, m_request.arguments, m_request.labels, platform, oci::Platform::host()};
}

const definition::LockedImage& ContainerfileBuild::find_image(const NamedImage& image) {
  const auto known = m_images.find(image.text);
  if (known != m_images.end()) return known->second;
  return m_images
      .emplace(image.text, find_input(m_context, m_access, m_request, m_lock, image, m_unpinned))
      .first->second;
}

image::ImageInput ContainerfileBuild::load_image(const NamedImage& image,
                                                 const oci::Platform& platform) {
  const definition::LockedImage& locked = find_image(image);
  return inputs::for_base(image, [&] {
    auto found = inputs::image_for(locked, platform);
    if (!found) throw Error(ErrorCode::invalid_input, "there is no image for " + platform.str());
    auto store =
        m_access.locate(inputs::from_here(image, m_request.definition), places::Purpose::read)
            .store;
    image::ImageContents contents = image::read_image(m_context, *store, found->manifest,
                                                      image::ImageCache::at(m_access.local()));
    return image::ImageInput{*std::move(found), std::move(contents), std::move(store)};
  });
}

/// Those asked for, else what the base of the target settles: never the machine's.
std::vector<oci::Platform> ContainerfileBuild::choose_platforms() {
  std::vector<oci::Platform> offered;
  if (m_request.platforms.empty()) {
    const auto base =
        frontend::base_of_target(m_file, plan_request(oci::Platform::parse("linux/amd64")));
    if (base) offered = inputs::platforms_of(find_image(*base));
    if (offered.size() != 1) offered.clear();
  }
  return plan::choose_platforms(m_request.platforms, {}, offered, m_request.definition);
}

std::vector<plan::ContainerfilePlan> ContainerfileBuild::make_plans() {
  std::vector<plan::ContainerfilePlan> plans;
  // What can't be built is refused before anything is asked of a registry.
  frontend::check_target(m_file, plan_request(oci::Platform::parse("linux/amd64")));
  for (const oci::Platform& platform : choose_platforms()) {
    const bool first = plans.empty();
    plans.push_back(frontend::plan_containerfile(
        m_file, plan_request(platform), [&](const NamedImage& image, const oci::Platform& wish) {
          return load_image(image, wish);
        }));
    if (first) check_remotes(plans.back());
  }
  m_unpinned.warn(m_context);
  return plans;
}

/// URLs and repositories that may give something else tomorrow.
void ContainerfileBuild::check_remotes(const plan::ContainerfilePlan& plan) {
  for (const plan::StagePlan& stage : plan.stages) {
    for (const plan::Step& step : stage.steps) {
      const auto* copy = std::get_if<plan::CopyStep>(&step.action);
      if (copy == nullptr) continue;
      for (const source::RemoteSource& remote : copy->remotes) {
        if (source::is_pinned(remote)) continue;
        const bool url = std::holds_alternative<source::UrlSource>(remote);
        m_unpinned.add(step.position.str() + ": " + source::describe(remote) +
                       " is not pinned, expected " +
                       (url ? "--checksum=sha256:..." : "a commit as #REF"));
      }
    }
  }
}

/// Findings are warnings, or an error where the file says so.
void ContainerfileBuild::report(const std::vector<plan::ContainerfilePlan>& plans) {
  const containerfile::CheckSettings settings(m_file);
  if (!plans.empty()) {
    for (const Finding& finding : plans.front().findings) {
      if (!settings.skips(finding.rule)) m_findings.push_back(finding);
    }
    for (const std::string& name : plans.front().unused_arguments)
      m_context.warn("the build argument " + name + " is not used by " + m_request.definition);
  }
  for (const Finding& finding : m_findings) m_context.warn(finding.str());
  if (settings.is_error() && !m_findings.empty() && !m_request.check_only)
    throw Error(ErrorCode::invalid_input,
                m_request.definition + ": checks found something, and \"# check=error=true\"");
}

output::BuildResult ContainerfileBuild::execute(const std::vector<plan::ContainerfilePlan>& plans) {
  build::ContainerfileOptions options;
  options.context = m_directory;
  options.ignore = m_ignore;
  for (std::string& path : own_paths(m_context, m_access, m_request))
    options.ignore.leave_out(std::move(path));
  options.compression = compress::Compression::parse(m_request.compression.value_or("gzip"));
  options.source_date = m_request.source_date;
  options.modes = m_request.modes;
  options.execute = {m_request.thread_count(), m_access.local(), !m_request.no_cache,
                     local::chunk_bytes(m_request.cache_size)};
  BuildCaches caches(m_context, m_access, m_request);
  options.cache = &caches.cache();
  options.exported = caches.exported();
  const job::SandboxRequest& sandbox = m_request.sandbox;
  options.run = {sandbox.options(m_access.local()), sandbox.network, m_request.secrets,
                 m_request.ssh_agents, sandbox.limits()};
  options.remote_http = [this](const std::string& host) { return m_access.http_options(host); };
  output::Targets targets = open_targets(m_access, m_request, plans.size());
  caches.check_apart(targets);
  output::BuildResult result = execute_past_damage(plans, options, targets);
  caches.finish(m_context, m_request.cache_size);
  return result;
}

/// What is damaged in a cache is what it doesn't have. Each time round it has less.
output::BuildResult ContainerfileBuild::execute_past_damage(
    const std::vector<plan::ContainerfilePlan>& plans, const build::ContainerfileOptions& options,
    output::Targets& targets) {
  for (;;) {
    try {
      return build::execute_containerfile(m_context, plans, options, targets);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::integrity || !options.cache->forget_damaged(m_context)) throw;
    }
  }
}

/// What the text says, and what the ignore file says of it.
void ContainerfileBuild::lint() {
  m_findings = containerfile::lint(m_file);
  for (Finding& finding : containerfile::lint_ignored(m_file, m_ignore))
    m_findings.push_back(std::move(finding));
  std::stable_sort(m_findings.begin(), m_findings.end(),
                   [](const Finding& a, const Finding& b) { return a.position < b.position; });
}

BuildOutcome ContainerfileBuild::run() {
  m_directory = std::make_shared<const files::Directory>(m_request.context_directory());
  m_ignore = build::load_dockerignore(m_request.definition, *m_directory);
  lint();
  if (m_request.check_only) {
    report({});
    return {{}, {}, m_findings};
  }
  check_encoder(m_request, m_lock,
                compress::Compression::parse(m_request.compression.value_or("gzip")));
  std::vector<plan::ContainerfilePlan> plans = make_plans();
  report(plans);
  if (m_request.plan) {
    std::string text;
    for (const plan::ContainerfilePlan& plan : plans) text += plan.print();
    return {{}, std::move(text), m_findings};
  }
  return {execute(plans), {}, m_findings};
}

}  // namespace

BuildOutcome build_containerfile(const base::Context& context, places::Access& access,
                                 const BuildRequest& request) {
  return ContainerfileBuild(context, access, request).run();
}

}  // namespace pinnace::building
