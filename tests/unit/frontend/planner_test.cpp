#include "frontend/planner.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "frontend/stage.hpp"
#include "plan/run_plan.hpp"

namespace pinnace::frontend {
namespace {

using nlohmann::json;

/// Plans files whose images are those of `m_images`.
class ContainerfilePlanTest : public testing::Test {
 protected:
  ContainerfilePlanTest() {
    m_request.platform = oci::Platform::parse("linux/arm64");
    m_request.build_platform = oci::Platform::parse("linux/amd64");
  }
  plan::Plan plan(std::string_view text) {
    const auto file = containerfile::parse_containerfile(text, "f");
    return plan_containerfile(file, m_request,
                              [&](const NamedImage& image, const oci::Platform& platform) {
                                return load(image.text, platform);
                              });
  }
  json config(std::string_view text) { return plan(text).stages.back().config.json().at("config"); }
  std::string error_of(std::string_view text) {
    try {
      plan(text);
    } catch (const base::Error& error) {
      return error.what();
    }
    return "no error";
  }
  image::ImageInput load(const std::string& name, const oci::Platform& platform) {
    m_loaded.push_back(name + " " + platform.str());
    const oci::Descriptor manifest{"", hash::Digest::of(name), 0, {}, {}, {}, json::object()};
    image::ImageInput input{{name, manifest}, {{}, oci::Config(platform)}, nullptr};
    input.contents.config.json()["config"] = m_base;
    return input;
  }
  const plan::CopyStep& copy(const plan::Plan& plan, std::size_t step = 0) {
    return std::get<plan::CopyStep>(plan.stages.back().steps.at(step).action);
  }

  const plan::RunStep& run(const plan::Plan& plan, std::size_t step = 0) {
    return std::get<plan::RunStep>(plan.stages.back().steps.at(step).action);
  }

