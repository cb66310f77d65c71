#pragma once

#include <utility>

#include "output/targets.hpp"
#include "plan/plan.hpp"

namespace pinnace::stages {

/// An error of a step gets its place; one of where the image goes to is not the step's.
template <class Action>
void at_step(const plan::Step& step, Action&& action) {
  try {
    std::forward<Action>(action)();
  } catch (const output::TargetFailed&) {
    throw;
  } catch (const store::LostUpload&) {
    throw;
  } catch (base::Error& error) {
    if (!step.position.file.empty()) error.add_context(step.position.str());
    throw;
  }
}

}  // namespace pinnace::stages
