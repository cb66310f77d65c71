#include "inventory/document.hpp"

#include <gtest/gtest.h>

namespace pinnace::inventory {
namespace {

using Kind = DocumentKind;

TEST(DocumentKinds, ByPath) {
  struct {
    const char* path;
    std::optional<Kind> kind;
  } const k_cases[] = {
      {"var/lib/dpkg/status", Kind::dpkg_status},
      {"var/lib/dpkg/status-old", {}},
      {"opt/var/lib/dpkg/status", {}},
      {"var/lib/dpkg/status.d/tzdata", Kind::dpkg_status},
      {"var/lib/dpkg/status.d/tzdata.md5sums", Kind::dpkg_md5sums},
      {"var/lib/dpkg/status.d/a/b", {}},
      {"var/lib/dpkg/updates/0001", Kind::dpkg_status},
      {"var/lib/dpkg/updates/tmp.i", {}},
      {"var/lib/dpkg/updates/", {}},
      {"var/lib/dpkg/info/libc6:amd64.list", Kind::dpkg_list},
      {"var/lib/dpkg/info/libc6:amd64.md5sums", Kind::dpkg_md5sums},
      {"var/lib/dpkg/info/.list", {}},
      {"lib/apk/db/installed", Kind::apk_installed},
      {"usr/lib/apk/db/installed", Kind::apk_installed},
      {"usr/lib/sysimage/rpm/rpmdb.sqlite", Kind::rpm_sqlite},
      {"var/lib/rpm/rpmdb.sqlite-wal", Kind::rpm_sqlite_log},
      {"var/lib/rpm/Packages", Kind::rpm_berkeley},
      {"var/lib/rpm/Packages.db", Kind::rpm_ndb},
      {"etc/os-release", Kind::os_release},
      {"usr/share/doc/a/copyright", Kind::debian_copyright},
      {"usr/share/doc/a/b/copyright", {}},
      {"usr/share/doc/copyright", {}},
      {"opt/app.jar", Kind::java_archive},
      {"opt/APP.JAR", Kind::java_archive},
      {"opt/app.War.Original", Kind::java_archive},
      {"opt/connector.rar", Kind::java_archive},
      {"jar", {}},
      {"var/lib/gems/3.1.0/specifications/rake-13.gemspec", Kind::gemspec},
      {"usr/lib/ruby/gems/3.1.0/specifications/default/a-1.gemspec", Kind::gemspec},
      {"usr/lib/ruby/gems/3.1.0/gems/a-1/a.gemspec", {}},
      {"usr/lib/python3/dist-packages/a-1.dist-info/METADATA", Kind::python_metadata},
      {"usr/lib/python3/dist-packages/a-1.dist-info/RECORD", Kind::python_record},
      {"usr/lib/python3/dist-packages/a-1.egg-info/PKG-INFO", Kind::python_metadata},
      {"usr/lib/python3/dist-packages/a-1.egg-info", Kind::python_metadata},
      {"x/a.egg/EGG-INFO/PKG-INFO", Kind::python_metadata},
      {"x/a-1.egg-info/installed-files.txt", Kind::python_files},
      {"x/METADATA", {}},
      {"node_modules/a/package.json", Kind::package_json},
      {"app/node_modules/a/package.json", Kind::package_json},
      {"app/node_modules/@s/a/package.json", Kind::package_json},
      {"app/node_modules/a/node_modules/@s/b/package.json", Kind::package_json},
      {"app/node_modules/.pnpm/a@1/node_modules/a/package.json", Kind::package_json},
      {"app/node_modules/test/node_modules/b/package.json", Kind::package_json},
      {"app/node_modules/@s/test/node_modules/b/package.json", Kind::package_json},
      {"app/test/node_modules/a/package.json", Kind::package_json},
      {"app/node_modules/a/vendor/node_modules/b/package.json", Kind::package_json},
      {"node_modules/a/dist/node_modules/@s/b/package.json", Kind::package_json},
      {"app/node_modules/a/test/node_modules/b/package.json", {}},
      {"node_modules/a/test/node_modules/b/package.json", {}},
      {"node_modules/a/test/x/node_modules/b/node_modules/c/package.json", {}},
      {"app/node_modules/a/lib/package.json", {}},
      {"app/package.json", {}},
      {"package.json", {}},
      {"node_modules/package.json", {}},
  };
  for (const auto& one : k_cases) EXPECT_EQ(kind_by_path(one.path), one.kind) << one.path;
}

TEST(DocumentKinds, ByContent) {
  EXPECT_EQ(kind_by_content(base::as_bytes("\x7f"
                                           "ELF\2\1")),
            Kind::elf);
  EXPECT_EQ(kind_by_content(base::as_bytes("\x7f"
                                           "EL")),
            std::nullopt);
  EXPECT_EQ(kind_by_content({}), std::nullopt);
}

}  // namespace
}  // namespace pinnace::inventory