  ContainerfileRequest m_request;
  json m_base = json::object();
  std::vector<std::string> m_loaded;
};

TEST_F(ContainerfilePlanTest, OnlyWhatTheTargetNeedsIsPlanned) {
  const std::string text =
      "FROM a AS one\nRUN unneeded\nFROM b AS two\nFROM c AS three\nCOPY --from=two x .\n"
      "FROM three AS four\nFROM d\n";
  m_request.target = "FOUR";
  const plan::Plan planned = plan(text);
  ASSERT_EQ(planned.stages.size(), 3U);
  EXPECT_EQ(planned.stages.back().name, "four");
  EXPECT_EQ(m_loaded, (std::vector<std::string>{"b linux/arm64", "c linux/arm64"}));
  m_request.target = "fuor";
  EXPECT_EQ(error_of(text), "f: there is no stage \"fuor\", did you mean \"four\"?");
}

TEST_F(ContainerfilePlanTest, SourcesOfAddThatAreUrls) {
  const std::string checksum = "sha256:" + std::string(64, 'a');
  const plan::CopyStep step = copy(
      plan("FROM a\nARG V=1\nADD --checksum=" + checksum + " https://h/p/x%20$V.tgz?a=b#c /d/\n"));
  const auto& url = std::get<source::UrlSource>(step.remotes.at(0));
  EXPECT_EQ(url.url, "https://h/p/x%201.tgz?a=b");
  EXPECT_EQ(url.name, "x 1.tgz");
  EXPECT_EQ(url.checksum->str(), checksum);
  EXPECT_TRUE(step.sources.empty());
  EXPECT_FALSE(step.unpack_remotes);
  const plan::CopyStep mixed = copy(plan("FROM a\nADD --unpack x http://h/y /d/\n"));
  EXPECT_EQ(mixed.sources.size() + mixed.remotes.size(), 2U);
  EXPECT_TRUE(mixed.unpack_remotes);
}

TEST_F(ContainerfilePlanTest, SourcesOfAddThatAreRepositories) {
  const std::string commit(40, 'b');
  const auto git = [&](const std::string& words) {
    return std::get<source::GitSource>(copy(plan("FROM a\nADD " + words + " /d\n")).remotes.at(0));
  };
  EXPECT_EQ(git("https://h/x.git").repository, "https://h/x.git");
  EXPECT_FALSE(source::is_pinned(git("https://h/x.git")));
  const source::GitSource all = git("--keep-git-dir https://h/x.git#v1:a/../b/");
  EXPECT_EQ(all.reference, "v1");
  EXPECT_EQ(all.directory, "b");
  EXPECT_TRUE(all.keep_git);
  EXPECT_EQ(git("git@h:x.git#" + commit).repository, "git@h:x.git");
  EXPECT_TRUE(source::is_pinned(git("ssh://git@h/x#" + commit)));
  EXPECT_TRUE(source::is_pinned(git("--checksum=" + commit + " git://h/x#main")));
}

TEST_F(ContainerfilePlanTest, RemoteSourcesThatCantBe) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"COPY https://h/x /x", "COPY takes no URLs, as ADD does"},
      {"ADD https://u:p@h/x /x", "is no usable URL"},
      {"ADD https://h /d/", "\"https://h\" does not say a file's name"},
      {"ADD https://h/a https://h/b /x", "several sources need a destination"},
      {"ADD --checksum=sha256:1 https://h/x /x", "--checksum=sha256:1: "},
      {"ADD --checksum=sha256:1 x /x", "--checksum is for one URL or git repository"},
      {"ADD --checksum=v1 https://h/x.git /x", "expected a commit of 40 or 64 hex digits"},
      {"ADD --keep-git-dir x /x", "--keep-git-dir is for git repositories"},
      {"ADD --keep-git-dir https://h/x /x", "--keep-git-dir is for git repositories"},
      {"ADD https://u:p@h/x.git /x", "is no usable URL"},
      {"ADD https://h/x.git#--upload-pack=x /x", "can't be a branch, tag or commit"},
      {"ADD https://h/x.git#+a /x", "can't be a branch, tag or commit"},
      {"ADD ssh://-oProxyCommand=x/y.git /x", "can't be a git repository"},
      {"ADD git@-x:y.git /x", "can't be a git repository"},
      {"ADD git://[127.0.0.1]/x.git /x", "can't be a git repository"},
      {"ADD git://::1/x.git /x", "can't be a git repository"},
      {"ADD http://127.0.0.%31/x.git /x", "can't be a git repository"},
      {"ADD git@x/y:z.git /x", "can't be a git repository"},
  };
  for (const auto& [instruction, expected] : cases) {
    const std::string error = error_of("FROM a\n" + instruction + "\n");
    EXPECT_TRUE(error.starts_with("f:2:1: ")) << error;
    EXPECT_NE(error.find(expected), std::string::npos) << instruction << ": " << error;
    EXPECT_EQ(error.find("u:p"), std::string::npos) << error;
  }
}

TEST_F(ContainerfilePlanTest, PlatformsAndArgumentsOfFrom) {
  m_request.arguments = {{"TAG", "2"}, {"OTHER", "x"}};
  const plan::Plan planned =
      plan("ARG TAG=1\nARG FULL=a:$TAG-$TARGETARCH\nFROM --platform=$BUILDPLATFORM $FULL\n");
  EXPECT_EQ(m_loaded, std::vector<std::string>{"a:2-arm64 linux/amd64"});
  EXPECT_EQ(planned.unused_arguments, std::vector<std::string>{"OTHER"});
}

TEST_F(ContainerfilePlanTest, VariablesOfAStage) {
  m_request.arguments = {{"GIVEN", "g"}};
  m_base = {{"Env", {"PATH=/bin", "A=base"}}};
  const json result = config(
      "ARG GLOBAL=1\nARG GIVEN=no\nFROM a\nARG GLOBAL\nARG GIVEN=d\nARG LOCAL=l$A\nARG A=hidden\n"
      "ARG TARGETOS\nENV A=new B=$A\nENV C=$GLOBAL$GIVEN$LOCAL D=\"$A $TARGETOS\" E='$A'\n");
  EXPECT_EQ(result.at("Env"),
            (json{"PATH=/bin", "A=new", "B=base", "C=1glbase", "D=new linux", "E=$A"}));
}

