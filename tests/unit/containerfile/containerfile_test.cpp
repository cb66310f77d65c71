#include "containerfile/containerfile.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::containerfile {
namespace {

Containerfile parse(std::string_view text) {
  return parse_containerfile(text, "Containerfile");
}

std::string error_of(std::string_view text) {
  try {
    parse(text);
  } catch (const base::Error& error) {
    return error.what();
  }
  return "no error";
}

/// The first instruction behind "FROM scratch", which is put in front.
template <class Kind>
Kind first(const std::string& text) {
  return std::get<Kind>(parse("FROM scratch\n" + text).stages.at(0).instructions.at(0).command);
}

using Words = std::vector<std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(Containerfile, StagesAndArgumentsAboveThem) {
  const Containerfile file = parse(
      "ARG TAG=1\nFROM --platform=$BUILDPLATFORM go:${TAG} AS Build\nCOPY . .\n"
      "FROM build\nFROM scratch as out\n");
  ASSERT_EQ(file.arguments.size(), 1U);
  ASSERT_EQ(file.stages.size(), 3U);
  EXPECT_EQ(file.stages[0].from.image, "go:${TAG}");
  EXPECT_EQ(file.stages[0].from.platform, "$BUILDPLATFORM");
  EXPECT_EQ(file.stages[0].from.name, "build");
  EXPECT_EQ(file.stages[0].instructions.size(), 1U);
  EXPECT_EQ(file.find_stage("BUILD", 3), 0U);
  EXPECT_EQ(file.find_stage("1", 3), 1U);
  EXPECT_EQ(file.find_stage("2", 2), std::nullopt) << "a stage can't use itself or a later one";
  EXPECT_EQ(file.find_stage("build", 0), std::nullopt);
  EXPECT_EQ(file.find_stage("", 3), std::nullopt);
}

TEST(Containerfile, LinesContinueAndPositionsAreThoseOfTheFile) {
  const Containerfile file = parse(
      "\xEF\xBB\xBF# a comment\n\nFROM scratch\r\n  ENV a=1 \\\n# a comment within\n    b=2 \\\n\n "
      "c=3\n"
      "CMD x \\\\\nUSER u\n");
  const auto& instructions = file.stages[0].instructions;
  ASSERT_EQ(instructions.size(), 3U);
  EXPECT_EQ(std::get<Env>(instructions[0].command).variables,
            (Pairs{{"a", "1"}, {"b", "2"}, {"c", "3"}}));
  EXPECT_EQ(instructions[0].position.str(), "Containerfile:4:3");
  EXPECT_TRUE(instructions[0].blank_continuation);
  EXPECT_EQ(std::get<Cmd>(instructions[1].command).command.words, Words{"x \\\\"})
      << "two escape characters don't continue a line";
  EXPECT_EQ(instructions[2].position.str(), "Containerfile:10:1");
}

TEST(Containerfile, TheEscapeDirectiveChangesWhatContinues) {
  const Containerfile file =
      parse("# syntax=docker/dockerfile:1\n#Escape = `\nFROM scratch\nCMD a `\n b C:\\\n");
  EXPECT_EQ(file.escape, '`');
  EXPECT_EQ(std::get<Cmd>(file.stages[0].instructions.at(0).command).command.words,
            Words{"a  b C:\\"});
  EXPECT_EQ(parse("# comment\n# escape=`\nFROM scratch\n").escape, '\\')
      << "directives stand above all else";
  EXPECT_EQ(error_of("# escape=x\nFROM a\n"), "Containerfile:1:1: escape \"x\": expected \\ or `");
  EXPECT_EQ(error_of("# escape=`\n# escape=`\nFROM a\n"),
            "Containerfile:2:1: the directive escape is here twice");
}

TEST(Containerfile, ExecFormIsJsonAndAllElseAShellLine) {
  struct Case {
    std::string text;
    bool exec;
    Words words;
  };
  const std::vector<Case> cases = {
      {R"(["a", "b c", "\u00e4"])", true, {"a", "b c", "\xC3\xA4"}},
      {R"(  [ "a" ]  )", true, {"a"}},
      {"[]", true, {}},
      {"['a']", false, {"['a']"}},
      {R"(["a", "b" )", false, {R"(["a", "b")"}},
      {R"([ -f x ] && echo "y")", false, {R"([ -f x ] && echo "y")"}},
      {"echo  two  spaces", false, {"echo  two  spaces"}},
      {"", false, {}},
  };
  for (const Case& c : cases) {
    const Cmd cmd = first<Cmd>("CMD " + c.text);
    EXPECT_EQ(cmd.command.exec, c.exec) << c.text;
    EXPECT_EQ(cmd.command.words, c.words) << c.text;
  }
  EXPECT_EQ(error_of("FROM a\nCMD [\"a\", 1]"),
            "Containerfile:2:5: the JSON form takes an array of strings and nothing else");
}

TEST(Containerfile, CopyAndItsFlags) {
  const Copy copy = first<Copy>(
      "COPY --from=build --chown=\"1:2\" --chmod=755 --link --parents=false --exclude=*.md "
      "--exclude=a a b /c/");
  EXPECT_FALSE(copy.add);
  EXPECT_EQ(copy.sources, (Words{"a", "b"}));
  EXPECT_EQ(copy.destination, "/c/");
  EXPECT_EQ(copy.from, "build");
  EXPECT_EQ(copy.chown, "1:2");
  EXPECT_EQ(copy.chmod, "755");
  EXPECT_EQ(copy.excludes, (Words{"*.md", "a"}));
  EXPECT_TRUE(copy.link);
  EXPECT_FALSE(copy.parents);
  EXPECT_EQ(first<Copy>(R"(COPY ["a b", "c d/"])").sources, Words{"a b"});
  EXPECT_EQ(first<Copy>("ADD --checksum=sha256:0 --unpack=false http://x/y /").unpack, false);
  EXPECT_EQ(first<Copy>("COPY -- --odd /").sources, Words{"--odd"});
}

TEST(Containerfile, HeredocsOfCopyAndRun) {
  const Copy copy = first<Copy>(
      "COPY --chmod=600 <<one.txt <<-\"two.txt\" plain /dir/\na $X\n\none.txt\n\tb "
      "$X\n\ttwo.txt\n");
  EXPECT_EQ(copy.sources, Words{"plain"});
  ASSERT_EQ(copy.files.size(), 2U);
  EXPECT_EQ(copy.files[0], (Heredoc{"one.txt", 0, true, false, "a $X\n\n"}));
  EXPECT_EQ(copy.files[1], (Heredoc{"two.txt", 0, false, true, "b $X\n"}));

  const auto run =
      first<containerfile::Run>("RUN python3 3<<E && cat <<<x $((1<<2))\nFROM not\nE\n");
  ASSERT_EQ(run.files.size(), 1U);
  EXPECT_EQ(run.files[0], (Heredoc{"E", 3, true, false, "FROM not\n"}));
  EXPECT_EQ(run.command.words, Words{"python3 3<<E && cat <<<x $((1<<2))"});
  EXPECT_TRUE(first<containerfile::Run>("RUN echo \"<<E\"").files.empty());
  const Copy twice = first<Copy>("COPY <<a <<b <<a /d/\n1\na\n2\nb\n3\na\n");
  ASSERT_EQ(twice.files.size(), 2U) << "of one name there is one file";
  EXPECT_EQ(twice.files[0].content + twice.files[1].content, "3\n2\n");
  EXPECT_EQ(first<Onbuild>("ONBUILD COPY <<E /x\nb\nE\n").instruction, "COPY <<E /x\nb\nE");
  EXPECT_EQ(error_of("FROM a\n RUN <<E\nx\n"),
            "Containerfile:2:2: the here-document \"E\" has no end: expected a line that is only "
            "its name");
  EXPECT_EQ(error_of("FROM a\nCOPY x <<E\nE\n"),
            "Containerfile:2:1: COPY: a here-document can't be the destination");
}

TEST(Containerfile, PairsInBothFormats) {
  EXPECT_EQ(first<Env>("ENV a=1 b=\"x y\" c='$z' d=e\\ f g=").variables,
            (Pairs{{"a", "1"}, {"b", "\"x y\""}, {"c", "'$z'"}, {"d", "e\\ f"}, {"g", ""}}));
  EXPECT_EQ(first<Env>("ENV name a  b=c").variables, (Pairs{{"name", "a  b=c"}}));
  EXPECT_EQ(first<Label>("LABEL \"a b\"=c").labels, (Pairs{{"\"a b\"", "c"}}));
  const Arg arg = first<Arg>("ARG A B= C=\"x y\"");
  ASSERT_EQ(arg.arguments.size(), 3U);
  EXPECT_EQ(arg.arguments[0].second, std::nullopt);
  EXPECT_EQ(arg.arguments[1].second, "");
  EXPECT_EQ(arg.arguments[2].second, "\"x y\"");
}

TEST(Containerfile, RunMounts) {
  const auto run = first<containerfile::Run>(
      "RUN --network=none --mount=type=cache,dst=/c,sharing=locked --mount=src=a,target=/b,ro "
      "make");
  ASSERT_EQ(run.mounts.size(), 2U);
  EXPECT_EQ(run.network, "none");
  EXPECT_EQ(run.mounts[0].options.at("target"), "/c");
  EXPECT_EQ(run.mounts[1].options,
            (std::map<std::string, std::string>{
                {"type", "bind"}, {"source", "a"}, {"target", "/b"}, {"ro", "true"}}));
}

TEST(Containerfile, Healthchecks) {
  const auto check = first<Healthcheck>(
      "HEALTHCHECK --interval=1m30s --timeout=500ms --start-period=1h --start-interval=2s "
      "--retries=3 CMD [\"curl\", \"x\"]");
  EXPECT_EQ(check.interval, 90'000'000'000);
  EXPECT_EQ(check.timeout, 500'000'000);
  EXPECT_EQ(check.start_period, 3'600'000'000'000);
  EXPECT_EQ(check.start_interval, 2'000'000'000);
  EXPECT_EQ(check.retries, 3);
  EXPECT_TRUE(check.command->exec);
  EXPECT_EQ(first<Healthcheck>("HEALTHCHECK cmd x  y").command->words, Words{"x  y"});
  EXPECT_FALSE(first<Healthcheck>("HEALTHCHECK NONE").command.has_value());
}

TEST(Containerfile, OtherInstructions) {
  EXPECT_EQ(first<Workdir>("WORKDIR /a b").path, "/a b");
  EXPECT_EQ(first<User>("USER a:b").user, "a:b");
  EXPECT_EQ(first<StopSignal>("STOPSIGNAL 9").signal, "9");
  EXPECT_EQ(first<Maintainer>("MAINTAINER A <a@b>").name, "A <a@b>");
  EXPECT_EQ(first<Expose>("EXPOSE 80 53/udp").ports, (Words{"80", "53/udp"}));
  EXPECT_EQ(first<Volume>("VOLUME [\"/a b\", \"/c\"]").paths, (Words{"/a b", "/c"}));
  EXPECT_EQ(first<Shell>("SHELL [\"/bin/bash\", \"-c\"]").words, (Words{"/bin/bash", "-c"}));
  EXPECT_EQ(first<Entrypoint>("entrypoint [\"a\"]").command.words, Words{"a"});
}

TEST(Containerfile, BadInputIsAnErrorWithItsPlace) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "Containerfile: expected FROM, found no instruction"},
      {"# only\n", "Containerfile: expected FROM, found no instruction"},
      {"RUN x\n", "Containerfile:1:1: expected FROM before RUN; only ARG may stand above it"},
      {"FROM a\n  CPOY a b\n",
       "Containerfile:2:3: unknown instruction \"CPOY\", did you mean \"COPY\"?"},
      {"FROM a b\n", "Containerfile:1:1: FROM: expected IMAGE, or IMAGE AS NAME"},
      {"FROM a AS 1b\n",
       "Containerfile:1:1: FROM: stage name \"1b\": expected a letter, then letters, digits, "
       "\"-\", \"_\" or \".\""},
      {"FROM a\nCOPY a\n",
       "Containerfile:2:1: COPY: expected at least one source, and a destination"},
      {"FROM a\nCOPY \\\n  --chwon=1 a b\n",
       "Containerfile:3:3: COPY has no flag \"--chwon\", did you mean \"chown\"?"},
      {"FROM a\nCOPY --link=maybe a b\n",
       "Containerfile:2:6: --link=maybe: expected true or false"},
      {"FROM a\nCOPY --chown a b\n", "Containerfile:2:6: --chown needs a value: --chown=..."},
      {"FROM a\nCOPY --from=x --from=y a b\n", "Containerfile:2:15: --from is here twice"},
      {"FROM a\nENV a\n", "Containerfile:2:1: ENV: \"a\" has no value, expected NAME=VALUE"},
      {"FROM a\nENV a=1 b\n", "Containerfile:2:9: ENV: expected NAME=VALUE, found \"b\""},
      {"FROM a\nARG =x\n", "Containerfile:2:5: ARG: expected NAME or NAME=VALUE, found \"=x\""},
      {"FROM a\nSHELL bash\n",
       "Containerfile:2:1: SHELL: expected the JSON form, as SHELL [\"/bin/bash\", \"-c\"]"},
      {"FROM a\nONBUILD FROM b\n", "Containerfile:2:1: ONBUILD: FROM can't be a trigger"},
      {"FROM a\nONBUILD RNU b\n",
       "Containerfile:2:9: unknown instruction \"RNU\", did you mean \"RUN\"?"},
      {"FROM a\nHEALTHCHECK --interval=1 CMD x\n",
       "Containerfile:2:1: HEALTHCHECK: --interval=1: expected a duration of at least 1ms, as 30s "
       "or 1m30s"},
      {"FROM a\nHEALTHCHECK NONE x\n", "Containerfile:2:1: HEALTHCHECK: NONE takes no arguments"},
      {"FROM a\nRUN --mount=typ=bind x\n",
       "Containerfile:2:5: --mount has no option \"typ\", did you mean \"type\"?"},
      {"FROM a\nRUN --mount=type=cache x\n",
       "Containerfile:2:5: --mount=type=cache needs target=..."},
      {"FROM a\nRUN\n", "Containerfile:2:1: RUN: expected a command"},
      {"FROM a\nVOLUME [\"\"]\n", "Containerfile:2:1: VOLUME: expected a path"},
      {"FROM a\nEXPOSE\n", "Containerfile:2:1: EXPOSE: expected a port, as 8080 or 53/udp"},
      {"FROM a\nENV \xC3\xA4=1 B=\xFF\n", "Containerfile:2:11: not valid UTF-8"},
      {std::string("FROM a\nENV A=\0\n", 15),
       "Containerfile:2:7: a control character, expected text"},
      {"\xFF\xFE\x46", "Containerfile:1:1: not valid UTF-8"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(error_of(text), expected) << text;
}

TEST(Containerfile, HostileFilesEnd) {
  std::string triggers = "FROM a\n";
  for (int i = 0; i < 500'000; ++i) triggers += "ONBUILD ";
  EXPECT_EQ(error_of(triggers + "\n"), "Containerfile:2:1: ONBUILD: ONBUILD can't be a trigger");
  std::string stages;
  for (int i = 0; i < 1001; ++i) stages += "FROM a\n";
  EXPECT_EQ(error_of(stages), "Containerfile:1001:1: more than 1,000 stages");
  EXPECT_EQ(error_of(std::string((4 << 20) + 1, '#')), "Containerfile: larger than 4 MiB");
  std::string copy = "FROM a\nCOPY ";
  std::string bodies;
  for (int i = 0; i < 200'000; ++i) {
    copy += "<<" + std::to_string(i) + " ";
    bodies += std::to_string(i) + "\n";
  }
  EXPECT_EQ(error_of(copy + "/d/\n" + bodies), "no error");
}

TEST(Containerfile, TriggersAreReadByThemselves) {
  const Instruction trigger = parse_trigger("COPY <<E /x\nb\nE", "ONBUILD of base");
  EXPECT_EQ(std::get<Copy>(trigger.command).files.at(0).content, "b\n");
  EXPECT_THROW(parse_trigger("FROM x", "o"), base::Error);
  EXPECT_THROW(parse_trigger("", "o"), base::Error);
  EXPECT_NO_THROW(parse_trigger("RUN a \\\n b\n# comment\n\n", "o"));
  EXPECT_THROW(parse_trigger("RUN a\nRUN b", "o"), base::Error);
}

TEST(Containerfile, IsToldByItsName) {
  for (const char* name : {"Containerfile", "Dockerfile", "Dockerfile.prod", "a/web.Dockerfile"})
    EXPECT_TRUE(is_containerfile(name)) << name;
  for (const char* name : {"pinnace.yaml", "x.YML", "d/x.json"})
    EXPECT_FALSE(is_containerfile(name)) << name;
}

}  // namespace
}  // namespace pinnace::containerfile
