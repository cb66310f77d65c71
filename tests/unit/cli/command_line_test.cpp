#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/error.hpp"
#include "cli/command_line.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::cli {
namespace {

using nlohmann::json;

/// A command line in a directory of its own, with the definition and the directory "web" in it.
class CommandLine : public testing::Test {
 protected:
  CommandLine() {
    std::filesystem::current_path(m_directory.path());
    std::filesystem::create_directory("web");
    std::ofstream("Containerfile") << "FROM scratch\n";
    std::ofstream("web/Dockerfile") << "FROM scratch\n";
  }
  ~CommandLine() override { std::filesystem::current_path("/"); }

  static json request(std::vector<const char*> words) {
    GlobalOptions global;
    Invocation invocation;
    CLI::App app;
    define_command_line(app, global, invocation);
    words.insert(words.begin(), "pinnace");
    parse_command_line(app, static_cast<int>(words.size()), words.data());
    return invocation.request;
  }

  /// What a person is told of these words.
  static std::string complaint(const std::vector<const char*>& words) {
    std::vector<const char*> all = {"pinnace"};
    all.insert(all.end(), words.begin(), words.end());
    GlobalOptions global;
    Invocation invocation;
    CLI::App app;
    define_command_line(app, global, invocation);
    try {
      parse_command_line(app, static_cast<int>(all.size()), all.data());
    } catch (const CLI::ParseError& error) {
      return usage_error(app, error);
    } catch (const base::Error& error) {
      return error.what();
    }
    return "";
  }

