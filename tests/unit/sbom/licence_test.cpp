#include "sbom/licence.hpp"

#include <gtest/gtest.h>

namespace pinnace::sbom {
namespace {

using packages::PackageType;

TEST(LicenceExpression, Table) {
  struct Case {
    std::string text;
    std::optional<std::string> expected;
  };
  const std::string deep = std::string(17, '(') + "MIT" + std::string(17, ')');
  for (const Case& c : std::vector<Case>{
           {"MIT", "MIT"},
           {"mit", "MIT"},
           {"(MIT OR  Apache-2.0)", "(MIT OR Apache-2.0)"},
           {"GPL-2.0-only AND\n(BSD-3-Clause OR ISC)", "GPL-2.0-only AND (BSD-3-Clause OR ISC)"},
           {"Apache-2.0 WITH LLVM-exception", "Apache-2.0 WITH LLVM-exception"},
           {"GPL-2.0+", "GPL-2.0+"},
           {"MPL-1.1+", "MPL-1.1+"},
           {"Apache-2.0 WITH nothing", std::nullopt},
           {"Apache-2.0 WITH", std::nullopt},
           {"MIT and ISC", std::nullopt},
           {"MIT ISC", std::nullopt},
           {"MIT AND", std::nullopt},
           {"(MIT", std::nullopt},
           {"MIT)", std::nullopt},
           {"GPLv2+", std::nullopt},
           {"", std::nullopt},
           {deep, std::nullopt},
           {"MIT" + std::string(1000, ' '), std::nullopt}}) {
    EXPECT_EQ(licence_expression(c.text), c.expected) << c.text;
  }
}

TEST(LicenceOf, DebianHasNamesOfItsOwn) {
  EXPECT_EQ(licence_of(PackageType::deb, "GPL-2+"), (Licence{"GPL-2.0-or-later", ""}));
  EXPECT_EQ(licence_of(PackageType::deb, "Expat"), (Licence{"MIT", ""}));
  EXPECT_EQ(licence_of(PackageType::npm, "Expat"), (Licence{"LicenseRef-Expat", "Expat"}));
}

TEST(LicenceOf, WhatIsNotKnownIsReferredTo) {
  const Licence licence = licence_of(PackageType::rpm, "GPLv2+ and \"x\"\n\x1b");
  EXPECT_EQ(licence.expression.find_first_not_of(
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-"),
            std::string::npos);
  EXPECT_EQ(licence.extracted, "GPLv2+ and \"x\"\n\x1b");
  // Alike once their letters are replaced, and two licences all the same.
  EXPECT_NE(licence_of(PackageType::rpm, "a b").expression,
            licence_of(PackageType::rpm, "a_b").expression);
}

TEST(AllOf, AChoiceStaysOne) {
  EXPECT_EQ(all_of({}), "");
  EXPECT_EQ(all_of({{"MIT OR ISC", ""}}), "MIT OR ISC");
  EXPECT_EQ(all_of({{"MIT OR ISC", ""}, {"Zlib", ""}}), "(MIT OR ISC) AND Zlib");
}

}  // namespace
}  // namespace pinnace::sbom
