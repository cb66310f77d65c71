#include <gtest/gtest.h>

#include <vector>

#include "base/error.hpp"
#include "web/headers.hpp"
#include "web/host.hpp"
#include "web/redact.hpp"
#include "web/url.hpp"

namespace pinnace::web {
namespace {

TEST(RedactUrl, HidesWhatCanBeACredential) {
  struct Case {
    const char* url;
    const char* expected;
  };
  for (const Case& c :
       std::vector<Case>{{"https://r.example/v2/a/b", "https://r.example/v2/a/b"},
                         {"https://ada:pw@r.example/v2/", "https://REDACTED@r.example/v2/"},
                         {"https://ada:p@w@r.example/v2/", "https://REDACTED@r.example/v2/"},
                         {"https://r/x?mail=a@b", "https://r/x?mail=a@b"},
                         {"https://r/u?_state=abc&digest=sha256:1",
                          "https://r/u?_state=REDACTED&digest=sha256:1"},
                         {"https://s3/x?X-Amz-Signature=ab&X-Amz-Credential=cd&x=1",
                          "https://s3/x?X-Amz-Signature=REDACTED&X-Amz-Credential=REDACTED&x=1"},
                         {"https://az/x?sv=1&sig=a%2Bb", "https://az/x?sv=1&sig=REDACTED"},
                         {"https://r/token?access_token=1&PASSWORD=2",
                          "https://r/token?access_token=REDACTED&PASSWORD=REDACTED"},
                         {"https://r/a\r\nX: y", "https://r/a\\x0d\\nX: y"},
                         {"?token", "?token"},
                         {"", ""}}) {
    EXPECT_EQ(redact_url(c.url), c.expected);
  }
}

TEST(QuoteText, EscapesCutsAndRedacts) {
  EXPECT_EQ(quote_text("plain \xc3\xa4"), "plain \xc3\xa4");
  EXPECT_EQ(quote_text("a\x1b[31m\xff\xc2\x9b"), "a\\x1b[31m\\xff\\xc2\\x9b");
  EXPECT_EQ(quote_text("got 'Bearer abc.def' back"), "got 'Bearer REDACTED' back");
  EXPECT_EQ(quote_text("authorization: basic YWRhOnB3"), "authorization: basic REDACTED");
  EXPECT_EQ(quote_text("Bearer realm=\"https://x\""), "Bearer realm=\"https://x\"");
  EXPECT_EQ(quote_text(std::string(512, 'a')), std::string(512, 'a'));
  EXPECT_EQ(quote_text(std::string(513, 'a')), std::string(512, 'a') + "...");
  // A credential that begins before the cut does not show at it.
  const std::string text = std::string(500, 'a') + " Bearer " + std::string(100, 's');
  EXPECT_EQ(quote_text(text).find("sss"), std::string::npos);
}

TEST(QuoteText, UserInfoIsNotCut) {
  // Who shows it knows user info by its "@".
  const std::string text = std::string(500, 'a') + " https://user:word@host/x";
  EXPECT_EQ(quote_text(text), std::string(500, 'a') + "...");
  EXPECT_EQ(quote_text("https://u:" + std::string(600, 's') + "@host/"), "...");
}

TEST(Origin, TellsHostsApart) {
  EXPECT_EQ(origin_of("https://A.example/x"), origin_of("https://a.example:443/y?z"));
  EXPECT_NE(origin_of("https://a.example"), origin_of("http://a.example"));
  EXPECT_NE(origin_of("https://a.example"), origin_of("https://a.example:444"));
  EXPECT_NE(origin_of("https://a.example"), origin_of("https://b.a.example"));
  for (const char* bad :
       {"", "a.example", "ftp://a/x", "file:///etc/passwd", "https://u:p@a/", "https://"}) {
    EXPECT_THROW(origin_of(bad), base::Error) << bad;
  }
}

TEST(ResolveUrl, RelativeAndAbsolute) {
  const char* base = "https://r.example:5000/v2/a/blobs/uploads/?mount=1";
  struct Case {
    const char* location;
    const char* expected;
  };
  for (const Case& c :
       std::vector<Case>{{"/v2/u/1?_state=a%2Bb", "https://r.example:5000/v2/u/1?_state=a%2Bb"},
                         {"next", "https://r.example:5000/v2/a/blobs/uploads/next"},
                         {"?n=1", "https://r.example:5000/v2/a/blobs/uploads/?n=1"},
                         {"//other/x", "https://other/x"},
                         {"http://plain/x", "http://plain/x"}}) {
    EXPECT_EQ(resolve_url(base, c.location), c.expected);
  }
  for (const char* bad :
       {"ftp://x/y", "file:///etc/passwd", "https://u:p@x/", "http://a b/", "https://x:99999/"}) {
    EXPECT_THROW(resolve_url(base, bad), base::Error) << bad;
  }
}

TEST(IsLoopback, OnlyThisMachineInAllSpellings) {
  for (const char* host : {"localhost",
                           "LOCALHOST",
                           "localhost.",
                           "a.localhost",
                           "a.localhost.",
                           "127.0.0.1",
                           "127.0.0.1.",
                           "127.1.2.3",
                           "127.1",
                           "127.0.0.01",
                           "2130706433",
                           "0x7f.1",
                           "0177.0.0.1",
                           "0.0.0.0",
                           "0",
                           "[::1]",
                           "[0:0:0:0:0:0:0:1]",
                           "[::]",
                           "[::ffff:127.0.0.1]",
                           "[::ffff:7f00:1]",
                           "[::FFFF:127.9.9.9]",
                           "[::ffff:0.0.0.0]"}) {
    EXPECT_TRUE(is_loopback(host)) << host;
  }
  for (const char* host : {"127.0.0.1.evil.example", "127.evil", "localhost.evil", "evillocalhost",
                           "128.0.0.1", "126.255.255.255", "::1", "[::2]", "[::ffff:10.0.0.1]",
                           "[::127.0.0.1]", "[fe80::1]", "0.0.0.1", "", ".", "[]"}) {
    EXPECT_FALSE(is_loopback(host)) << host;
  }
}

TEST(ReachedHost, HasOneTextForAllSpellings) {
  struct Case {
    const char* host;
    const char* expected;
  };
  for (const Case& c : std::vector<Case>{{"Registry.Test.", "registry.test"},
                                         {"0xa.1", "10.0.0.1"},
                                         {"[::ffff:a00:1]", "10.0.0.1"},
                                         {"[2001:DB8:0:0:0:0:0:1]", "[2001:db8::1]"},
                                         {"[nothing]", "[nothing]"},
                                         {"10.0.0.1.example", "10.0.0.1.example"}}) {
    EXPECT_EQ(reached_host(c.host), c.expected);
  }
}

TEST(Headers, NamesHaveNoCase) {
  Headers headers{{"Content-Type", "a"}, {"X", "1"}, {"x", "2"}};
  EXPECT_EQ(headers.get("content-type"), "a");
  EXPECT_EQ(headers.all("X").size(), 2U);
  headers.set("CONTENT-TYPE", "b");
  EXPECT_EQ(headers.all("Content-Type"), (std::vector<std::string_view>{"b"}));
  headers.remove("x");
  EXPECT_EQ(headers.find("X"), nullptr);
  EXPECT_EQ(headers.get("X"), "");
}

TEST(PercentEncode, Everything) {
  EXPECT_EQ(percent_encode("aZ0-._~"), "aZ0-._~");
  EXPECT_EQ(percent_encode("a:b/c d+\xff"), "a%3Ab%2Fc%20d%2B%FF");
  EXPECT_EQ(with_query("http://x/", "a", "b c"), "http://x/?a=b%20c");
  EXPECT_EQ(with_query("http://x/?y", "a", "b"), "http://x/?y&a=b");
  EXPECT_EQ(with_query("http://x/y#z", "a", "b"), "http://x/y?a=b");
}

}  // namespace
}  // namespace pinnace::web
