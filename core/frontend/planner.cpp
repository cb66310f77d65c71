#include "frontend/planner.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "base/suggest.hpp"
#include "frontend/stage.hpp"

namespace pinnace::frontend {

using namespace containerfile;
using base::Error;
using base::ErrorCode;

namespace {

std::size_t find_target(const Containerfile& file, const std::optional<std::string>& target) {
  if (!target) return file.stages.size() - 1;
  if (const auto found = file.find_stage(*target, file.stages.size())) return *found;
  std::vector<std::string_view> names;
  for (const Stage& stage : file.stages) {
    if (!stage.from.name.empty()) names.push_back(stage.from.name);
  }
  throw Error(ErrorCode::invalid_input, file.file + ": there is no stage " + base::quote(*target) +
                                            base::suggestion(*target, names));
}

/// Who made a base has no say over the files of this machine, or over what it is promoted.
void check_trigger_origin(const NamedImage& image) {
  if (!std::holds_alternative<oci::Reference>(image.name))
    text::fail_at(image.position,
                  "--from=" + image.text +
                      ": a trigger of the base can't copy from a layout of this machine");
}

/// What a stage starts from or copies from, as it is written: a stage, or an image.
struct Origin {
  std::string name;
  Position position;
};

/// What the text alone says of a file: which stage needs which, and which images it names.
class Graph {
 public:
  Graph(const Containerfile& file, const std::map<std::string, std::string>& arguments,
        const oci::Platform& build, const oci::Platform& target)
      : m_file(file), m_scope(file, arguments, build, target) {}

  GlobalScope& scope() noexcept { return m_scope; }
  std::string base_name(std::size_t stage);
  /// The stages that `target` needs, itself too.
  std::set<std::size_t> needed(std::size_t target);
  /// The images of one stage: its base and those that it copies from.
  std::vector<NamedImage> images(std::size_t stage);

 private:
  std::vector<Origin> origins(std::size_t stage);

  const Containerfile& m_file;
  GlobalScope m_scope;
};

std::string Graph::base_name(std::size_t stage) {
  const Stage& from = m_file.stages[stage];
  std::string name = m_scope.expand(from.from.image, from.instruction.position);
  if (name.empty())
    text::fail_at(from.instruction.position,
                  "FROM " + from.from.image + ": no image is left when its variables are expanded");
  return name;
}

std::vector<Origin> Graph::origins(std::size_t stage) {
  std::vector<Origin> names = {{base_name(stage), m_file.stages[stage].instruction.position}};
  for (const Instruction& instruction : m_file.stages[stage].instructions) {
    const Copy* copy = std::get_if<Copy>(&instruction.command);
    if (copy != nullptr && copy->from) names.push_back({*copy->from, instruction.position});
    const Run* run = std::get_if<Run>(&instruction.command);
    if (run == nullptr) continue;
    for (const Mount& mount : run->mounts) {
      const auto from = mount.options.find("from");
      if (from != mount.options.end()) names.push_back({from->second, mount.position});
    }
  }
  return names;
}

std::set<std::size_t> Graph::needed(std::size_t target) {
  std::set<std::size_t> found = {target};
  // A stage needs earlier ones only: one pass from the last to the first finds all.
  for (std::size_t stage = target + 1; stage-- > 0;) {
    if (!found.contains(stage)) continue;
    for (const Origin& origin : origins(stage)) {
      if (const auto other = m_file.find_stage(origin.name, stage)) found.insert(*other);
    }
  }
  return found;
}

std::vector<NamedImage> Graph::images(std::size_t stage) {
  std::vector<NamedImage> found;
  for (Origin& origin : origins(stage)) {
    if (origin.name != "scratch" && !m_file.find_stage(origin.name, stage))
      found.push_back(NamedImage::parse(std::move(origin.name), std::move(origin.position)));
  }
  return found;
}

/// What a stage has from the one that it is built on.
std::size_t size_of(const oci::Config& config, const Arguments& arguments) {
  std::size_t size = config.to_bytes().size();
  for (const auto& [name, value] : arguments) size += sizeof(std::string) + value.size();
  return size;
}

/// Plans the stages that a target needs.
class Planner {
 public:
  Planner(const Containerfile& file, const ContainerfileRequest& request, const LoadImage& load)
      : m_file(file),
        m_request(request),
        m_load(load),
        m_graph(file, request.arguments, request.build_platform, request.platform) {}

