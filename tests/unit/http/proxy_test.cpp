#include "http/proxy.hpp"

#include <gtest/gtest.h>

#include <map>

namespace pinnace::http {
namespace {

using Variables = std::map<std::string, std::string>;

std::string proxy_for(const Variables& variables, const char* url) {
  const ProxyRules rules = ProxyRules::from([&](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  });
  return rules.proxy_for(web::origin_of(url));
}

TEST(Proxy, Logins) {
  struct Case {
    const char* proxy;
    ProxyRules::Login written;
    ProxyRules::Login decoded;
  };
  for (const Case& c : std::vector<Case>{
           {"http://usr:word@p:1", {"usr", "word"}, {"usr", "word"}},
           {"usr:w%40rd@p:1", {"usr", "w%40rd"}, {"usr", "w@rd"}},
           {"socks5h://usr:a/b@c@p", {"usr", "a/b@c"}, {"usr", "a/b@c"}},
       }) {
    for (const char* variable : {"http_proxy", "https_proxy"}) {
      const ProxyRules rules = ProxyRules::from([&](const char* name) {
        return std::string(std::string_view(name) == variable ? c.proxy : "");
      });
      EXPECT_EQ(rules.logins(), (std::vector{c.written, c.decoded})) << c.proxy;
    }
  }
  for (const char* none : {"", "http://p:1", "http://usr@p:1", "p:1"}) {
    EXPECT_TRUE(ProxyRules::from([&](const char*) { return std::string(none); }).logins().empty());
  }
}

TEST(Proxy, Variables) {
  struct Case {
    Variables variables;
    const char* http;
    const char* https;
  };
  for (const Case& c :
       std::vector<Case>{{{}, "", ""},
                         {{{"http_proxy", "p:1"}}, "p:1", ""},
                         {{{"HTTP_PROXY", "p:1"}}, "p:1", ""},
                         {{{"HTTP_PROXY", "p:1"}, {"REQUEST_METHOD", "GET"}}, "", ""},
                         {{{"http_proxy", "p:1"}, {"HTTP_PROXY", "q:1"}}, "p:1", ""},
                         {{{"HTTPS_PROXY", "p:1"}}, "", "p:1"},
                         {{{"https_proxy", "p:1"}, {"ALL_PROXY", "q:1"}}, "q:1", "p:1"},
                         {{{"all_proxy", "p:1"}, {"ALL_PROXY", "q:1"}}, "p:1", "p:1"}}) {
    EXPECT_EQ(proxy_for(c.variables, "http://r.test/"), c.http);
    EXPECT_EQ(proxy_for(c.variables, "https://r.test/"), c.https);
  }
  EXPECT_EQ(proxy_for({{"http_proxy", "p:1"}}, "http://127.0.0.1:5000/"), "") << "loopback";
}

TEST(Proxy, WhatIsReachedDirectly) {
  struct Case {
    const char* no_proxy;
    const char* url;
    bool direct;
  };
  for (const Case& c : std::vector<Case>{{"", "http://a.test/", false},
                                         {"*", "http://a.test/", true},
                                         {"a.test", "http://a.test/", true},
                                         {".a.test", "http://a.test/", true},
                                         {"A.Test.", "http://a.test/", true},
                                         {"a.test", "http://a.test./", true},
                                         {"test", "http://a.test/", true},
                                         {"a.test", "http://b.a.test/", true},
                                         {".test", "http://xtest/", false},
                                         {".a.test", "http://ba.test/", false},
                                         {"*.test", "http://a.test/", true},
                                         {"*.test", "http://test/", false},
                                         {"*.a.test", "http://ba.test/", false},
                                         {"a.test:80", "http://a.test/", true},
                                         {"a.test:81", "http://a.test/", false},
                                         {"a.test:443", "https://a.test/", true},
                                         {"*.test:5000", "http://a.test:5000/", true},
                                         {"b.test, a.test", "http://a.test/", true},
                                         {"b.test a.test", "http://a.test/", true},
                                         {",,", "http://a.test/", false},
                                         {"10.9.8.7", "http://10.9.8.7/", true},
                                         {"10.9.8.7:80", "http://10.9.8.7/", true},
                                         {"10.9.8.7:81", "http://10.9.8.7/", false},
                                         {"10.0.0.0/8", "http://10.9.8.7/", true},
                                         {"10.9.9.0/24", "http://10.9.8.7/", false},
                                         {"0.0.0.0/0", "http://10.9.8.7/", true},
                                         {"0.0.0.0/0", "http://a.test/", false},
                                         {"10.0.0.0/33", "http://10.9.8.7/", false},
                                         {"10.0.0.0/", "http://10.9.8.7/", false},
                                         {"10.", "http://10.9.8.7/", false},
                                         {"7", "http://10.9.8.7/", false},
                                         {"fd00::/8", "http://[fd00::1]/", true},
                                         {"fd00::/8", "http://[fe00::1]/", false},
                                         {"::/0", "http://10.9.8.7/", false},
                                         {"fd00::1", "http://[fd00::1]/", true},
                                         {"[fd00::1]", "http://[fd00::1]:80/", true},
                                         {"[fd00::1]:81", "http://[fd00::1]:80/", false}}) {
    const Variables variables{
        {"http_proxy", "p:1"}, {"https_proxy", "p:1"}, {"NO_PROXY", c.no_proxy}};
    EXPECT_EQ(proxy_for(variables, c.url).empty(), c.direct) << c.no_proxy << " " << c.url;
  }
}

}  // namespace
}  // namespace pinnace::http
