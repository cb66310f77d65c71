#include "stages/graph.hpp"

#include <gtest/gtest.h>

#include "frontend/planner.hpp"

namespace pinnace::stages {
namespace {

plan::Plan plan(std::string_view text, const std::optional<std::string>& target = {}) {
  frontend::ContainerfileRequest request;
  request.platform = oci::Platform::parse("linux/amd64");
  request.target = target;
  return frontend::plan_containerfile(containerfile::parse_containerfile(text, "f"), request, {});
}

constexpr const char* k_text =
    "FROM scratch AS a\nCOPY x /a\nFROM scratch AS b\nCOPY x /b\nCOPY y /c\n"
    "FROM scratch AS unused\nCOPY z /\n"
    "FROM b AS c\nCOPY --from=a /a /d\nCOPY --from=b /b /e\n";

TEST(StepGraphTest, OnlyWhatTheTargetNeedsIsInIt) {
  const StepGraph graph = make_step_graph(plan(k_text));
  EXPECT_EQ(graph.nodes.size(), 3U + 5U) << "starts and steps of a, b and c";
  EXPECT_EQ(make_step_graph(plan(k_text, "a")).nodes.size(), 2U);
}

TEST(StepGraphTest, StagesWaitOnlyForWhatTheyRead) {
  const StepGraph graph = make_step_graph(plan(k_text));
  const std::vector<std::vector<std::size_t>> expected = {
      {},      // 0: a starts
      {0},     // 1: COPY x /a
      {},      // 2: b starts, whatever a does
      {2},     // 3: COPY x /b
      {3},     // 4: COPY y /c
      {4},     // 5: c starts where b ends
      {5, 1},  // 6: COPY --from=a
      {6, 4},  // 7: COPY --from=b
  };
  EXPECT_EQ(graph.dependencies, expected);
}

TEST(StepGraphTest, NeedsAreThoseOfTheTarget) {
  const Needs needs = find_needs(plan(k_text));
  EXPECT_EQ(needs.written, (std::set<std::size_t>{1, 2}));
  EXPECT_EQ(needs.complete, (std::set<std::size_t>{0, 1}));
}

}  // namespace
}  // namespace pinnace::stages
