#include "containerfile/lint.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::containerfile {
namespace {

/// "line:rule" of each finding.
std::vector<std::string> rules(std::string_view text) {
  std::vector<std::string> found;
  for (const Finding& finding : lint(parse_containerfile(text, "f")))
    found.push_back(std::to_string(finding.position.line) + ":" + finding.rule);
  return found;
}

using Rules = std::vector<std::string>;

TEST(Lint, FindsWhatTheReferenceNames) {
  struct Case {
    std::string text;
    Rules rules;
  };
  const std::vector<Case> cases = {
      {"FROM a AS b\nCOPY . .\nCMD [\"x\"]\n", {}},
      {"FROM a\ncopy a b\n", {"2:ConsistentInstructionCasing"}},
      {"from a as b\ncopy a b\nRun x\n", {"3:ConsistentInstructionCasing"}},
      {"FROM a as b\n", {"1:FromAsCasing"}},
      {"FROM a AS B\n", {"1:StageNameCasing"}},
      {"FROM a AS b\nFROM a AS b\n", {"2:DuplicateStageName"}},
      {"FROM a AS scratch\n", {"1:ReservedStageName"}},
      {"FROM a\nCMD x\n", {"2:JSONArgsRecommended"}},
      {"FROM a\nSHELL [\"x\"]\nENTRYPOINT x\n", {}},
      {"FROM a\nMAINTAINER x\n", {"2:MaintainerDeprecated"}},
      {"FROM a\nENV a b\n", {"2:LegacyKeyValueFormat"}},
      {"FROM a\nENV a=b \\\n\n c=d\n", {"2:NoEmptyContinuation"}},
      {"FROM a\nCMD [\"x\"]\nCMD [\"y\"]\n", {"2:MultipleInstructionsDisallowed"}},
      {"FROM a\nCMD [\"x\"]\nFROM a\nCMD [\"y\"]\n", {}},
      {"FROM a\nWORKDIR x\n", {"2:WorkdirRelativePath"}},
      {"FROM a\nWORKDIR /x\nWORKDIR y\n", {}},
      {"FROM a\nARG DB_PASSWORD\nENV TOKEN=1 PUBLIC_KEY=2 KEYBOARD=3\n",
       {"2:SecretsUsedInArgOrEnv", "3:SecretsUsedInArgOrEnv"}},
      {"FROM a\nEXPOSE 1:2 80/TCP $P\n", {"2:ExposeInvalidFormat", "2:ExposeProtoCasing"}},
      {"FROM --platform=$TARGETPLATFORM a\n", {"1:RedundantTargetPlatform"}},
      {"FROM --platform=linux/amd64 a\n", {"1:FromPlatformFlagConstDisallowed"}},
      {"FROM --platform=linux/amd64 a AS base-amd64\n", {}},
      {"FROM --platform=$BUILDPLATFORM a\n", {}},
      {"FROM a:$TAG\n", {"1:UndefinedArgInFrom", "1:InvalidDefaultArgInFrom"}},
      {"ARG TAG\nFROM a:$TAG\n", {"2:InvalidDefaultArgInFrom"}},
      {"ARG TAG=1\nFROM a:$TAG\nFROM b-$TARGETARCH\n", {}},
  };
  for (const Case& c : cases) EXPECT_EQ(rules(c.text), c.rules) << c.text;
}

TEST(Lint, TheCheckDirectiveSettlesWhatCounts) {
  EXPECT_EQ(rules("# check=skip=JSONArgsRecommended\nFROM a\nCMD x\nMAINTAINER y\n"),
            Rules{"4:MaintainerDeprecated"});
  EXPECT_EQ(rules("# check=skip=all\nFROM a\nCMD x\n"), Rules{});
  EXPECT_TRUE(CheckSettings(parse_containerfile("# check=error=true\nFROM a", "f")).is_error());
  EXPECT_FALSE(CheckSettings(parse_containerfile("FROM a", "f")).is_error());
  EXPECT_THROW(CheckSettings(parse_containerfile("# check=skp=all\nFROM a", "f")), base::Error);
}

TEST(Lint, DescriptionsAreLookedAtWhereTheFileAsksForIt) {
  const std::string text =
      "# unrelated\nARG A\n# B what it is\nARG B\n# far\n\nARG C\n# x\nFROM a AS b\n# c\nFROM c\n";
  EXPECT_EQ(rules(text), Rules{});
  for (const std::string rule : {"InvalidDefinitionDescription", "all"}) {
    EXPECT_EQ(rules("# check=experimental=" + rule + "\n" + text),
              (Rules{"3:InvalidDefinitionDescription", "10:InvalidDefinitionDescription"}));
  }
}

TEST(Lint, SourcesThatTheIgnoreFileLeavesOut) {
  const text::Ignore ignore = text::Ignore::parse("*.log\nbuild\nkept\n!kept/x\n", ".dockerignore");
  const auto lines = [&](std::string_view text) {
    std::vector<int> found;
    for (const Finding& finding : lint_ignored(parse_containerfile(text, "f"), ignore)) {
      EXPECT_EQ(finding.rule, "CopyIgnoredFile");
      found.push_back(finding.position.line);
    }
    return found;
  };
  EXPECT_EQ(lines("FROM a\nCOPY a.log ./build/x /\nADD b.log /\nCOPY c kept . /\n"),
            (std::vector<int>{2, 2, 3}));
  EXPECT_EQ(lines("FROM a\nCOPY --from=x a.log /\nADD https://h/a.log /\nCOPY $X.log /\n"),
            std::vector<int>{});
  EXPECT_EQ(lines("# check=skip=CopyIgnoredFile\nFROM a\nCOPY a.log /\n"), std::vector<int>{});
}

TEST(Lint, AnotherLanguageIsRefused) {
  for (const std::string syntax :
       {"docker/dockerfile:1", "docker.io/docker/dockerfile-upstream:master", "mirror.x/dockerfile",
        "docker/dockerfile:1@sha256:00"})
    EXPECT_NO_THROW(parse_containerfile("# syntax=" + syntax + "\nFROM a", "f")) << syntax;
  try {
    parse_containerfile("# syntax=example/mockerfile:1\nFROM a", "f");
    ADD_FAILURE();
  } catch (const base::Error& error) {
    EXPECT_STREQ(error.what(),
                 "f:1:1: syntax=example/mockerfile:1 is another language, expected "
                 "docker/dockerfile or a copy of it");
  }
}

TEST(Lint, AFindingSaysWhere) {
  const auto findings = lint(parse_containerfile("FROM a\n  MAINTAINER x\n", "Containerfile"));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].str(),
            "Containerfile:2:3: MAINTAINER is out of use, expected LABEL "
            "org.opencontainers.image.authors=... (MaintainerDeprecated)");
}

}  // namespace
}  // namespace pinnace::containerfile
