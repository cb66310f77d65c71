#include <algorithm>

#include "plan/plan.hpp"

namespace pinnace::plan {

namespace {

std::string origin_of(const Plan& plan, const FromStage& from) {
  return "stage " + plan.stages[from.stage].name;
}
std::string origin_of(const Plan& plan, const FromImage& from) {
  const image::BaseImage& image = plan.images[from.image].image;
  return image.name + " " + image.manifest.digest.str();
}
std::string origin_of(const Plan&, const FromScratch&) {
  return "scratch";
}
std::string origin_of(const Plan&, const FromContext&) {
  return "context";
}

template <class Origin>
std::string describe(const Plan& plan, const Origin& origin) {
  return std::visit([&](const auto& from) { return origin_of(plan, from); }, origin);
}

std::string describe(const RunStep& run) {
  std::string text = "run";
  for (const std::string& argument : run.arguments) text += " " + argument;
  // Here-documents have lines.
  return text.substr(0, text.find('\n'));
}

std::string line_of(const Plan& plan, const Step& step) {
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

std::string print(const Plan& plan) {
  std::string text = "platform " + plan.platform.str() + "\n";
  for (const StagePlan& stage : plan.stages) {
    text += stage.name.empty() ? "  " : "stage " + stage.name + " ";
    text += "from " + describe(plan, stage.base) + "\n";
    for (const Step& step : stage.steps) {
      if (!std::holds_alternative<TreeStep>(step.action)) text += line_of(plan, step);
    }
  }
  return text;
}

std::string octal(std::uint32_t mode) {
  std::string digits;
  for (int shift = 9; shift >= 0; shift -= 3)
    digits += static_cast<char>('0' + ((mode >> shift) & 7U));
  return digits;
}

std::string line_of(const tree::TreeEntry& entry) {
  const archive::TarEntry& header = entry.header;
  std::string line = "  " + octal(header.mode) + " " + std::to_string(header.uid) + ":" +
                     std::to_string(header.gid) + " /" + header.path;
  if (header.type == archive::EntryType::directory) line += "/";
  if (!header.link_target.empty()) line += " -> " + header.link_target;
  if (header.type == archive::EntryType::file)
    line += " (" + std::to_string(header.size) + " bytes)";
  return line + "\n";
}

/// The trees of all platforms, each once.
std::vector<const tree::FileTree*> trees_of(const std::vector<Plan>& plans) {
  std::vector<const tree::FileTree*> trees;
  for (const Plan& plan : plans) {
    for (const StagePlan& stage : plan.stages) {
      for (const Step& step : stage.steps) {
        const auto* tree = std::get_if<TreeStep>(&step.action);
        if (tree == nullptr) continue;
        if (std::find(trees.begin(), trees.end(), tree->files.get()) == trees.end())
          trees.push_back(tree->files.get());
      }
    }
  }
  return trees;
}

}  // namespace

bool has_only_trees(const Plan& plan) {
  return std::all_of(plan.stages.begin(), plan.stages.end(), [](const StagePlan& stage) {
    return std::all_of(stage.steps.begin(), stage.steps.end(), [](const Step& step) {
      return std::holds_alternative<TreeStep>(step.action);
    });
  });
}

std::string print(const std::vector<Plan>& plans, const std::string& encoder, std::int64_t epoch) {
  std::string text;
  for (const Plan& plan : plans) text += print(plan);
  for (const tree::FileTree* tree : trees_of(plans)) {
    text += "layer, " + encoder + ", times " + std::to_string(epoch) + "\n";
    for (const tree::TreeEntry& entry : tree->entries()) text += line_of(entry);
  }
  return text;
}

}  // namespace pinnace::plan
