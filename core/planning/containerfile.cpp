#include <algorithm>

#include "base/error.hpp"
#include "frontend/ignore.hpp"
#include "frontend/planner.hpp"
#include "plan/platforms.hpp"
#include "planning/planned.hpp"

namespace pinnace::planning {

namespace {

using base::Error;
using base::ErrorCode;
using containerfile::Finding;
using definition::NamedImage;

/// Plans a Containerfile: images are resolved once for all platforms.
class ContainerfilePlanning {
 public:
  ContainerfilePlanning(const base::Context& context, places::Access& access, const Wanted& wanted)
      : m_context(context),
        m_wanted(wanted),
        m_file(containerfile::load_containerfile(wanted.definition)),
        m_inputs(context, access, wanted.inputs()) {}

  Planned run(const OwnPaths& own_paths);

 private:
  std::vector<oci::Platform> choose_platforms();
  frontend::ContainerfileRequest plan_request(const oci::Platform& platform) const;
  std::vector<plan::Plan> make_plans();
  void check_remotes(const plan::Plan& plan);
  void lint();
  void report(const std::vector<plan::Plan>& plans);

  const base::Context& m_context;
  const Wanted& m_wanted;
  containerfile::Containerfile m_file;
  text::Ignore m_ignore;  ///< what the context leaves out
  inputs::Inputs m_inputs;
  std::vector<Finding> m_findings;
};

frontend::ContainerfileRequest ContainerfilePlanning::plan_request(
    const oci::Platform& platform) const {
  return {m_wanted.target, m_wanted.arguments, m_wanted.labels, platform, oci::Platform::host()};
}

/// Those asked for, else what the base of the target settles: never the machine's.
std::vector<oci::Platform> ContainerfilePlanning::choose_platforms() {
  std::vector<oci::Platform> offered;
  if (m_wanted.platforms.empty()) {
    const auto base =
        frontend::base_of_target(m_file, plan_request(oci::Platform::parse("linux/amd64")));
    if (base) offered = inputs::platforms_of(m_inputs.find(*base));
    if (offered.size() != 1) offered.clear();
  }
  return plan::choose_platforms(m_wanted.platforms, {}, offered, m_wanted.definition);
}

std::vector<plan::Plan> ContainerfilePlanning::make_plans() {
  std::vector<plan::Plan> plans;
  // What can't be built is refused before anything is asked of a registry.
  frontend::check_target(m_file, plan_request(oci::Platform::parse("linux/amd64")));
  for (const oci::Platform& platform : choose_platforms()) {
    const bool first = plans.empty();
    plans.push_back(frontend::plan_containerfile(
        m_file, plan_request(platform), [&](const NamedImage& image, const oci::Platform& wish) {
          return m_inputs.load(image, wish);
        }));
    if (first) check_remotes(plans.back());
  }
  m_inputs.warn_of_unpinned();
  return plans;
}

/// URLs and repositories that may give something else tomorrow.
void ContainerfilePlanning::check_remotes(const plan::Plan& plan) {
  for (const plan::StagePlan& stage : plan.stages) {
    for (const plan::Step& step : stage.steps) {
      const auto* copy = std::get_if<plan::CopyStep>(&step.action);
      if (copy == nullptr) continue;
      for (const source::RemoteSource& remote : copy->remotes) {
        if (source::is_pinned(remote)) continue;
        const bool url = std::holds_alternative<source::UrlSource>(remote);
        m_inputs.add_unpinned(step.position.str() + ": " + source::describe(remote) +
                              " is not pinned, expected " +
                              (url ? "--checksum=sha256:..." : "a commit as #REF"));
      }
    }
  }
}

/// Findings are warnings, or an error where the file says so.
void ContainerfilePlanning::report(const std::vector<plan::Plan>& plans) {
  const containerfile::CheckSettings settings(m_file);
  if (!plans.empty()) {
    for (const Finding& finding : plans.front().findings) {
      if (!settings.skips(finding.rule)) m_findings.push_back(finding);
    }
    for (const std::string& name : plans.front().unused_arguments)
      m_context.warn("the build argument " + name + " is not used by " + m_wanted.definition);
  }
  for (const Finding& finding : m_findings) m_context.warn(finding.str());
  if (settings.is_error() && !m_findings.empty() && !m_wanted.check_only)
    throw Error(ErrorCode::invalid_input,
                m_wanted.definition + ": checks found something, and \"# check=error=true\"");
}

/// What the text says, and what the ignore file says of it.
void ContainerfilePlanning::lint() {
  m_findings = containerfile::lint(m_file);
  for (Finding& finding : containerfile::lint_ignored(m_file, m_ignore))
    m_findings.push_back(std::move(finding));
  std::stable_sort(m_findings.begin(), m_findings.end(),
                   [](const Finding& a, const Finding& b) { return a.position < b.position; });
}

Planned ContainerfilePlanning::run(const OwnPaths& own_paths) {
  const auto directory = std::make_shared<const files::Directory>(m_wanted.context_directory());
  m_ignore = frontend::load_dockerignore(m_wanted.definition, *directory);
  lint();
  Planned planned;
  planned.source_date = m_wanted.source_date ? m_wanted.source_date : m_inputs.created();
  planned.compression = compress::Compression::parse(m_wanted.compression.value_or("gzip"));
  if (m_wanted.check_only) {
    report({});
  } else {
    if (!m_wanted.compression) m_inputs.check_encoder(planned.compression);
    planned.plans = make_plans();
    report(planned.plans);
  }
  planned.findings = std::move(m_findings);
  if (m_wanted.check_only || m_wanted.plan) return planned;
  for (std::string& path : own_paths()) m_ignore.leave_out(std::move(path));
  planned.context = steps::make_context_origin(directory, std::move(m_ignore),
                                               planned.source_date.value_or(0), m_wanted.modes);
  return planned;
}

}  // namespace

Planned plan_containerfile(const base::Context& context, places::Access& access,
                           const Wanted& wanted, const OwnPaths& own_paths) {
  return ContainerfilePlanning(context, access, wanted).run(own_paths);
}

}  // namespace pinnace::planning
