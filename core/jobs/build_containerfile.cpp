#include <algorithm>

#include "base/error.hpp"
#include "build/containerfile_executor.hpp"
#include "build/containerfile_planner.hpp"
#include "build/platforms.hpp"
#include "jobs/build_caches.hpp"
#include "jobs/build_request.hpp"
#include "jobs/own_paths.hpp"

namespace pinnace::jobs {

namespace {

using base::Error;
using base::ErrorCode;
using containerfile::Containerfile;
using containerfile::Finding;
using definition::NamedImage;

/// The build of one Containerfile: images are resolved once for all platforms.
class ContainerfileBuild {
 public:
  ContainerfileBuild(const base::Context& context, Access& access, const BuildRequest& request)
      : m_context(context),
        m_access(access),
        m_request(request),
        m_file(containerfile::load_containerfile(request.definition)),
        m_lock(request.load_lock()),
        m_unpinned(request, m_lock.has_value()) {}

  BuildOutcome run();

 private:
  std::vector<oci::Platform> choose_platforms();
  build::ContainerfileRequest plan_request(const oci::Platform& platform) const;
  const definition::LockedImage& find_image(const NamedImage& image);
  build::ImageInput load_image(const NamedImage& image, const oci::Platform& platform);
  std::vector<build::ContainerfilePlan> make_plans();
  void check_remotes(const build::ContainerfilePlan& plan);
  void lint();
  void report(const std::vector<build::ContainerfilePlan>& plans);
  build::BuildResult execute(const std::vector<build::ContainerfilePlan>& plans);
  build::BuildResult execute_past_damage(const std::vector<build::ContainerfilePlan>& plans,
                                         const build::ContainerfileOptions& options,
                                         build::Targets& targets);

  const base::Context& m_context;
  Access& m_access;
  const BuildRequest& m_request;
  Containerfile m_file;
  std::shared_ptr<const files::Directory> m_directory;  ///< the context
  text::Ignore m_ignore;                                ///< what it leaves out
  std::optional<definition::Lock> m_lock;
  Unpinned m_unpinned;
  std::map<std::string, definition::LockedImage> m_images;
  std::vector<Finding> m_findings;
};

build::ContainerfileRequest ContainerfileBuild::plan_request(const oci::Platform& platform) const {
  return {m_request.target, m_request.arguments, m_request.labels, platform, oci::Platform::host()};
}

const definition::LockedImage& ContainerfileBuild::find_image(const NamedImage& image) {
  const auto known = m_images.find(image.text);
  if (known != m_images.end()) return known->second;
  return m_images
      .emplace(image.text, find_input(m_context, m_access, m_request, m_lock, image, m_unpinned))
      .first->second;
}

build::ImageInput ContainerfileBuild::load_image(const NamedImage& image,
                                                 const oci::Platform& platform) {
  const definition::LockedImage& locked = find_image(image);
  return for_base(image, [&] {
    auto found = image_for(locked, platform);
    if (!found) throw Error(ErrorCode::invalid_input, "there is no image for " + platform.str());
    auto store = m_access.locate(from_here(image, m_request.definition), Purpose::read).store;
    build::ImageContents contents = build::read_image(m_context, *store, found->manifest,
                                                      build::ImageCache::at(m_access.local()));
    return build::ImageInput{*std::move(found), std::move(contents), std::move(store)};
  });
}

/// Those asked for, else what the base of the target settles: never the machine's.
std::vector<oci::Platform> ContainerfileBuild::choose_platforms() {
  std::vector<oci::Platform> offered;
  if (m_request.platforms.empty()) {
    const auto base =
        build::base_of_target(m_file, plan_request(oci::Platform::parse("linux/amd64")));
    if (base) offered = platforms_of(find_image(*base));
    if (offered.size() != 1) offered.clear();
  }
  return build::choose_platforms(m_request.platforms, {}, offered, m_request.definition);
}

std::vector<build::ContainerfilePlan> ContainerfileBuild::make_plans() {
  std::vector<build::ContainerfilePlan> plans;
  // What can't be built is refused before anything is asked of a registry.
  build::check_target(m_file, plan_request(oci::Platform::parse("linux/amd64")));
  for (const oci::Platform& platform : choose_platforms()) {
    const bool first = plans.empty();
    plans.push_back(build::plan_containerfile(
        m_file, plan_request(platform), [&](const NamedImage& image, const oci::Platform& wish) {
          return load_image(image, wish);
        }));
    if (first) check_remotes(plans.back());
  }
  m_unpinned.warn(m_context);
  return plans;
}

/// URLs and repositories that may give something else tomorrow.
void ContainerfileBuild::check_remotes(const build::ContainerfilePlan& plan) {
  for (const build::StagePlan& stage : plan.stages) {
    for (const build::Step& step : stage.steps) {
      const auto* copy = std::get_if<build::CopyStep>(&step.action);
      if (copy == nullptr) continue;
      for (const build::RemoteSource& remote : copy->remotes) {
        if (build::is_pinned(remote)) continue;
        const bool url = std::holds_alternative<build::UrlSource>(remote);
        m_unpinned.add(step.position.str() + ": " + build::describe(remote) +
                       " is not pinned, expected " +
                       (url ? "--checksum=sha256:..." : "a commit as #REF"));
      }
    }
  }
}

/// Findings are warnings, or an error where the file says so.
void ContainerfileBuild::report(const std::vector<build::ContainerfilePlan>& plans) {
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

build::BuildResult ContainerfileBuild::execute(const std::vector<build::ContainerfilePlan>& plans) {
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
  const SandboxRequest& sandbox = m_request.sandbox;
  options.run = {sandbox.options(m_access.local()), sandbox.network, m_request.secrets,
                 m_request.ssh_agents, sandbox.limits()};
  options.remote_http = [this](const std::string& host) { return m_access.http_options(host); };
  build::Targets targets = open_targets(m_access, m_request, plans.size());
  caches.check_apart(targets);
  build::BuildResult result = execute_past_damage(plans, options, targets);
  caches.finish(m_context, m_request.cache_size);
  return result;
}

/// What is damaged in a cache is what it doesn't have. Each time round it has less.
build::BuildResult ContainerfileBuild::execute_past_damage(
    const std::vector<build::ContainerfilePlan>& plans, const build::ContainerfileOptions& options,
    build::Targets& targets) {
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
  std::vector<build::ContainerfilePlan> plans = make_plans();
  report(plans);
  if (m_request.plan) {
    std::string text;
    for (const build::ContainerfilePlan& plan : plans) text += plan.print();
    return {{}, std::move(text), m_findings};
  }
  return {execute(plans), {}, m_findings};
}

}  // namespace

BuildOutcome build_containerfile(const base::Context& context, Access& access,
                                 const BuildRequest& request) {
  return ContainerfileBuild(context, access, request).run();
}

}  // namespace pinnace::jobs
