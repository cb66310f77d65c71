#include <gtest/gtest.h>

#include <vector>

#include "api/challenge.hpp"
#include "api/endpoint.hpp"
#include "api/paging.hpp"
#include "api/scopes.hpp"
#include "base/error.hpp"

namespace pinnace::api {
namespace {

TEST(Challenge, Table) {
  struct Case {
    const char* header;
    std::vector<Challenge> expected;
  };
  for (const Case& c : std::vector<Case>{
           {"", {}},
           {"Basic realm=\"x\"", {{"basic", {{"realm", "x"}}}}},
           {"Bearer realm=\"https://a/t\",service=\"s\",scope=\"repository:a/b:pull,push\"",
            {{"bearer",
              {{"realm", "https://a/t"},
               {"service", "s"},
               {"scope", "repository:a/b:pull,push"}}}}},
           {"BASIC", {{"basic", {}}}},
           {"Basic Realm = x , Bearer REALM= \"y\"",
            {{"basic", {{"realm", "x"}}}, {"bearer", {{"realm", "y"}}}}},
           {"Negotiate, Basic realm=\"a, b=c\"",
            {{"negotiate", {}}, {"basic", {{"realm", "a, b=c"}}}}},
           {"Bearer realm=\"a\\\"b\\\\c\"", {{"bearer", {{"realm", "a\"b\\c"}}}}},
           {"Bearer realm=\"never closed", {{"bearer", {{"realm", "never closed"}}}}},
           {"Bearer realm=\"a\",realm=\"b\"", {{"bearer", {{"realm", "a"}}}}},
           {"realm=\"nobody\"", {}},
           {",,, Bearer ,, realm=a,,", {{"bearer", {{"realm", "a"}}}}},
           {"\x01\xff{}()", {}},
           {"Bearer realm=", {{"bearer", {{"realm", ""}}}}}}) {
    EXPECT_EQ(parse_challenges(c.header), c.expected) << c.header;
  }
}

TEST(Challenge, IsBounded) {
  std::string many;
  for (int i = 0; i < 3000; ++i) many += "s" + std::to_string(i) + " ";
  EXPECT_EQ(parse_challenges(many).size(), 16U);
  std::string wide = "Bearer ";
  for (int i = 0; i < 1000; ++i) wide += "p" + std::to_string(i) + "=1,";
  EXPECT_EQ(parse_challenges(wide)[0].parameters.size(), 32U);
}

TEST(Scopes, MergeCoverAndPrint) {
  Scopes scopes = Scopes::pull_push("a/b");
  scopes.merge(Scopes::pull("c"));
  EXPECT_EQ(scopes.list(),
            (std::vector<std::string>{"repository:a/b:pull,push", "repository:c:pull"}));
  EXPECT_TRUE(scopes.covers(Scopes::pull("a/b")));
  EXPECT_TRUE(scopes.covers({}));
  EXPECT_FALSE(scopes.covers(Scopes::pull_push("c")));
  EXPECT_FALSE(Scopes::pull("a/b").covers(scopes));
  EXPECT_EQ(scopes.repository(), "a/b");
  EXPECT_EQ(Scopes::pull("z").merge(Scopes::pull("c")).repository(), "c");
  EXPECT_EQ(Scopes::pull_push("z").merge(Scopes::pull("c")).repository(), "z") << "the changed one";
  EXPECT_EQ(Scopes::parse("registry:catalog:*").repository(), "");
  EXPECT_EQ(Scopes::parse("repository:h:5000/a:pull,push registry:catalog:* junk a: :").list(),
            (std::vector<std::string>{"registry:catalog:*", "repository:h:5000/a:pull,push"}));
}

TEST(Endpoint, SchemeAndHost) {
  config::RegistrySettings none;
  config::RegistrySettings plain;
  plain.plain_http = true;
  config::RegistrySettings tls;
  tls.tls = true;
  config::RegistrySettings authority;
  authority.ca_file = "/ca.pem";
  struct Case {
    const char* domain;
    config::RegistrySettings settings;
    const char* expected;
  };
  for (const Case& c :
       std::vector<Case>{{"docker.io", none, "https://registry-1.docker.io"},
                         {"r.example:5000", none, "https://r.example:5000"},
                         {"r.example", plain, "http://r.example"},
                         {"127.0.0.1:5000", none, "http://127.0.0.1:5000"},
                         {"localhost:5000", none, "http://localhost:5000"},
                         {"[::1]:5000", none, "http://[::1]:5000"},
                         {"127.0.0.1:5000", tls, "https://127.0.0.1:5000"},
                         {"localhost:5000", authority, "https://localhost:5000"},
                         {"127.0.0.1.evil.example", none, "https://127.0.0.1.evil.example"}}) {
    EXPECT_EQ(make_endpoint(c.domain, c.settings).url, c.expected);
  }
  EXPECT_THROW(make_endpoint("a:b@c", none), base::Error);
}

TEST(NextLink, Table) {
  struct Case {
    std::vector<std::string_view> headers;
    const char* expected;
  };
  for (const Case& c :
       std::vector<Case>{{{"</v2/a?n=1>; rel=\"next\""}, "/v2/a?n=1"},
                         {{"<https://x/>;rel=next"}, "https://x/"},
                         {{"</p>; rel=\"prev\", </n>; REL=\"NEXT\""}, "/n"},
                         {{"</style.css>; rel=\"preload\"; as=style", "</n>; rel=\"next\""}, "/n"},
                         {{"</n>; rel = \"next\""}, "/n"},
                         {{"</n>; title=\"a, <b>; \\\"\"; rel=\"last next\""}, "/n"},
                         {{"</n,1>; type=text/html; rel=next;, </p>"}, "/n,1"},
                         {{"</n>; rel=prev; rel=next"}, ""},
                         {{"</n>; rel=\"nextmost\"; title=\"rel=next\""}, ""},
                         {{"</n>; rel=next", "</n>; rel=next"}, "/n"},
                         {{"</p>; rel=\"prev\""}, ""},
                         {{"</never closed; rel=preload"}, ""},
                         {{""}, ""},
                         {{}, ""}}) {
    EXPECT_EQ(next_link(c.headers).value_or(""), c.expected) << c.expected;
  }
}

TEST(NextLink, WhatCanNotBeUnderstoodIsNoEnd) {
  for (const std::vector<std::string_view>& headers :
       std::vector<std::vector<std::string_view>>{{"</never closed; rel=next"},
                                                  {"/v2/a?n=1; rel=next"},
                                                  {"</a>; title=\"x, </n>; rel=next"},
                                                  {"</a>; rel=next", "</b>; rel=next"}}) {
    EXPECT_THROW(next_link(headers), base::Error) << headers.front();
  }
}

}  // namespace
}  // namespace pinnace::api
