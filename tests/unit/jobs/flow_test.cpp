#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "definition/lock.hpp"
#include "disk/gc.hpp"
#include "files/file.hpp"
#include "jobs/list.hpp"
#include "support/image_samples.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::jobs {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// The main job on local layouts: everything but the network.
class FlowTest : public testing::Test {
 protected:
  void SetUp() override {
    write("base/pinnace.yaml",
          "version: 1\nbase: scratch\nplatforms: [linux/amd64, linux/arm64]\n"
          "artifacts:\n  - {from: file, to: /etc/base}\n");
    write("base/file", "base");
    build("base", "oci:" + path("images") + ":base");
    write("app/pinnace.yaml",
          "version: 1\nbase: 'oci:../images:base'\nplatforms: [linux/amd64, linux/arm64]\n"
          "artifacts:\n  - {from: file, to: /opt/app}\n");
    write("app/file", "app");
    write("environments.yaml",
          "test: {repository: 'oci:test'}\n"
          "prod: {repository: 'oci:prod', immutable: true, admits: {from: [test]}}\n"
          "soaked: {repository: 'oci:soaked', admits: {from: [test], soak: 24h}}\n");
  }
  std::string path(const std::string& name) const { return (m_directory.path() / name).string(); }
  void write(const std::string& name, std::string_view text) {
    fs::create_directories(fs::path(path(name)).parent_path());
    files::write_file_atomically(path(name), text);
  }
  json run(std::string_view job, json request) {
    request["version"] = 1;
    request["store"] = path("store");
    request["registries"] = nullptr;
    return json::parse(open_job(job, request.dump(), nullptr)->run({}));
  }
  json build(const std::string& project, const std::string& tag, bool locked = false) {
    return build_file(project + "/pinnace.yaml", tag, locked);
  }
  json build_file(const std::string& definition, const std::string& tag, bool locked = false) {
    return run("build", build_request(definition, {tag}, locked));
  }
  json build_request(const std::string& definition, const std::vector<std::string>& tags,
                     bool locked = false) const {
    return {{"definition", path(definition)},
            {"context", nullptr},
            {"lock", nullptr},
            {"locked", locked},
            {"plan", false},
            {"check", false},
            {"target", nullptr},
            {"buildArgs", nullptr},
            {"platforms", nullptr},
            {"tags", tags},
            {"labels", nullptr},
            {"compression", nullptr},
            {"sourceDateEpoch", nullptr},
            {"threads", 2},
            {"secrets", nullptr},
            {"sshAgents", nullptr},
            {"sandbox", nullptr},
            {"noCache", false},
            {"cacheFrom", nullptr},
            {"cacheTo", nullptr},
            {"cacheSize", nullptr},
            {"verifyReproducible", false},
            {"environments", nullptr},
            {"contextModes", nullptr}};
  }
  json pin(bool check, bool update, const json& names = nullptr) {
    return pin_file("app/pinnace.yaml", check, update, names);
  }
  json pin_file(const std::string& definition, bool check, bool update,
                const json& names = nullptr) {
    return run("pin", {{"definitions", {path(definition)}},
                       {"check", check},
                       {"update", update},
                       {"names", names}})
        .at("locks")
        .at(0);
  }
  json promote(const std::string& reference, const std::string& to) {
    return run("promote", {{"reference", reference},
                           {"to", to},
                           {"environments", path("environments.yaml")},
                           {"tag", nullptr}});
  }
  template <class Action>
  base::ErrorCode code_of(Action action) {
    try {
      action();
    } catch (const base::Error& error) {
      return error.code();
    }
    return base::ErrorCode::internal;
  }

  test_support::TemporaryDirectory m_directory;
};

