#include "declared/plan.hpp"

#include "declared/image_config.hpp"

namespace pinnace::declared {

plan::Plan plan_definition(const definition::Definition& definition, const oci::Platform& platform,
                           std::optional<image::ImageInput> base,
                           const std::shared_ptr<tree::FileTree>& artifacts) {
  plan::StagePlan stage{
      {}, plan::FromScratch{}, {}, {}, base ? base->contents.config : oci::Config(platform)};
  apply_config(definition.config, stage.config);
  if (!artifacts->empty()) {
    const std::string file = definition.file.string();
    stage.history.push_back({"pinnace build", 0});
    stage.steps.push_back({"artifacts", {file}, plan::TreeStep{artifacts}});
  }
  plan::Plan plan;
  plan.platform = platform;
  if (base) {
    stage.base = plan::FromImage{0};
    plan.images.push_back(*std::move(base));
  }
  plan.stages.push_back(std::move(stage));
  plan.annotations = definition.annotations;
  return plan;
}

}  // namespace pinnace::declared
