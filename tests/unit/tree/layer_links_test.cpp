#include <gtest/gtest.h>

#include "base/error.hpp"
#include "tree/layer_placement.hpp"

namespace pinnace::tree {
namespace {

using archive::EntryType;

/// Has two long links that lead to its root, and nothing else.
class TwoLinks final : public PlacedTree {
 public:
  std::optional<Place> look(const std::string& path) const override {
    if (path != "a" && path != "b") return std::nullopt;
    std::string target;
    while (target.size() < 16'000) target += std::string(150, 'x') + "/../";
    return Place{EntryType::symlink, target};
  }
  std::vector<std::string> names(const std::string&) const override { return {}; }
  void remove(const std::string&) override {}
  void make_parent(const std::string&) override {}
};

/// Each path may be one that is fine: two million together would take hours.
TEST(LayerLinks, OfAllPathsAreBounded) {
  TwoLinks tree;
  LayerPlacement placement(tree);
  const auto place = [&](std::size_t number) {
    archive::TarEntry entry;
    entry.path = (number % 2 == 0 ? "a/" : "b/") + std::to_string(number);
    (void)placement.place(entry);
  };
  for (std::size_t i = 0; i < 400; ++i) place(i);
  EXPECT_THROW(
      {
        for (std::size_t i = 0; i < 400; ++i) place(i);
      },
      base::Error);
}

}  // namespace
}  // namespace pinnace::tree