TEST_F(FlowTest, PinKeepsTheBaseUntilAnUpdate) {
  EXPECT_EQ(code_of([&] { build("app", "oci:" + path("out") + ":1", true); }),
            base::ErrorCode::invalid_input);
  EXPECT_TRUE(pin(true, false).at("changed").get<bool>());
  EXPECT_FALSE(fs::exists(path("app/pinnace.lock.json"))) << "a check wrote the lock";
  EXPECT_TRUE(pin(false, false).at("changed").get<bool>());
  EXPECT_FALSE(pin(true, false).at("changed").get<bool>());
  const json before = build("app", "oci:" + path("out") + ":1", true);

  write("base/file", "base of another day");
  build("base", "oci:" + path("images") + ":base");
  EXPECT_FALSE(pin(true, false).at("changed").get<bool>());
  EXPECT_EQ(build("app", "oci:" + path("out") + ":2", true).at("digest"), before.at("digest"));
  EXPECT_TRUE(pin(true, true).at("changed").get<bool>());
  EXPECT_EQ(code_of([&] { pin(false, true, {"other"}); }), base::ErrorCode::invalid_input);
  EXPECT_TRUE(pin(false, true).at("changed").get<bool>());
  EXPECT_NE(build("app", "oci:" + path("out") + ":2", true).at("digest"), before.at("digest"));
}

/// As a merge leaves it that took lines of both sides.
TEST_F(FlowTest, AManifestThatTheLockedIndexDoesNotListIsRefused) {
  pin(false, false);
  const std::string file = path("app/pinnace.lock.json");
  definition::Lock lock = definition::load_lock(file);
  auto& platforms = lock.images.at(0).platforms;
  platforms.at("linux/amd64") = platforms.at("linux/arm64");
  files::write_file_atomically(file, definition::lock_text(lock));
  const auto refused = [&](auto action) {
    try {
      action();
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::invalid_input);
      return std::string(error.what());
    }
    return std::string();
  };
  for (const std::string& why : {refused([&] { build("app", "oci:" + path("out") + ":1", true); }),
                                 refused([&] { build("app", "oci:" + path("out") + ":1"); }),
                                 refused([&] { pin(true, false); })}) {
    EXPECT_NE(why.find("run pinnace pin --update oci:../images:base"), std::string::npos) << why;
  }
  pin(false, true);
  build("app", "oci:" + path("out") + ":1", true);
}

