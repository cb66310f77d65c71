#include "base/shown.hpp"

#include <gtest/gtest.h>

namespace pinnace::base {
namespace {

TEST(Printable, NothingSteersOrHides) {
  struct Case {
    std::string text;
    const char* shown;
  };
  for (const Case& c :
       std::vector<Case>{{"plain \xc3\xa4 \xe6\xbc\xa2 \xf0\x9f\x9a\xa2\t.",
                          "plain \xc3\xa4 \xe6\xbc\xa2 \xf0\x9f\x9a\xa2\t."},
                         {"a\x1b[31m\r\n\x7f", "a\\x1b[31m\\x0d\\n\\x7f"},
                         {std::string("a\0b", 3), "a\\x00b"},
                         {"\xc2\x9b"
                          "2J",
                          "\\xc2\\x9b2J"},
                         {"\xff\xc3", "\\xff\\xc3"},
                         {"\xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80",
                          "\\xc0\\xaf \\xed\\xa0\\x80 \\xf4\\x90\\x80\\x80"},
                         {"\xe2\x80\xae"
                          "gpj.exe",
                          "\\u{202e}gpj.exe"},
                         {"a\xe2\x81\xa6\xe2\x80\x8b\xef\xbb\xbf", "a\\u{2066}\\u{200b}\\u{feff}"},
                         {"\\x1b", "\\x1b"}}) {
    EXPECT_EQ(printable(c.text), c.shown);
    EXPECT_EQ(printable(printable(c.text)), c.shown) << "twice";
  }
}

TEST(UserInfo, IsNeverPartOfAName) {
  struct Case {
    const char* name;
    const char* shown;
  };
  const std::string digest = "sha256:" + std::string(64, 'a');
  for (const Case& c :
       std::vector<Case>{{"user:word@host/x:1", "REDACTED@host/x:1"},
                         {"user:w@rd@host/x", "REDACTED@host/x"},
                         {"token@ghcr.io/x", "REDACTED@ghcr.io/x"},
                         {"https://user:word@host/x", "https://REDACTED@host/x"},
                         {"https://token@host/x", "https://REDACTED@host/x"},
                         {"docker://user:word@host/x", "docker://REDACTED@host/x"},
                         {"//user:word@host/x", "//REDACTED@host/x"},
                         {"https://host/x@y:z", "https://host/x@y:z"},
                         {"https://host/x?mail=a@b", "https://host/x?mail=a@b"},
                         {"user:word@host/x@sha256:0", "REDACTED@host/x@sha256:0"},
                         {"user:word@localhost", "REDACTED@localhost"},
                         {"u:a/w@host/x", "REDACTED@host/x"},
                         {"u:a/w@127.0.0.1:1/a/b:1", "REDACTED@127.0.0.1:1/a/b:1"},
                         {"u:a/w/@h.x/y@sha256:0", "REDACTED@h.x/y@sha256:0"},
                         {"u:w@host/x@latest", "REDACTED@host/x@latest"},
                         {"m@h.x:a/w@host/x", "REDACTED@host/x"},
                         {"https:/u:w@host", "https:/REDACTED@host"},
                         {"https:/u:a/w@host/x", "https:/REDACTED@host/x"},
                         {"http://u:a/w@127.0.0.1:1", "http://REDACTED@127.0.0.1:1"},
                         {"http://u:a?w@host", "http://REDACTED@host"},
                         {"http://u:a#w/@h/x", "http://REDACTED@h/x"},
                         {"http://m@h.x:a/w@host", "http://REDACTED@host"},
                         {"//u:a/w@host/x", "//REDACTED@host/x"},
                         {"http://host:80/x@y.z", "http://host:80/x@y.z"},
                         {"host:80/x@y.z", "host:80/x@y.z"},
                         {"u:12/PW@host:1/a", "REDACTED@host:1/a"},
                         {"u:12/PW@host/a:1", "REDACTED@host/a:1"},
                         {"u:12/P/W@127.0.0.1:1/a@sha256:0", "REDACTED@127.0.0.1:1/a@sha256:0"},
                         {"http://u:12/PW@127.0.0.1:3128", "http://REDACTED@127.0.0.1:3128"},
                         {"http://h:4873/@scope/name", "http://h:4873/@scope/name"},
                         {"h:5000/web@latest", "h:5000/web@latest"},
                         {"h:5000/job@2/x", "h:5000/job@2/x"},
                         {"src:/var/job@tmp/x", "src:/var/job@tmp/x"},
                         {"oci:job:a/b@tmp", "oci:job:a/b@tmp"},
                         {"web:1@sha256:0", "web:1@sha256:0"},
                         {"ubuntu@latest", "ubuntu@latest"},
                         {"oci:job@2/out:1", "oci:job@2/out:1"},
                         {"oci:/var/job@2/out:1", "oci:/var/job@2/out:1"},
                         {"shop/web:1@x.y", "shop/web:1@x.y"},
                         {"@", "@"},
                         {"", ""}}) {
    EXPECT_EQ(without_user_info(c.name), c.shown);
  }
}

TEST(Shown, WhatIsLongIsShortened) {
  EXPECT_EQ(shortened("0123456789", 10), "0123456789");
  EXPECT_EQ(shortened(std::string(500, 'a') + std::string(500, 'b'), 10),
            "aaaaa[... 990 bytes ...]bbbbb");
  const std::string boats =
      shortened("\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9", 10);
  EXPECT_EQ(boats, "\u00e9\u00e9[... 12 bytes ...]\u00e9\u00e9") << "characters are whole";
}

TEST(UserInfo, IsFoundInMessages) {
  EXPECT_EQ(
      message_without_user_info("cannot read \"user:word@host/x\", see https://t@h/y (a:b@c)"),
      "cannot read \"REDACTED@host/x\", see https://REDACTED@h/y (REDACTED@c)");
  for (const char* harmless :
       {"Containerfile:1:6: shop/web:1@sha256:00 is gone", "mail ada@example.org",
        "git@github.com:shop/web.git: no such repository", "/var/job@2/x:1",
        "expected oci:DIR[:tag][@digest]", "expected docker-archive:FILE[:name:tag][@digest]",
        ""}) {
    EXPECT_EQ(message_without_user_info(harmless), harmless);
  }
}

}  // namespace
}  // namespace pinnace::base
