#include "plan/plan.hpp"

namespace pinnace::plan {

namespace {

std::string origin_of(const ContainerfilePlan& plan, const FromStage& from) {
  return "stage " + plan.stages[from.stage].name;
}
std::string origin_of(const ContainerfilePlan& plan, const FromImage& from) {
  const image::BaseImage& image = plan.images[from.image].image;
  return image.name + " " + image.manifest.digest.str();
}
std::string origin_of(const ContainerfilePlan&, const FromScratch&) {
  return "scratch";
}
std::string origin_of(const ContainerfilePlan&, const FromContext&) {
  return "context";
}

template <class Origin>
std::string describe(const ContainerfilePlan& plan, const Origin& origin) {
  return std::visit([&](const auto& from) { return origin_of(plan, from); }, origin);
}

std::string describe(const RunStep& run) {
  std::string text = "run";
  for (const std::string& argument : run.arguments) text += " " + argument;
  // Here-documents have lines.
  return text.substr(0, text.find('\n'));
}

std::string line_of(const ContainerfilePlan& plan, const Step& step) {
  std::string line = "  " + step.position.str() + ": ";
  if (const auto* directory = std::get_if<DirectoryStep>(&step.action))
    return line + "directory /" + directory->path + "\n";
  if (const auto* run = std::get_if<RunStep>(&step.action)) return line + describe(*run) + "\n";
  const auto& copy = std::get<CopyStep>(step.action);
  line += "copy from " + describe(plan, copy.origin) + ":";
  for (const CopyPattern& source : copy.sources)
    line += " /" + (source.below.empty() ? "" : source.below + "/./") + source.path;
  for (const source::RemoteSource& remote : copy.remotes) line += " " + source::describe(remote);
  for (const InlineFile& file : copy.files) line += " <<" + file.name;
  return line + " to /" + copy.destination + (copy.to_directory ? " (directory)" : "") + "\n";
}

}  // namespace

std::string ContainerfilePlan::print() const {
  std::string text = "platform " + platform.str() + "\n";
  for (const StagePlan& stage : stages) {
    text += "stage " + stage.name + " from " + describe(*this, stage.base) + "\n";
    for (const Step& step : stage.steps) text += line_of(*this, step);
  }
  return text;
}

}  // namespace pinnace::plan
