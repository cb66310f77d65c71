#include "inventory/owned_files.hpp"

#include <gtest/gtest.h>

namespace pinnace::inventory {
namespace {

/// Each of many packages of one name has the files of the same list.
TEST(OwnedFiles, ListsThatPackagesShareAreGivenWhileThereIsRoom) {
  auto list = std::make_shared<Document>();
  list->kind = DocumentKind::dpkg_list;
  list->files.assign(10, {std::string(100, 'f')});
  ImageTree tree;
  tree.put("var/lib/dpkg/info/a.list", {{}, list});
  const OwnedFiles::Aliases none;
  OwnedFiles owned(tree, none, 5000);
  for (int i = 0; i < 10; ++i) {
    packages::Package package{.type = packages::PackageType::deb, .name = "a"};
    owned.add_to(package, "var/lib/dpkg/status", DocumentKind::dpkg_status);
    EXPECT_EQ(package.files.size(), i < 3 ? 10U : 0U) << i;
    EXPECT_EQ(owned.is_spent(), i >= 3) << i;
  }
}

}  // namespace
}  // namespace pinnace::inventory
