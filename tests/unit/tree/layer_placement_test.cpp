#include "tree/layer_placement.hpp"

#include <gtest/gtest.h>

#include <map>

#include "base/error.hpp"
#include "tree/file_tree.hpp"

namespace pinnace::tree {
namespace {

/// Knows how often it was asked for names.
class CountingTree final : public PlacedTree {
 public:
  std::optional<Place> look(const std::string& path) const override {
    const auto place = m_places.find(path);
    return place == m_places.end() ? std::nullopt : std::optional<Place>({place->second, ""});
  }
  std::vector<std::string> names(const std::string& directory) const override {
    ++asked;
    std::vector<std::string> found;
    for (const auto& [path, type] : m_places) {
      if (path != directory && parent_path(path) == directory) found.emplace_back(base_name(path));
    }
    return found;
  }
  void remove(const std::string& path) override {
    std::erase_if(m_places, [&](const auto& one) {
      return one.first == path || one.first.starts_with(path + "/");
    });
  }
  void make_parent(const std::string& path) override {
    m_places[path] = archive::EntryType::directory;
  }
  void put(LayerPlacement& placement, const std::string& path) {
    archive::TarEntry entry;
    entry.path = path;
    if (const auto to = placement.place(entry)) m_places[*to] = entry.type;
  }
  bool has(const std::string& path) const { return m_places.contains(path); }

  mutable int asked = 0;

 private:
  std::map<std::string, archive::EntryType> m_places;
};

TEST(LayerPlacement, WhatIsClearedOnceIsNotLookedThroughAgain) {
  CountingTree tree;
  LayerPlacement below(tree);
  for (const char* path : {"d/e/lower", "d/lower", "f/lower"}) tree.put(below, path);
  LayerPlacement placement(tree);
  for (const char* path : {"d/own", "d/e/own", "f/own"}) tree.put(placement, path);
  for (int i = 0; i < 100; ++i) {
    for (const char* path : {"d/e/.wh..wh..opq", "d/.wh..wh..opq", "d/.wh.e", ".wh.f"})
      tree.put(placement, path);
  }
  EXPECT_EQ(tree.asked, 3);
  for (const char* path : {"d/own", "d/e/own", "f/own"}) EXPECT_TRUE(tree.has(path)) << path;
  for (const char* path : {"d/lower", "d/e/lower", "f/lower"}) EXPECT_FALSE(tree.has(path)) << path;
}

TEST(LayerPlacement, AParentIsClearedWithAllBelow) {
  CountingTree tree;
  LayerPlacement below(tree);
  for (const char* path : {"d/e/lower", "d/g/lower", "d/g/h/lower"}) tree.put(below, path);
  LayerPlacement placement(tree);
  for (const char* path : {"d/g/h/own", "d/e/.wh..wh..opq", "d/.wh..wh..opq", "d/g/.wh..wh..opq"})
    tree.put(placement, path);
  EXPECT_TRUE(tree.has("d/g/h/own"));
  for (const char* path : {"d/e", "d/g/lower", "d/g/h/lower"}) EXPECT_FALSE(tree.has(path)) << path;
}

TEST(ResolveLinks, AWayThatIsTooLongIsAnError) {
  std::string around;
  for (int i = 0; i < 1000; ++i) around += "x/../";
  int links = 0;
  const auto chain = [&](const std::string& at) -> std::optional<std::string> {
    if (!at.starts_with("l")) return std::nullopt;
    return ++links == 30 ? "end" : around + "l" + std::to_string(links);
  };
  EXPECT_THROW(resolve_links(chain, "l", true), base::Error);
  EXPECT_LT(links, 10);
  around = "x/../";
  links = 0;
  EXPECT_EQ(resolve_links(chain, "l", true), "end");
}

}  // namespace
}  // namespace pinnace::tree