TEST_F(FlowTest, DefinitionsOfOneDirectoryShareALock) {
  const std::string images = path("images");
  for (const char* name : {"b", "c"}) build("base", "oci:" + images + ":" + name);
  write("app/Two", "FROM oci:" + images + ":b\nCOPY file /\n");
  write("app/Three", "FROM oci:" + images + ":c\nCOPY file /\n");
  const auto pin_all = [&](const std::vector<std::string>& names, bool check) {
    json files = json::array();
    for (const std::string& name : names) files.push_back(path("app/" + name));
    const json result = run(
        "pin", {{"definitions", files}, {"check", check}, {"update", false}, {"names", nullptr}});
    std::vector<bool> changed;
    for (const json& one : result.at("locks")) changed.push_back(one.at("changed").get<bool>());
    return changed;
  };
  const auto builds = [&](const std::string& name) {
    return code_of([&] { build_file("app/" + name, "oci:" + path("out") + ":1", true); }) ==
           base::ErrorCode::internal;  // nothing was thrown
  };
  using Changed = std::vector<bool>;
  EXPECT_EQ(pin_all({"Two", "pinnace.yaml"}, true), (Changed{true, true}));
  EXPECT_EQ(pin_all({"Two", "pinnace.yaml"}, false), (Changed{true, true}));
  EXPECT_EQ(pin_all({"Two", "pinnace.yaml"}, true), (Changed{false, false}));
  const std::string both = files::read_file(path("app/pinnace.lock.json"), 100'000);
  for (const char* name : {"Two", "pinnace.yaml", "../app/Two"}) {
    EXPECT_EQ(pin_all({name}, false), Changed{false}) << name;
    EXPECT_EQ(files::read_file(path("app/pinnace.lock.json"), 100'000), both) << name;
  }
  EXPECT_TRUE(builds("Two") && builds("pinnace.yaml"));

  // One that comes later, and that the lock does not know yet.
  EXPECT_EQ(pin_all({"Three"}, true), Changed{true});
  EXPECT_EQ(pin_all({"Three"}, false), Changed{true});
  EXPECT_EQ(pin_all({"Two"}, false), Changed{false});
  EXPECT_TRUE(builds("Two") && builds("Three") && builds("pinnace.yaml"));

  // What nobody wants any more goes, and what can't be told of stays.
  write("app/Two", "FROM oci:" + images + ":b AS\n");
  EXPECT_EQ(code_of([&] { pin_all({"Three"}, false); }), base::ErrorCode::invalid_input);
  fs::remove(path("app/Two"));
  EXPECT_EQ(pin_all({"Three"}, false), Changed{true});
  const definition::Lock now = definition::load_lock(path("app/pinnace.lock.json"));
  EXPECT_EQ(now.images.size(), 2U);
  EXPECT_EQ(now.definitions, std::vector<std::string>{"Three"});
}

TEST_F(FlowTest, DefinitionsOfOneLockHaveOneEncoder) {
  const std::string yaml = files::read_file(path("app/pinnace.yaml"), 100'000);
  write("app/pinnace.yaml", yaml + "compression: zstd\n");
  write("app/Two", "FROM scratch\nCOPY file /\n");
  EXPECT_EQ(code_of([&] {
              run("pin", {{"definitions", {path("app/Two"), path("app/pinnace.yaml")}},
                          {"check", false},
                          {"update", false},
                          {"names", nullptr}});
            }),
            base::ErrorCode::invalid_input);
  EXPECT_FALSE(fs::exists(path("app/pinnace.lock.json")));
}

TEST_F(FlowTest, AnArchiveForDockerIsRefusedBeforeAllPlatformsAreBuilt) {
  const std::string archive = "docker-archive:" + path("app.tar");
  try {
    build("app", archive);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.what(), archive +
                                " holds an image for one platform, and this build is for 2; choose "
                                "one by --platform");
  }
  EXPECT_FALSE(fs::exists(path("store/cache/layers")));
}

TEST_F(FlowTest, ALockOfAnotherEncoderIsNotObeyedSilently) {
  pin(false, false);
  std::string lock = files::read_file(path("app/pinnace.lock.json"), 100'000);
  lock.replace(lock.find("pinnace-deflate/1"), 17, "pinnace-deflate/9");
  files::write_file_atomically(path("app/pinnace.lock.json"), lock);
  EXPECT_EQ(code_of([&] { build("app", "oci:" + path("out") + ":1"); }),
            base::ErrorCode::unsupported);
}

TEST_F(FlowTest, WhatAnEnvironmentWithoutADirectoryHasIsNothing) {
  build("app", "oci:" + path("elsewhere/app") + ":1");
  EXPECT_EQ(code_of([&] { promote("oci:" + path("elsewhere/app") + ":1", "prod"); }),
            base::ErrorCode::conflict);
  EXPECT_FALSE(fs::exists(path("prod")));
}

TEST_F(FlowTest, APromotionMovesTheSameBytesWhereItIsAdmitted) {
  const std::string digest = build("app", "oci:" + path("test/app") + ":1").at("digest");
  const json promoted = promote("env:test/app:1", "prod");
  EXPECT_EQ(promoted.at("digest"), digest);
  EXPECT_EQ(promote("env:test/app:1", "prod").at("bytesSent"), 0) << "a second time sends nothing";
  const json seen = run("inspect", {{"references", {"env:prod/app:1"}},
                                    {"digestOnly", false},
                                    {"environments", path("environments.yaml")}});
  EXPECT_EQ(seen.at("images").at(0).at("digest"), digest);
  EXPECT_EQ(seen.at("images").at(0).at("images").size(), 2U);
}

TEST_F(FlowTest, APromotionIsRefusedWhereItIsNot) {
  build("app", "oci:" + path("test/app") + ":1");
  promote("env:test/app:1", "prod");
  write("app/file", "app 2");
  build("app", "oci:" + path("test/app") + ":1");
  EXPECT_EQ(code_of([&] { promote("env:test/app:1", "prod"); }), base::ErrorCode::conflict);
  build("app", "oci:" + path("other/app") + ":2");
  write("app/file", "app 3");
  build("app", "oci:" + path("other/app") + ":3");
  EXPECT_EQ(code_of([&] { promote("oci:" + path("other/app") + ":3", "prod"); }),
            base::ErrorCode::conflict);
  EXPECT_EQ(code_of([&] { promote("env:test/app:1", "soaked"); }), base::ErrorCode::unsupported);
  EXPECT_EQ(code_of([&] { promote("env:test/app:1", "nowhere"); }), base::ErrorCode::not_found);
  EXPECT_FALSE(fs::exists(path("soaked")));
}

TEST_F(FlowTest, NoNameLeadsOutOfAnEnvironment) {
  const std::string digest = build("app", "oci:" + path("prod/web") + ":1").at("digest");
  write("app/file", "app 2");
  build("app", "oci:" + path("prod/web") + ":2");
  for (const std::string name : {"env:prod/../prod/web:2", "env:test/../prod/web:2"})
    EXPECT_EQ(code_of([&] { promote(name, "test"); }), base::ErrorCode::invalid_input) << name;
  write("environments.yaml", "test: {repository: 'oci:" + path("test") +
                                 "'}\nprod: {repository: 'oci:" + path("prod") +
                                 "', immutable: true}\n");
  fs::create_directory(path("test"));
  promote("oci:" + path("test/../prod/web") + ":2", "test");
  EXPECT_TRUE(fs::exists(path("test/web/index.json")));
  const json held = run("inspect", {{"references", {"env:prod/web:1"}},
                                    {"digestOnly", true},
                                    {"environments", path("environments.yaml")}});
  EXPECT_EQ(held.at("images").at(0).at("digest"), digest);
}

TEST_F(FlowTest, AnArchiveHasTheTagsOfAllItsSpellings) {
  fs::create_directory(path("there"));
  fs::create_directory_symlink(path("there"), path("here"));
  const std::vector<std::string> tags = {"oci-archive:" + path("there/a.tar") + ":1",
                                         "oci-archive:" + path("there/../there/a.tar") + ":2",
                                         "oci-archive:" + path("here/a.tar") + ":3"};
  run("build", build_request("app/pinnace.yaml", tags));
  for (const std::string tag : {"1", "2", "3"}) {
    EXPECT_NO_THROW(run("inspect", {{"references", {"oci-archive:" + path("there/a.tar:") + tag}},
                                    {"digestOnly", true},
                                    {"environments", nullptr}}))
        << tag;
  }
}

TEST_F(FlowTest, InspectShowsAnImageOnceAndNoMoreThanMemoryHolds) {
  const auto inspect = [&](const std::string& tag) {
    return run("inspect", {{"references", {"oci:" + path("large") + ":" + tag}},
                           {"digestOnly", false},
                           {"environments", nullptr}})
        .at("images")
        .at(0)
        .at("images")
        .size();
  };
  disk::OciLayout layout(path("large"), disk::OciLayout::Missing::create);
  const auto put = [&](char filler) {
    const std::string config = R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers",)"
                               R"("diff_ids":[]},"author":")" +
                               std::string(12 << 20, filler) + "\"}";
    const oci::Manifest image{std::string(oci::media_type::k_manifest),
                              store::put_bytes(layout, {}, config, oci::media_type::k_config),
                              {},
                              {},
                              {},
                              {}};
    layout.put_manifest({}, image.to_raw(), "");
    return image.to_raw();
  };
  const auto one = put('1');
  layout.put_manifest({}, test_support::index_of({one, one, one}), "alike");
  EXPECT_EQ(inspect("alike"), 1U);
  layout.put_manifest({}, test_support::index_of({one, put('2')}), "different");
  EXPECT_EQ(code_of([&] { inspect("different"); }), base::ErrorCode::invalid_input);
}

TEST_F(FlowTest, CopyAndGarbageCollectionKeepWhatIsTagged) {
  const std::string digest = build("app", "oci:" + path("out") + ":1").at("digest");
  write("app/file", "app 2");
  build("app", "oci:" + path("out") + ":1");
  run("copy", {{"source", "oci:" + path("out") + ":1"},
               {"target", "oci:" + path("copy") + ":1"},
               {"referrers", true},
               {"repair", false},
               {"parallel", nullptr},
               {"environments", nullptr}});
  const json result = run("gc", {{"layout", "oci:" + path("out")},
                                 {"cacheSize", nullptr},
                                 {"olderThan", nullptr},
                                 {"all", false}});
  EXPECT_GT(result.at("removedFiles").get<int>(), 0);
  EXPECT_TRUE(result.at("problems").empty());
  for (const std::string layout : {"out", "copy"}) {
    disk::OciLayout store(path(layout), disk::OciLayout::Missing::refuse);
    EXPECT_TRUE(disk::validate({}, store).empty()) << layout;
  }
  EXPECT_EQ(code_of([&] {
              run("inspect", {{"references", {"oci:" + path("out") + "@" + digest}},
                              {"digestOnly", true},
                              {"environments", nullptr}});
            }),
            base::ErrorCode::not_found);
}

TEST_F(FlowTest, WhatIsUnpackedIsInTheStoreAndDoesNotOutliveTheNextBuild) {
  write("store/tmp/.pinnace-tmp-killed/1", "unpacked");
  write("cf/Containerfile", "FROM scratch\nCOPY --from=oci:../images:base /etc/base /again\n");
  build_file("cf/Containerfile", "oci:" + path("cf/out"));
  EXPECT_TRUE(fs::is_empty(path("store/tmp")));
  write("store/tmp/.pinnace-tmp-killed/1", "unpacked");
  const json result = run(
      "gc", {{"layout", nullptr}, {"cacheSize", nullptr}, {"olderThan", nullptr}, {"all", false}});
  EXPECT_TRUE(fs::is_empty(path("store/tmp")));
  EXPECT_EQ(result.at("removedFiles"), 1);
  EXPECT_GE(result.at("removedBytes"), 8) << "blocks of the disk";
}

TEST_F(FlowTest, APlanHasFilesOfAnyName) {
  write("app/pinnace.yaml",
        "version: 1\nbase: scratch\nplatforms: [linux/amd64]\n"
        "artifacts:\n  - {from: 'caf*', to: /opt/}\n");
  write("app/caf\xe9.txt", "coffee");
  json request = build_request("app/pinnace.yaml", {"oci:" + path("out") + ":1"});
  EXPECT_TRUE(run("build", request).at("digest").is_string());
  request["plan"] = true;
  EXPECT_NE(run("build", request).at("plan").get<std::string>().find("caf\xEF\xBF\xBD.txt"),
            std::string::npos);
}

TEST_F(FlowTest, AContainerfileIsPinnedAndBuiltFromItsLock) {
  write("cf/Containerfile",
        "FROM oci:../images:base AS a\nFROM scratch\nCOPY --from=a / /\nCOPY "
        "--from=oci:../images:base "
        "/ /again/\n");
  EXPECT_EQ(code_of([&] { build_file("cf/Containerfile", "oci:" + path("cf/out"), true); }),
            base::ErrorCode::invalid_input)
      << "nothing is pinned yet";
  EXPECT_TRUE(pin_file("cf/Containerfile", true, false).at("changed"));
  const json pinned = pin_file("cf/Containerfile", false, false);
  ASSERT_EQ(pinned.at("images").size(), 1U);
  EXPECT_EQ(pinned.at("images")[0].at("name"), "oci:../images:base");
  EXPECT_FALSE(pin_file("cf/Containerfile", true, false).at("changed"));
  const json first = build_file("cf/Containerfile", "oci:" + path("cf/out"), true);
  write("base/file", "moved");
  build("base", "oci:" + path("images") + ":base");
  const json second = build_file("cf/Containerfile", "oci:" + path("cf/out"), true);
  EXPECT_EQ(first.at("digest"), second.at("digest")) << "the lock holds although the tag moved";
  pin_file("cf/Containerfile", false, true);
  EXPECT_NE(build_file("cf/Containerfile", "oci:" + path("cf/out"), true).at("digest"),
            first.at("digest"));
}

}  // namespace
}  // namespace pinnace::jobs
