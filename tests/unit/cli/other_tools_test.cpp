#include "cli/other_tools.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "cli/command_line.hpp"

namespace pinnace::cli {
namespace {

/// Our verbs, with the names of their options.
class Ours {
 public:
  Ours() {
    define_command_line(m_app, m_global, m_invocation, OptionsOf::all_verbs);
    for (const CLI::App* verb : m_app.get_subcommands({})) {
      if (!verb->get_group().empty()) verbs.insert(verb->get_name());
    }
  }
  bool has_option(const std::string& verb, const std::string& option) const {
    return m_app.get_subcommand(verb)->get_option_no_throw(option) != nullptr ||
           m_app.get_option_no_throw(option) != nullptr;
  }

  std::set<std::string> verbs;

 private:
  GlobalOptions m_global;
  Invocation m_invocation;
  CLI::App m_app;
};

TEST(OtherTools, TheirVerbsGetAnAnswer) {
  const Ours ours;
  // docker, podman, buildah, skopeo, crane, regctl
  for (const char* word :
       {"attach",  "buildx", "config", "cp",     "create",   "digest", "exec", "images",
        "kill",    "load",   "login",  "logout", "manifest", "prune",  "pull", "push",
        "restart", "rm",     "rmi",    "save",   "start",    "sync",   "tag",  "version"}) {
    const std::string verb(verb_for(word));
    EXPECT_TRUE(ours.verbs.contains(verb) || !note_on("", word).empty()) << word;
    EXPECT_TRUE(verb.empty() || ours.verbs.contains(verb)) << word << " is " << verb;
  }
}

TEST(OtherTools, OurVerbsAreNobodyElses) {
  for (const std::string& verb : Ours().verbs) {
    EXPECT_EQ(verb_for(verb), "") << verb;
    EXPECT_EQ(note_on("", verb), "") << verb;
  }
}

struct Foreign {
  const char* verb;
  const char* option;
};

TEST(OtherTools, TheirOptionsGetAnAnswer) {
  const Ours ours;
  for (const auto& [verb, option] : std::initializer_list<Foreign>{{"build", "--push"},
                                                                   {"build", "--output"},
                                                                   {"build", "--load"},
                                                                   {"build", "--pull"},
                                                                   {"build", "--iidfile"},
                                                                   {"build", "--progress"},
                                                                   {"run", "--rm"},
                                                                   {"run", "-it"},
                                                                   {"run", "--tty"},
                                                                   {"run", "--name"},
                                                                   {"run", "--entrypoint"},
                                                                   {"run", "--env-file"},
                                                                   {"run", "--mount"},
                                                                   {"run", "-P"},
                                                                   {"copy", "--all"},
                                                                   {"copy", "--platform"},
                                                                   {"copy", "--src-creds"},
                                                                   {"copy", "--dest-tls-verify"},
                                                                   {"inspect", "--raw"},
                                                                   {"inspect", "--format"},
                                                                   {"ps", "-a"},
                                                                   {"logs", "-f"},
                                                                   {"logs", "--tail"},
                                                                   {"stop", "-f"},
                                                                   {"gc", "-f"},
                                                                   {"gc", "-a"},
                                                                   {"build", "--authfile"},
                                                                   {"inspect", "--insecure"},
                                                                   {"copy", "--creds=u:p"},
                                                                   {"pin", "--tls-verify=false"}}) {
    EXPECT_NE(note_on(verb, option), "") << verb << " " << option;
    EXPECT_FALSE(ours.has_option(verb, option)) << verb << " has " << option << " by now";
  }
}

TEST(OtherTools, OfTheRestNothingIsSaid) {
  EXPECT_EQ(verb_for("zzz"), "");
  EXPECT_EQ(verb_for(""), "");
  EXPECT_EQ(note_on("", ""), "");
  EXPECT_EQ(note_on("build", "--zzz"), "");
  EXPECT_EQ(note_on("gc", "--raw"), "") << "another verb's";
}

}  // namespace
}  // namespace pinnace::cli