TEST_F(ContainerfilePlanTest, AnArgumentKnowsThoseBeforeItInItsInstruction) {
  EXPECT_EQ(config("FROM a\nARG X=1 Y=${X:-none}\nENV Z=$Y\n").at("Env"), json{"Z=1"});
}

TEST_F(ContainerfilePlanTest, AFewLinesDontFillTheMemory) {
  std::string doubled = "ENV A0=0123456789abcdef\n";
  for (int i = 1; i <= 13; ++i) {
    const std::string last = "$A" + std::to_string(i - 1);
    doubled += "ENV A" + std::to_string(i) + "=" + last + last + "\n";
  }
  const auto many = [](const std::string& line, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += line + "\n";
    return text;
  };
  std::string variables;
  for (int i = 0; i < 100; ++i) variables += "ENV B" + std::to_string(i) + "=$A12$A11\n";
  std::string stages;
  for (int i = 0; i < 100; ++i)
    stages += "FROM s" + std::to_string(i) + " AS s" + std::to_string(i + 1) + "\n";
  for (const auto& [text, place] : std::vector<std::pair<std::string, std::string>>{
           {"FROM a\n" + doubled + variables + many("RUN x", 100), "f:141:1"},
           {"FROM a\n" + doubled + many("LABEL a=$A13", 3000), "f:2061:1"},
           {"FROM a AS s0\n" + doubled + variables + stages, "f:141:1"},
           {"FROM a\nSHELL [\"" + std::string(1 << 20, 's') + "\"]\n" + many("RUN x", 1000),
            "f:258:1"},
           {"FROM a\n" + many("EXPOSE 1-65535", 1000), "f:102:1"}}) {
    EXPECT_EQ(error_of(text), place +
                                  ": with all variables in their places the instructions up to "
                                  "this one take more than 256 MiB")
        << text.substr(0, 40);
  }
}

TEST_F(ContainerfilePlanTest, AStageInheritsFromTheStageItIsBuiltOn) {
  const json result = config("FROM scratch AS a\nARG X=1\nENV Y=2\nUSER u\nFROM a\nENV Z=$X$Y\n");
  EXPECT_EQ(result.at("Env").back(), "Z=12");
  EXPECT_EQ(result.at("User"), "u");
  EXPECT_EQ(config("FROM scratch AS a\nARG X=1\nFROM scratch\nENV Z=-$X\n").at("Env").back(),
            "Z=-");
}

