#include "stages/graph.hpp"

#include "steps/owner.hpp"

namespace pinnace::stages {

StepGraph make_step_graph(const plan::Plan& plan) {
  StepGraph graph;
  std::vector<std::size_t> last_of;  // each stage's last node
  for (std::size_t stage = 0; stage < plan.stages.size(); ++stage) {
    const plan::StagePlan& planned = plan.stages[stage];
    graph.nodes.push_back({stage, {}});
    graph.dependencies.emplace_back();
    if (const auto* from = std::get_if<plan::FromStage>(&planned.base))
      graph.dependencies.back().push_back(last_of[from->stage]);
    for (std::size_t step = 0; step < planned.steps.size(); ++step) {
      std::vector<std::size_t> after = {graph.nodes.size() - 1};
      for (const std::size_t other : stages_read_by(planned.steps[step]))
        after.push_back(last_of[other]);
      graph.nodes.push_back({stage, step});
      graph.dependencies.push_back(std::move(after));
    }
    last_of.push_back(graph.nodes.size() - 1);
  }
  return graph;
}

std::vector<std::size_t> stages_read_by(const plan::Step& step) {
  if (const auto* run = std::get_if<plan::RunStep>(&step.action)) {
    std::vector<std::size_t> stages;
    for (const plan::RunMount& mount : run->mounts) {
      if (const auto* from = std::get_if<plan::FromStage>(&mount.origin))
        stages.push_back(from->stage);
    }
    return stages;
  }
  const auto* copy = std::get_if<plan::CopyStep>(&step.action);
  if (copy == nullptr) return {};
  const auto* from = std::get_if<plan::FromStage>(&copy->origin);
  return from == nullptr ? std::vector<std::size_t>{} : std::vector<std::size_t>{from->stage};
}

Needs find_needs(const plan::Plan& plan) {
  Needs needs;
  needs.written.insert(plan.stages.size() - 1);
  for (std::size_t stage = 0; stage < plan.stages.size(); ++stage) {
    for (const plan::Step& step : plan.stages[stage].steps) {
      if (!std::holds_alternative<plan::TreeStep>(step.action)) needs.looked_at.insert(stage);
      if (std::holds_alternative<plan::RunStep>(step.action)) {
        needs.rooted.insert(stage);
        for (const std::size_t other : stages_read_by(step)) needs.rooted.insert(other);
      }
      const auto* directory = std::get_if<plan::DirectoryStep>(&step.action);
      if (directory != nullptr && steps::has_names(directory->owner)) needs.complete.insert(stage);
      const auto* copy = std::get_if<plan::CopyStep>(&step.action);
      if (copy == nullptr) continue;
      if (const auto* from = std::get_if<plan::FromStage>(&copy->origin))
        needs.complete.insert(from->stage);
      if (steps::has_names(copy->owner)) needs.complete.insert(stage);
    }
  }
  // A stage comes after the one that it is built on: one pass backwards reaches all of them.
  for (std::size_t stage = plan.stages.size(); stage-- > 0;) {
    const auto* from = std::get_if<plan::FromStage>(&plan.stages[stage].base);
    if (from == nullptr) continue;
    if (needs.written.contains(stage)) needs.written.insert(from->stage);
    if (needs.complete.contains(stage)) needs.complete.insert(from->stage);
    if (needs.rooted.contains(stage)) needs.rooted.insert(from->stage);
    if (needs.looked_at.contains(stage)) needs.looked_at.insert(from->stage);
  }
  return needs;
}

}  // namespace pinnace::stages
