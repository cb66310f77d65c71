#include "source/git_server.hpp"

#include <gtest/gtest.h>

namespace pinnace::source {
namespace {

std::string shown(std::string_view repository) {
  const auto server = git_server_of(repository);
  return server ? server->scheme + " " + server->host : "none";
}

TEST(GitServer, IsWhatTheNameSays) {
  EXPECT_EQ(shown("https://user@Example.org:8443/x.git"), "https example.org");
  EXPECT_EQ(shown("git://0x7f.1/x.git"), "git 127.0.0.1");
  EXPECT_EQ(shown("http://[::1]:80/x"), "http [::1]");
  EXPECT_EQ(shown("ssh://git@host:22/x.git"), "ssh host");
  EXPECT_EQ(shown("git@host:team/x.git"), "ssh host");
  EXPECT_EQ(shown("host:x.git"), "ssh host");
  EXPECT_EQ(shown("git@[::1]:x.git"), "ssh [::1]");
  for (const char* other :
       {"file:///srv/x.git", "ext::sh -c true", "/srv/x.git", "../x.git", "x", "", "ftp://host/x",
        "ftp::host", "HTTPS://host/x", "git://%31%32%37.0.0.1/x", "http://127.0.0.1#@host/x",
        "http://127.0.0.1?@host/x", "[127.0.0.1:22]:x", "git@[127.0.0.1]:x", "[git@127.0.0.1:22]:x",
        "git://[127.0.0.1]/x", "git://[localhost]:9418/x", "git://l%6fcalhost/x",
        "http://127.0.0.%31:8080/x", "git://169.254.169.25%34/x",
        // Git takes these for an address, or ends the host at what it decodes.
        "git://::1/x", "git://::ffff:127.0.0.1/x", "git://0:0:0:0:0:0:0:1/x", "ssh://::1/x",
        "ssh://127.0.0.1%2f@host/x", "git://host:x/y", "git://[::1]1/x", "git://[::1/x", "git:///x",
        "git@:x", "http://127\u30020\u30020\u30021/x", "git://a@b@host/x"})
    EXPECT_EQ(shown(other), "none") << other;
}

TEST(GitServer, HasAPort) {
  const auto port = [](const char* repository) { return git_server_of(repository)->port; };
  EXPECT_EQ(port("https://user@example.org:8443/x.git"), "8443");
  EXPECT_EQ(port("ssh://git@[::1]:2222/x"), "2222");
  EXPECT_EQ(port("http://[::1]/x"), "80");
  EXPECT_EQ(port("https://host/x"), "443");
  EXPECT_EQ(port("git://host/x"), "9418");
  EXPECT_EQ(port("git@host:x.git"), "22");
  EXPECT_EQ(port("git://host:/x"), "9418");
}

TEST(GitServer, WhereARepositoryMayLead) {
  struct Case {
    const char* repository;
    const char* submodule;
    const char* why;
  };
  const Case cases[] = {
      {"https://a.test/x", "https://b.test/y", ""},
      {"ssh://git@a.test/x", "git@a.test:y", ""},
      {"https://a.test/x", "git@a.test:y",
       "by ssh from another place; expected an ADD of its own for it"},
      {"git@a.test:x", "root@a.test:y",
       "by ssh from another place; expected an ADD of its own for it"},
      {"git@a.test:x", "ssh://git@a.test:2222/y",
       "by ssh from another place; expected an ADD of its own for it"},
      {"git@a.test:x", "git@b.test:y",
       "by ssh from another place; expected an ADD of its own for it"},
      {"git@a.test:x", "https://b.test/y", ""},
      {"http://a.test/x", "http://a.test/y", ""},
      {"http://a.test/x", "https://b.test/y", ""},
      {"http://127.0.0.1:1/x", "http://localhost:2/y", ""},
      {"https://a.test/x", "http://a.test/y", "from https to http, in plain text"},
      {"git@a.test:x", "git://a.test/y", "from ssh to git, in plain text"},
      {"http://a.test/x", "git://b.test/y", "to another host in plain text"},
      {"http://a.test/x", "http://127.0.0.1/y", "from another machine to this one"},
      {"https://a.test/x", "ssh://git@0/y", "from another machine to this one"},
      {"http://a.test/x", "git://2130706433/y", "from another machine to this one"},
      {"https://a.test/x", "file:///y", "to what is neither https, http, git nor ssh"},
      {"https://a.test/x", "ext::sh", "to what is neither https, http, git nor ssh"},
  };
  for (const Case& one : cases)
    EXPECT_EQ(why_no_submodule(one.repository, one.submodule), one.why)
        << one.repository << " " << one.submodule;
}

}  // namespace
}  // namespace pinnace::source