TEST_F(ContainerfilePlanTest, ConfigurationInstructions) {
  m_base = {{"Cmd", {"old"}}, {"ExposedPorts", nullptr}, {"Labels", {{"keep", "1"}}}};
  m_request.labels = {{"given", "2"}};
  const json result = config(
      "FROM a\nSHELL [\"/bin/bash\", \"-c\"]\nENTRYPOINT exec x\nEXPOSE 80 53/UDP 90-91\n"
      "VOLUME /a /b\nLABEL \"a b\"=\"c d\"\nSTOPSIGNAL SIGINT\nWORKDIR /w\nWORKDIR x\n"
      "HEALTHCHECK --interval=2s --retries=3 CMD curl x\nONBUILD COPY a b\n");
  EXPECT_FALSE(result.contains("Cmd")) << "it was meant for the base's entrypoint";
  EXPECT_EQ(result.at("Entrypoint"), (json{"/bin/bash", "-c", "exec x"}));
  EXPECT_EQ(result.at("ExposedPorts"), (json{{"53/udp", json::object()},
                                             {"80/tcp", json::object()},
                                             {"90/tcp", json::object()},
                                             {"91/tcp", json::object()}}));
  EXPECT_EQ(result.at("Volumes"), (json{{"/a", json::object()}, {"/b", json::object()}}));
  EXPECT_EQ(result.at("Labels"), (json{{"a b", "c d"}, {"given", "2"}, {"keep", "1"}}));
  EXPECT_EQ(result.at("StopSignal"), "SIGINT");
  EXPECT_EQ(result.at("WorkingDir"), "/w/x");
  EXPECT_EQ(result.at("Healthcheck"),
            (json{{"Test", {"CMD-SHELL", "curl x"}}, {"Interval", 2'000'000'000}, {"Retries", 3}}));
  EXPECT_EQ(result.at("OnBuild"), json{"COPY a b"});
  EXPECT_EQ(config("FROM a\nCMD [\"x\"]\nENTRYPOINT [\"y\"]\n").at("Cmd"), json{"x"});
  EXPECT_FALSE(config("FROM a\nCMD []\n").contains("Cmd"));
}

TEST_F(ContainerfilePlanTest, TriggersOfTheBaseRunFirst) {
  m_base = {{"OnBuild", {"ENV A=1", "COPY x /y"}}};
  const plan::Plan planned = plan("FROM a\nENV B=$A\n");
  EXPECT_EQ(planned.stages[0].config.json().at("config").at("Env"), (json{"A=1", "B=1"}));
  EXPECT_FALSE(planned.stages[0].config.json().at("config").contains("OnBuild"));
  EXPECT_EQ(copy(planned).destination, "y");
  m_base = {{"OnBuild", {"RUN x"}}};
  EXPECT_EQ(run(plan("FROM a\n")).arguments, (std::vector<std::string>{"/bin/sh", "-c", "x"}));
}

TEST_F(ContainerfilePlanTest, RunHasTheVariablesUserAndDirectoryOfItsPlace) {
  m_request.arguments = {{"HTTP_PROXY", "http://p:1"}, {"B", "given"}};
  const plan::RunStep step =
      run(plan("FROM a\nARG A=arg\nARG B\nENV A=env C=$B\nUSER me:us\nWORKDIR /w\nRUN echo $A\nENV "
               "LATE=1\n"),
          1);
  EXPECT_EQ(step.arguments, (std::vector<std::string>{"/bin/sh", "-c", "echo $A"}));
  EXPECT_EQ(step.environment,
            (std::vector<std::string>{
                "A=env", "C=given",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "B=given"}));
  EXPECT_EQ(step.proxies, std::vector<std::string>{"HTTP_PROXY=http://p:1"});
  EXPECT_EQ(step.user, "me:us");
  EXPECT_EQ(step.directory, "/w");
}

TEST_F(ContainerfilePlanTest, RunTakesTheShellAndHereDocuments) {
  const plan::Plan planned = plan(
      "FROM a\nSHELL [\"bash\", \"-c\"]\nRUN x\nRUN [\"y\", \"z\"]\nRUN <<E\none\ntwo\nE\n"
      "RUN cat <<A <<B\n1\nA\n2\nB\nRUN <<S\n#!/bin/python\nS\n");
  EXPECT_EQ(run(planned, 0).arguments, (std::vector<std::string>{"bash", "-c", "x"}));
  EXPECT_EQ(run(planned, 1).arguments, (std::vector<std::string>{"y", "z"}));
  EXPECT_EQ(run(planned, 2).arguments, (std::vector<std::string>{"bash", "-c", "one\ntwo\n"}));
  EXPECT_EQ(run(planned, 3).arguments.at(2), "cat <<A <<B\n1\nA\n2\nB");
  EXPECT_EQ(run(planned, 4).arguments.at(2), "/dev/pipes/S");
  ASSERT_TRUE(run(planned, 4).script);
  EXPECT_EQ(run(planned, 4).script->content, "#!/bin/python\n");
}

TEST_F(ContainerfilePlanTest, MountsOfRunHaveTheirDefaults) {
  const plan::RunStep step =
      run(plan("FROM a AS one\nFROM b\nARG D=/d\nWORKDIR /w\nRUN --mount=target=$D,source=../x/./y "
               "--mount=type=bind,from=one,target=rel,rw "
               "--mount=type=cache,target=/c,uid=7,sharing=locked "
               "--mount=type=tmpfs,target=/t,size=2m --mount=type=secret,id=s "
               "--mount=type=secret,target=/etc/key,mode=0440 --mount=type=ssh x\n"),
          1);
  ASSERT_EQ(step.mounts.size(), 7U);
  EXPECT_EQ(step.mounts[0].target + " " + step.mounts[0].source, "/d x/y");
  EXPECT_TRUE(std::holds_alternative<plan::FromContext>(step.mounts[0].origin));
  EXPECT_FALSE(step.mounts[0].writable);
  EXPECT_EQ(std::get<plan::FromStage>(step.mounts[1].origin).stage, 0U);
  EXPECT_EQ(step.mounts[1].target, "/w/rel");
  EXPECT_TRUE(step.mounts[1].writable);
  EXPECT_EQ(step.mounts[2].id, "/c");
  EXPECT_EQ(step.mounts[2].uid, 7U);
  EXPECT_EQ(step.mounts[2].sharing, plan::RunMount::Sharing::locked);
  EXPECT_EQ(step.mounts[3].size, 2U << 20);
  EXPECT_EQ(step.mounts[4].target, "/run/secrets/s");
  EXPECT_EQ(step.mounts[4].mode, 0400U);
  EXPECT_EQ(step.mounts[5].id, "key");
  EXPECT_EQ(step.mounts[5].mode, 0440U);
  EXPECT_EQ(step.mounts[6].target, "/run/buildkit/ssh_agent.0");
}

TEST_F(ContainerfilePlanTest, ACacheStartsWithFilesOfAStage) {
  const std::string text = "FROM a AS one\nFROM b\nRUN --mount=type=cache,target=/c";
  const plan::RunStep step = run(plan(text + ",from=one,source=/srv/./x y\n"), 0);
  EXPECT_EQ(std::get<plan::FromStage>(step.mounts.at(0).origin).stage, 0U);
  EXPECT_EQ(step.mounts.at(0).source, "srv/x");
  EXPECT_TRUE(step.mounts.at(0).writable);
  EXPECT_TRUE(
      std::holds_alternative<plan::FromContext>(run(plan(text + " y\n"), 0).mounts.at(0).origin));
  EXPECT_EQ(error_of(text + ",from=7 y\n"),
            "f:3:5: --from=7: there is no such stage above this one");
  EXPECT_EQ(error_of(text + ",source=/srv y\n"),
            "f:3:1: --mount=type=cache: source=... is a directory of a stage or image, and needs "
            "from=...");
}

TEST_F(ContainerfilePlanTest, OptionsThatAMountDoesNotHaveAreRefused) {
  EXPECT_EQ(error_of("FROM a\nRUN --mount=type=tmpfs,target=/t,id=x y\n"),
            "f:2:1: --mount=type=tmpfs has no option id");
  EXPECT_EQ(error_of("FROM a\nRUN --mount=type=tmpfs,target=/t,size=big y\n"),
            "f:2:1: --mount: size=big: expected a size, as 64m or 1g");
}

TEST_F(ContainerfilePlanTest, TheKeyOfRunHasWhatItsResultDependsOn) {
  const auto key = [&](const std::string& text) {
    return plan::plan_run(run(plan("FROM a\n" + text)), {}, {}).key.step;
  };
  EXPECT_EQ(key("RUN x\n"), key("# comment\nRUN   x\n"));
  EXPECT_NE(key("RUN x\n"), key("RUN y\n"));
  EXPECT_NE(key("RUN x\n"), key("ENV A=1\nRUN x\n"));
  EXPECT_NE(key("RUN x\n"), key("RUN --network=none x\n"));
  EXPECT_NE(key("RUN x\n"), key("RUN --mount=type=tmpfs,target=/t x\n"));
  const std::string without = key("RUN x\n");
  m_request.arguments = {{"HTTPS_PROXY", "http://p:1"}};
  EXPECT_EQ(key("RUN x\n"), without);
}

TEST_F(ContainerfilePlanTest, TheOrderOfVariablesIsInTheKey) {
  const auto key = [&](const std::string& text) {
    return plan::plan_run(run(plan("FROM a\n" + text)), {}, {}).key.step;
  };
  EXPECT_NE(key("ENV A=1 B=2\nRUN env\n"), key("ENV B=2 A=1\nRUN env\n"));
}

TEST_F(ContainerfilePlanTest, BasesMaySayTheirConfigurationInOtherWays) {
  m_base = {{"User", nullptr}, {"WorkingDir", nullptr}, {"Env", {"A=1", "B", "A=2"}}};
  const plan::Plan planned = plan("FROM a\nWORKDIR $A\nRUN x\n");
  EXPECT_EQ(std::get<plan::DirectoryStep>(planned.stages.back().steps.at(0).action).path, "2");
  const std::vector<std::string>& environment = run(planned, 1).environment;
  EXPECT_EQ(std::vector(environment.begin(), environment.begin() + 2),
            (std::vector<std::string>{"A=2", "B="}));
  m_base = {{"Shell", {1}}};
  EXPECT_EQ(error_of("FROM a\nRUN x\n"),
            "f:1:1: a: image configuration: /config/Shell/0: expected a string");
}

TEST_F(ContainerfilePlanTest, TriggersCanNotCopyFromTheMachine) {
  m_base = {{"OnBuild", {"COPY --from=oci:/home/x y /z"}}};
  EXPECT_EQ(error_of("FROM a\n"),
            "f:1:1: ONBUILD of its base:1:1: --from=oci:/home/x: a trigger of the base can't copy "
            "from a layout of this machine");
  m_base = {{"OnBuild", {"RUN --mount=from=oci-archive:/x,target=/z y"}}};
  EXPECT_NE(error_of("FROM a\n").find("a trigger of the base"), std::string::npos);
  for (const char* name : {"env:prod/web", "sha256:0123456789ab"}) {
    m_base = {{"OnBuild", {std::string("COPY --from=") + name + " y /z"}}};
    EXPECT_NE(error_of("FROM a\n"), "no error") << name;
  }
  m_base = {{"OnBuild", {"COPY --from=other y /z"}}};
  EXPECT_EQ(error_of("FROM a\n"), "no error");
}

TEST_F(ContainerfilePlanTest, CopiesAreExpanded) {
  const plan::CopyStep step =
      copy(plan("FROM scratch\nENV D=dir U=me\nWORKDIR /w\nCOPY --chown=$U:1 "
                "--chmod=600 ../$D/*.txt /abs "
                "<<E $D/\n$D\nE\n"),
           1);
  ASSERT_EQ(step.sources.size(), 2U);
  EXPECT_EQ(step.sources[0].path, "dir/*.txt") << "nothing leads above the context";
  EXPECT_EQ(step.sources[1].path, "abs");
  EXPECT_EQ(step.files.at(0).content, "dir\n");
  EXPECT_EQ(step.destination, "w/dir");
  EXPECT_TRUE(step.to_directory);
  EXPECT_EQ(step.owner, "me:1");
  EXPECT_EQ(step.mode->apply(0, false), 0600U);
}

TEST_F(ContainerfilePlanTest, BadInputIsAnErrorWithItsPlace) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"FROM scratch\nCOPY a b c\n",
       "f:2:1: several sources need a destination that is a directory and ends with \"/\", found "
       "\"c\""},
      {"FROM scratch\nCOPY --from=1 a b\n",
       "f:2:1: --from=1: there is no such stage above this one"},
      {"FROM scratch\nCOPY --from=$X a b\n",
       "f:2:1: --from=$X: variables are not expanded here; give a stage a name by FROM, which "
       "expands them"},
      {"FROM scratch\nCOPY --chmod=a=rwx, a b\n",
       "f:2:1: --chmod=a=rwx,: expected an octal mode from 0 to 7777, or symbols as u=rwX,go=r"},
      {"FROM scratch\nCOPY --chmod=rwx a b\n",
       "f:2:1: --chmod=rwx: expected an octal mode from 0 to 7777, or symbols as u=rwX,go=r"},
      {"FROM scratch\nEXPOSE 70000\n",
       "f:2:1: EXPOSE 70000: expected a port from 1 to 65535, as 8080, 53/udp or 8000-8010"},
      {"FROM scratch\nARG S=SIGFOO\nSTOPSIGNAL $S\n",
       "f:3:1: STOPSIGNAL SIGFOO: expected a signal, as SIGTERM or 15"},
      {"FROM $X\n", "f:1:1: FROM $X: no image is left when its variables are expanded"},
      {"FROM scratch\nARG X\nENV Y=\"${X:?give X}\"\n", "f:3:1: X: give X"},
      {"FROM scratch\nCOPY 'a b\n", "f:2:1: a single quote (') has no end"},
      {"FROM scratch\nCOPY <<a/b c\na/b\n",
       "f:2:1: the here-document \"a/b\" can't be a file of that name"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(error_of(text), expected) << text;
}

TEST_F(ContainerfilePlanTest, TellsVariablesThatNobodySets) {
  const plan::Plan planned = plan("FROM scratch\nARG A\nENV B=$A$TYPO\n");
  ASSERT_EQ(planned.findings.size(), 1U);
  EXPECT_EQ(planned.findings[0].str(), "f:3:1: $TYPO is not set here (UndefinedVar)");
}

TEST_F(ContainerfilePlanTest, ImagesOfAFile) {
  const auto file = containerfile::parse_containerfile(
      "ARG T=1\nFROM a:$T AS x\nFROM x\nCOPY --from=b y z\nCOPY --from=x y z\nFROM a:1\nFROM "
      "scratch\n",
      "f");
  std::string names;
  for (const NamedImage& image : images_of(file, {}, m_request.platform))
    names += image.text + "@" + image.position.str() + " ";
  EXPECT_EQ(names, "a:1@f:2:1 b@f:4:1 ");
  m_request.target = "1";
  EXPECT_EQ(base_of_target(file, m_request)->text, "a:1");
  m_request.target.reset();
  EXPECT_FALSE(base_of_target(file, m_request).has_value());
}

TEST(FileMode, OctalAndSymbols) {
  struct Case {
    const char* text;
    std::uint32_t file;
    std::uint32_t directory;
  };
  for (const Case& c : std::initializer_list<Case>{{"755", 0755, 0755},
                                                   {"0", 0, 0},
                                                   {"4711", 04711, 04711},
                                                   {"u=rwX,go=rX", 0644, 0755},
                                                   {"+x", 0755, 0755},
                                                   {"g-r,o=", 0600, 0710},
                                                   {"u+s,+t", 05644, 05755},
                                                   {"a=r+w", 0666, 0666},
                                                   {"=", 0, 0},
                                                   {"g+s-s", 0644, 0755},
                                                   {"g=u", 0664, 0775},
                                                   {"go=u", 0666, 0777},
                                                   {"u=g", 0444, 0555},
                                                   {"g-u", 0604, 0705},
                                                   {"o=g-x,g+w", 0664, 0774},
                                                   {"ug=o,u+X", 0444, 0555}}) {
    EXPECT_EQ(plan::FileMode::parse(c.text).apply(0644, false), c.file) << c.text;
    EXPECT_EQ(plan::FileMode::parse(c.text).apply(0755, true), c.directory) << c.text;
  }
  for (const char* text : {"", "8", "10000", "u", "u=q", "=r,", "rwx", "g=ur", "g=uu"})
    EXPECT_THROW(plan::FileMode::parse(text), base::Error) << text;
}

TEST(Ports, RangesAndProtocols) {
  EXPECT_EQ(parse_ports("8000-8002/SCTP").size(), 3U);
  EXPECT_EQ(parse_ports("127.0.0.1:80:90"), std::vector<std::string>{"90/tcp"});
  for (const char* text : {"", "0", "x", "2-1", "80/icmp", "65536"})
    EXPECT_THROW(parse_ports(text), base::Error) << text;
}

}  // namespace
}  // namespace pinnace::frontend