 private:
  test_support::TemporaryDirectory m_directory;
};

/// How many options of the verb and those below take more words than one.
void find_greedy(const CLI::App& app, std::vector<std::string>& found) {
  for (const CLI::Option* option : app.get_options()) {
    const bool one_value = option->get_type_size_max() <= 1 && !option->get_allow_extra_args();
    if (!option->get_positional() && !one_value) {
      found.push_back(app.get_name() + " " + option->get_name());
    }
  }
  for (const CLI::App* verb : app.get_subcommands({})) find_greedy(*verb, found);
}

TEST_F(CommandLine, EveryOptionTakesOneValue) {
  GlobalOptions global;
  Invocation invocation;
  CLI::App app;
  define_command_line(app, global, invocation, OptionsOf::all_verbs);
  std::vector<std::string> found;
  find_greedy(app, found);
  EXPECT_EQ(found, std::vector<std::string>{});
}

TEST_F(CommandLine, TheWordAfterATagIsTheContext) {
  const json built = request({"build", "-t", "a.example/x", "web"});
  EXPECT_EQ(built.at("tags"), json::array({"a.example/x"}));
  EXPECT_EQ(built.at("context"), "web");
  EXPECT_EQ(built.at("definition"), "web/Dockerfile");
  const json here = request({"build", "-t", "a.example/x", "-t=oci:out:1", "--tag=oci:out:2", "."});
  EXPECT_EQ(here.at("tags"), json::array({"a.example/x", "oci:out:1", "oci:out:2"}));
  EXPECT_EQ(here.at("context"), ".");
  EXPECT_EQ(request({"build", "-toci:o:1", "--", "web"}).at("context"), "web");
}

TEST_F(CommandLine, AFileIsNamedFromHereWhereverTheContextIs) {
  const json built = request({"build", "-f", "Containerfile", "web"});
  EXPECT_EQ(built.at("definition"), "Containerfile");
  EXPECT_EQ(built.at("context"), "web");
  EXPECT_EQ(request({"build", "--context", "web"}).at("definition"), "Containerfile");
}

TEST_F(CommandLine, OptionsOfListsLeaveWordsAlone) {
  EXPECT_EQ(complaint({"build", "--build-arg", "A=1", "B=2"}),
            "\"B=2\" is no directory, expected the context; a definition is named by -f, and every "
            "tag by a -t of its own");
  EXPECT_EQ(complaint({"build", "--context", "web", "web"}),
            "the context is given twice: \"web\" and --context web");
  EXPECT_EQ(complaint({"build", "web", "web"}),
            "one argument too many: \"web\", see pinnace build --help");
}

TEST_F(CommandLine, UpdateTakesANameAndLeavesADefinition) {
  const json one = request({"pin", "--update", "debian", "--update=alpine", "web/Dockerfile"});
  EXPECT_EQ(one.at("names"), json::array({"debian", "alpine"}));
  EXPECT_EQ(one.at("definitions"), json::array({"web/Dockerfile"}));
  const json all = request({"pin", "--update", "web/Dockerfile"});
  EXPECT_EQ(all.at("names"), json::array());
  EXPECT_EQ(all.at("definitions"), json::array({"web/Dockerfile"}));
  EXPECT_EQ(all.at("update"), true);
}

TEST_F(CommandLine, WhatWasMeantIsSuggested) {
  EXPECT_EQ(complaint({"biuld"}),
            R"(unknown verb "biuld", did you mean "build"? See pinnace --help)");
  EXPECT_EQ(complaint({"push", "x"}),
            R"(unknown verb "push", did you mean "copy"? See pinnace --help)");
  EXPECT_EQ(complaint({"build", "--tga", "x"}),
            R"(unknown option "--tga", did you mean "--tag"? See pinnace build --help)");
  EXPECT_EQ(complaint({"build", "--jsn"}),
            R"(unknown option "--jsn", did you mean "--json"? See pinnace build --help)");
  EXPECT_EQ(
      complaint({"copy", "--referers=1", "a", "b"}),
      R"(unknown option "--referers=1", did you mean "--referrers"? See pinnace copy --help)");
  EXPECT_EQ(complaint({"--zzzzzz"}), R"(unknown option "--zzzzzz", see pinnace --help)");
  EXPECT_EQ(complaint({"--store"}), "--store: 1 required TEXT missing, see pinnace --help");
  EXPECT_TRUE(complaint({}).starts_with("no verb; known are build, pin, copy")) << complaint({});
  EXPECT_TRUE(complaint({"copy", "a"}).ends_with(", see pinnace copy --help"));
}

TEST_F(CommandLine, WordsOfOtherToolsGetAnAnswer) {
  const std::vector<std::pair<std::vector<const char*>, const char*>> cases = {
      {{"login", "x"}, R"(unknown verb "login": credentials are those of docker login, or)"},
      {{"rmi", "x"}, R"(unknown verb "rmi", did you mean "gc"? See pinnace --help)"},
      {{"run", "--rm", "oci:x"}, R"(unknown option "--rm": nothing of a container is left)"},
      {{"run", "-it", "oci:x"}, R"(unknown option "-it": a container has neither a terminal)"},
      {{"run", "oci:x", "ls", "-la"},
       R"(unknown option "-la": options of the container's command stand behind --, see pinnace run)"},
      {{"build", "--push", "."},
       R"(unknown option "--push": -t with a registry's reference pushes)"},
      {{"copy", "--all", "a", "b"},
       R"(unknown option "--all": all platforms are copied without it)"},
      {{"copy", "--platform=linux/arm64", "a", "b"},
       R"(unknown option "--platform=linux/arm64": the image for one platform is copied by its digest)"},
      {{"inspect", "--tls-verify=false", "a"},
       R"(unknown option "--tls-verify=false": plain http)"},
      {{"gc", "--force"}, R"(unknown option "--force": it asks nothing, see pinnace gc --help)"},
      {{"ps", "-a"}, R"(unknown option "-a": those that have ended are listed)"},
  };
  for (const auto& [words, expected] : cases)
    EXPECT_TRUE(complaint(words).starts_with(expected)) << complaint(words);
}

TEST_F(CommandLine, NothingIsReadFromStandardInput) {
  for (const auto& words : std::vector<std::vector<const char*>>{{"build", "-"},
                                                                 {"build", "-f", "-"},
                                                                 {"build", "-f", "-", "."},
                                                                 {"build", "--context", "-"}})
    EXPECT_EQ(complaint(words),
              "\"-\": neither a definition nor a context is read from standard input, expected a "
              "file behind -f and a directory as the context");
}

TEST_F(CommandLine, PinTakesADirectoryAsBuildDoes) {
  EXPECT_EQ(request({"pin", "web"}).at("definitions"), json::array({"web/Dockerfile"}));
  EXPECT_EQ(request({"pin", "web", "Containerfile"}).at("definitions"),
            json::array({"web/Dockerfile", "Containerfile"}));
  std::filesystem::create_directory("empty");
  EXPECT_TRUE(complaint({"pin", "empty"}).starts_with("no pinnace.yaml, Containerfile or"));
}

TEST_F(CommandLine, AValueThatCanNotBeIsToldWithItsLimits) {
  EXPECT_EQ(complaint({"build", "--memory", "1m"}),
            "--memory: expected 16MiB to 1PiB, got 1m, see pinnace build --help");
  EXPECT_EQ(complaint({"run", "--memory", "much", "oci:x", "--", "true"}),
            "--memory: expected 16MiB to 1PiB, got much, see pinnace run --help");
  EXPECT_EQ(complaint({"gc", "--cache-size=2PiB"}),
            "--cache-size: expected 0 to 1PiB, got 2PiB, see pinnace gc --help");
  EXPECT_TRUE(complaint({"run", "--cpus", "0", "oci:x", "--", "true"}).starts_with("--cpus: "));
  EXPECT_NE(complaint({"run", "--cpus", "x", "oci:x", "--", "true"}).find("--cpus"),
            std::string::npos);
  EXPECT_TRUE(complaint({"run", "--processes", "0", "oci:x"}).starts_with("--processes: "));
  EXPECT_EQ(request({"build", "--memory", "512MB"}).at("sandbox").at("memory"), 512 << 20);
  EXPECT_EQ(request({"build", "--cache-size", "0"}).at("cacheSize"), 0);
}

TEST_F(CommandLine, WithoutAHomeNothingIsWrittenAtTheRoot) {
  const char* home = std::getenv("HOME");
  const std::string before = home == nullptr ? "" : home;
  for (const char* name : {"HOME", "XDG_CACHE_HOME", "PINNACE_STORE"}) ::unsetenv(name);
  EXPECT_EQ(complaint({"inspect", "oci:x"}),
            "there is no place for the local store: HOME is not set; say --store DIR, or set "
            "PINNACE_STORE");
  EXPECT_EQ(request({"inspect", "--store", "s", "oci:x"}).at("store"), "s");
  ::setenv("HOME", before.c_str(), 1);
}

TEST_F(CommandLine, WhatIsNamedByAnOptionIsToldWithIt) {
  EXPECT_TRUE(
      complaint({"gc", "--older-than", "7"}).starts_with("--older-than: expected a duration"));
  EXPECT_EQ(complaint({"promote", "oci:x:1", "--to", "prod"}),
            "there is no environments.yaml here, which says where environments are; name another "
            "one by --environments FILE");
  EXPECT_EQ(request({"promote", "oci:x:1", "--to", "prod", "--environments", "e"}).at("to"),
            "prod");
}

TEST_F(CommandLine, HelpIsAVerbToo) {
  const auto help_of = [](std::vector<const char*> words) {
    GlobalOptions global;
    Invocation invocation;
    CLI::App app;
    define_command_line(app, global, invocation);
    words.insert(words.begin(), "pinnace");
    EXPECT_THROW(parse_command_line(app, static_cast<int>(words.size()), words.data()),
                 CLI::CallForHelp);
    return app.help();
  };
  EXPECT_EQ(help_of({"help", "build"}), help_of({"build", "--help"}));
  EXPECT_EQ(help_of({"help"}), help_of({"--help"}));
  EXPECT_EQ(complaint({"help", "biuld"}),
            R"(unknown verb "biuld", did you mean "build"? See pinnace --help)");
}

TEST_F(CommandLine, AnEmptyDirectorySaysWhatWasLookedFor) {
  std::filesystem::create_directory("empty");
  const std::string place = std::filesystem::absolute("empty").string();
  const std::string expected = "no pinnace.yaml, Containerfile or Dockerfile in " + place +
                               "; name the definition, as with build -f FILE or pin FILE";
  EXPECT_EQ(complaint({"build", "empty"}), expected);
  std::filesystem::current_path("empty");
  EXPECT_EQ(complaint({"build", "-t", "oci:x:1"}), expected);
  EXPECT_EQ(complaint({"pin"}), expected);
}

}  // namespace
}  // namespace pinnace::cli
