#include "sides/inventories.hpp"

#include <gtest/gtest.h>

#include "support/temporary_directory.hpp"
#include "unit/inventory/layers.hpp"

namespace pinnace::sides {
namespace {

using inventory::Sample;
using Samples = std::vector<Sample>;

class InventoriesTest : public testing::Test {
 protected:
  /// Whether the layer below that both have was needed.
  bool needs_base(const Samples& from, const Samples& to) {
    const tree::StoredLayer base = store().add({{"etc/base", "x"}});
    const std::size_t shared = 1;
    const StoredImage left{m_store, {base, store().add(from)}};
    const StoredImage right{m_store, {base, store().add(to)}};
    m_found = read_inventories(m_context, left, right, shared,
                               inventory::LayerMemory(m_directory.path() / "memory"));
    return m_found.to.files.contains("etc/base");
  }
  inventory::CountingStore& store() { return *m_store; }

  test_support::TemporaryDirectory m_directory;
  base::Context m_context{.scratch = m_directory.path()};
  std::shared_ptr<inventory::CountingStore> m_store = std::make_shared<inventory::CountingStore>();
  Inventories m_found;
};

TEST_F(InventoriesTest, TheSamePathsDependOnNothingBelow) {
  EXPECT_FALSE(needs_base({{"opt/a", "1"}}, {{"opt/a", "2"}}));
  EXPECT_EQ(m_found.to.files.at("opt/a").layer, 1U);
  EXPECT_FALSE(needs_base({{"node_modules/x/package.json", R"({"name":"x","version":"1"})"}},
                          {{"node_modules/x/package.json", R"({"name":"x","version":"2"})"}}));
  EXPECT_EQ(m_found.to.packages.at(0).layer, 1U);
}

TEST_F(InventoriesTest, WhatAddsDeletesOrTellsOfTheSystemNeedsWhatIsBelow) {
  EXPECT_TRUE(needs_base({{"opt/a", "1"}}, {{"opt/a", "1"}, {"opt/b", "1"}}));
  EXPECT_TRUE(needs_base({{"opt/.wh.a", ""}}, {{"opt/.wh.a", ""}}));
  EXPECT_TRUE(needs_base({{"opt/.wh..wh..opq", ""}}, {{"opt/.wh..wh..opq", ""}}));
  EXPECT_TRUE(needs_base({{"etc", ""}}, {{"etc/"}}));
  EXPECT_TRUE(needs_base({{"opt/a = etc/base"}}, {{"opt/a = etc/base"}, {"x", ""}}));
  EXPECT_TRUE(needs_base({{"var/lib/dpkg/status", "Package: a\nVersion: 1\n"}},
                         {{"var/lib/dpkg/status", "Package: a\nVersion: 2\n"}}));
}

TEST_F(InventoriesTest, TheSameLayersAreNotRead) {
  const tree::StoredLayer layer = store().add({{"a", "1"}});
  const StoredImage nowhere{nullptr, {layer}};
  const Inventories found = read_inventories(m_context, nowhere, nowhere, 1,
                                             inventory::LayerMemory(m_directory.path() / "memory"));
  EXPECT_TRUE(found.to.files.empty());
}

}  // namespace
}  // namespace pinnace::sides