  plan::Plan run();

 private:
  struct Planned {
    std::size_t stage;
    Arguments arguments;
  };
  const Planned& plan_stage(std::size_t number);
  void start_stage(std::size_t number, plan::StagePlan& stage, Arguments& arguments);
  enum class Author { file, base };  ///< of an instruction: one of the base is a trigger
  std::size_t load_image(const NamedImage& image, const oci::Platform& platform);
  std::variant<plan::FromContext, plan::FromStage, plan::FromImage> find_origin(
      std::size_t number, const std::string& name, const Position& position, Author author);
  oci::Platform platform_of(const Stage& stage);

  const Containerfile& m_file;
  const ContainerfileRequest& m_request;
  const LoadImage& m_load;
  Graph m_graph;
  plan::Plan m_plan;
  std::map<std::size_t, Planned> m_planned;
  std::map<std::pair<std::string, std::string>, std::size_t> m_images;
};

oci::Platform Planner::platform_of(const Stage& stage) {
  if (!stage.from.platform) return m_request.platform;
  const Position& position = stage.instruction.position;
  const std::string text = m_graph.scope().expand(*stage.from.platform, position);
  return base::with_context([&] { return position.str(); },
                            [&] { return oci::Platform::parse(text); });
}

std::size_t Planner::load_image(const NamedImage& image, const oci::Platform& platform) {
  const auto key = std::make_pair(image.text, platform.str());
  const auto known = m_images.find(key);
  if (known != m_images.end()) return known->second;
  m_plan.images.push_back(m_load(image, platform));
  return m_images[key] = m_plan.images.size() - 1;
}

std::variant<plan::FromContext, plan::FromStage, plan::FromImage> Planner::find_origin(
    std::size_t number, const std::string& name, const Position& position, Author author) {
  if (name.find('$') != std::string::npos)
    text::fail_at(position, "--from=" + name +
                                ": variables are not expanded here; give a stage a "
                                "name by FROM, which expands them");
  if (const auto stage = m_file.find_stage(name, number))
    return plan::FromStage{plan_stage(*stage).stage};
  const bool number_or_later = m_file.find_stage(name, m_file.stages.size()).has_value() ||
                               name.find_first_not_of("0123456789") == std::string::npos;
  if (number_or_later)
    text::fail_at(position, "--from=" + name + ": there is no such stage above this one");
  if (name == "scratch") text::fail_at(position, "--from=scratch: there is nothing to copy");
  const NamedImage image = NamedImage::parse(name, position);
  if (author == Author::base) check_trigger_origin(image);
  return plan::FromImage{load_image(image, m_request.platform)};
}

void Planner::start_stage(std::size_t number, plan::StagePlan& stage, Arguments& arguments) {
  const Stage& from = m_file.stages[number];
  const std::string name = m_graph.base_name(number);
  if (const auto other = m_file.find_stage(name, number)) {
    const Planned& planned = plan_stage(*other);
    stage.base = plan::FromStage{planned.stage};
    stage.config = m_plan.stages[planned.stage].config;
    arguments = planned.arguments;
  } else if (name == "scratch") {
    stage.base = plan::FromScratch{};
    stage.config = oci::Config(platform_of(from));
    oci::Execution execution;
    execution.directory = "/";
    execution.environment.emplace().set("PATH", oci::k_default_path);
    stage.config.set_execution(execution);
  } else {
    const std::size_t image =
        load_image(NamedImage::parse(name, from.instruction.position), platform_of(from));
    stage.base = plan::FromImage{image};
    stage.config = m_plan.images[image].contents.config;
    base::with_context([&] { return from.instruction.position.str() + ": " + name; },
                       [&] {
                         oci::Execution execution = stage.config.execution();
                         execution.normalize();
                         stage.config.set_execution(execution);
                       });
  }
}

const Planner::Planned& Planner::plan_stage(std::size_t number) {
  if (const auto known = m_planned.find(number); known != m_planned.end()) return known->second;
  const Stage& written = m_file.stages[number];
  plan::StagePlan stage{written.from.name.empty() ? std::to_string(number) : written.from.name,
                        plan::FromScratch{},
                        {},
                        {},
                        oci::Config(m_request.platform)};
  Arguments arguments;
  start_stage(number, stage, arguments);
  base::with_context([&] { return written.instruction.position.str(); },
                     [&] { m_graph.scope().hold(size_of(stage.config, arguments)); });
  Author author = Author::base;
  StagePlanner planner(stage, m_graph.scope(), std::move(arguments), m_file.escape,
                       [&](const std::string& name, const Position& position) {
                         return find_origin(number, name, position, author);
                       });
  for (const std::string& trigger : planner.take_triggers()) {
    const std::string origin = written.instruction.position.str() + ": ONBUILD of its base";
    planner.add(parse_trigger(trigger, origin));
  }
  author = Author::file;
  for (const Instruction& instruction : written.instructions) planner.add(instruction);
  stage.config.set_execution(planner.execution());
  for (Finding& finding : planner.take_findings()) m_plan.findings.push_back(std::move(finding));
  m_plan.stages.push_back(std::move(stage));
  return m_planned[number] = {m_plan.stages.size() - 1, planner.arguments()};
}

plan::Plan Planner::run() {
  m_plan.platform = m_request.platform;
  const std::size_t target = find_target(m_file, m_request.target);
  // Earlier ones first: what a stage needs is planned when its turn comes. The target is the last.
  for (const std::size_t stage : m_graph.needed(target)) plan_stage(stage);
  oci::Config& config = m_plan.stages.back().config;
  nlohmann::json& history = config.json()["history"];
  if (!history.is_array()) history = nlohmann::json::array();
  if (!m_request.labels.empty()) {
    oci::Execution execution = config.execution();
    for (const auto& [name, value] : m_request.labels) oci::made(execution.labels)[name] = value;
    config.set_execution(execution);
  }
  m_plan.unused_arguments = m_graph.scope().unused();
  return std::move(m_plan);
}

}  // namespace

plan::Plan plan_containerfile(const Containerfile& file, const ContainerfileRequest& request,
                              const LoadImage& load) {
  return Planner(file, request, load).run();
}

void check_target(const Containerfile& file, const ContainerfileRequest& request) {
  (void)find_target(file, request.target);
}

std::vector<NamedImage> images_of(const Containerfile& file,
                                  const std::map<std::string, std::string>& arguments,
                                  const oci::Platform& platform) {
  Graph graph(file, arguments, platform, platform);
  std::vector<NamedImage> found;
  std::set<std::string> names;
  for (std::size_t stage = 0; stage < file.stages.size(); ++stage) {
    for (NamedImage& image : graph.images(stage)) {
      if (names.insert(image.text).second) found.push_back(std::move(image));
    }
  }
  return found;
}

std::optional<NamedImage> base_of_target(const Containerfile& file,
                                         const ContainerfileRequest& request) {
  Graph graph(file, request.arguments, request.build_platform, request.platform);
  std::size_t stage = find_target(file, request.target);
  for (;;) {
    std::string name = graph.base_name(stage);
    if (name == "scratch") return std::nullopt;
    const auto other = file.find_stage(name, stage);
    if (!other) return NamedImage::parse(std::move(name), file.stages[stage].instruction.position);
    stage = *other;
  }
}

}  // namespace pinnace::frontend
