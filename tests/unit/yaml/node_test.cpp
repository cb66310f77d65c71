#include "yaml/node.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "yaml/document.hpp"

namespace pinnace::yaml {
namespace {

using base::Error;
using base::ErrorCode;

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(Node, TextIsWhatIsWritten) {
  const Node root = parse(
      "[1.10, 0644, true, 'it''s', \"a\\tb\", \"\", !!str 12, 2026-11-01T00:00:00Z, yes, 0x10]",
      "f");
  const std::vector<std::string> expected = {
      "1.10", "0644", "true", "it's", "a\tb", "", "12", "2026-11-01T00:00:00Z", "yes", "0x10"};
  std::vector<std::string> texts;
  for (const Node& item : root.items()) texts.push_back(item.text());
  EXPECT_EQ(texts, expected);
}

TEST(Node, BlockTexts) {
  const Node root = parse("a: |\n  x\n  y\nb: >-\n  x\n  y\n", "f");
  EXPECT_EQ(root.get("a").text(), "x\ny\n");
  EXPECT_EQ(root.get("b").text(), "x y");
}

TEST(Node, KnowsWhereItStands) {
  const Node root = parse("# first\na: {\xc3\xa4: [1, two]}\n\nb:\n  - c: d\n", "f.yaml");
  EXPECT_EQ(root.position().str(), "f.yaml:2:1");
  const Node list = root.get("a").get("\xc3\xa4");
  EXPECT_EQ(list.position().str(), "f.yaml:2:8");
  EXPECT_EQ(list.items().at(1).position().str(), "f.yaml:2:12");
  EXPECT_EQ(list.items().at(1).path(), "a.\xc3\xa4[1]");
  const Node nested = root.get("b").items().at(0);
  EXPECT_EQ(nested.get("c").position(), (text::Position{"f.yaml", 5, 8}));
  EXPECT_EQ(nested.entries().at(0).first.position().str(), "f.yaml:5:5");
}

TEST(Node, EntriesKeepTheOrderOfTheText) {
  std::string keys;
  for (const auto& [key, value] : parse("z: 1\na: 2\nm: 3\n", "f").entries()) {
    keys += key.text() + value.text();
  }
  EXPECT_EQ(keys, "z1a2m3");
}

TEST(Node, AliasesAreTheirTarget) {
  const Node root = parse("a: &x {k: v}\nb: *x\n", "f");
  EXPECT_EQ(root.get("b").get("k").text(), "v");
}

struct Misread {
  std::string text;
  std::function<void(const Node&)> read;
  std::string message;
};

TEST(Node, MisreadingSaysWhatWasExpected) {
  const auto text = [](const Node& root) { root.get("a").text(); };
  const auto name = [](const Node& root) { root.get("a").name(); };
  const auto flag = [](const Node& root) { root.get("a").boolean(); };
  const auto number = [](const Node& root) { root.get("a").integer(0, 65535); };
  const auto items = [](const Node& root) { root.get("a").items(); };
  const auto entries = [](const Node& root) { root.get("a").entries(); };
  const std::string expected_number = "expected a number from 0 to 65535 for \"a\", found ";
  const std::vector<Misread> cases = {
      {"a: [1]", text, "f.yaml:1:4: expected a text for \"a\", found a list"},
      {"a: {b: c}", text, "f.yaml:1:4: expected a text for \"a\", found a map"},
      {"a: ~", text, "f.yaml:1:4: expected a text for \"a\", found nothing"},
      {"a: ''", name, "f.yaml:1:4: expected a text for \"a\", found an empty one"},
      {"a: \"x\\ny\"", name, "f.yaml:1:4: a line end or control character in the text for \"a\""},
      {"a: \"x\\0y\"", name, "f.yaml:1:4: a line end or control character in the text for \"a\""},
      {"a: yes", flag, "f.yaml:1:4: expected true or false for \"a\", found \"yes\""},
      {"a: 'true'", flag, "f.yaml:1:4: expected true or false for \"a\", found \"true\""},
      {"a: True", flag, "f.yaml:1:4: expected true or false for \"a\", found \"True\""},
      {"a: 65536", number, "f.yaml:1:4: " + expected_number + "\"65536\""},
      {"a: -1", number, "f.yaml:1:4: " + expected_number + "\"-1\""},
      {"a: 1.0", number, "f.yaml:1:4: " + expected_number + "\"1.0\""},
      {"a: 0644", number, "f.yaml:1:4: " + expected_number + "\"0644\""},
      {"a: 0x1f", number, "f.yaml:1:4: " + expected_number + "\"0x1f\""},
      {"a: +1", number, "f.yaml:1:4: " + expected_number + "\"+1\""},
      {"a: '1'", number, "f.yaml:1:4: " + expected_number + "\"1\""},
      {"a: 99999999999999999999", number,
       "f.yaml:1:4: " + expected_number + "\"99999999999999999999\""},
      {"a: {}", items, "f.yaml:1:4: expected a list for \"a\", found a map"},
      {"a: x", items, "f.yaml:1:4: expected a list for \"a\", found \"x\""},
      {"a: []", entries, "f.yaml:1:4: expected a map for \"a\", found a list"},
      {"- a", [](const Node& root) { root.get("a"); }, "f.yaml:1:1: expected a map, found a list"},
      {"\n  b: 1", [](const Node& root) { root.get("a"); }, "f.yaml:2:3: key \"a\" is missing"},
      {"a: {b: 1}", [](const Node& root) { root.get("a").get("c"); },
       "f.yaml:1:4: key \"c\" is missing in a"},
      {"a: [{}]", [](const Node& root) { root.get("a").items().at(0).text(); },
       "f.yaml:1:5: expected a text for \"a[0]\", found a map"},
  };
  for (const Misread& misread : cases) {
    const Node root = parse(misread.text, "f.yaml");
    EXPECT_EQ(message_of([&] { misread.read(root); }), misread.message) << misread.text;
  }
}

TEST(Node, Reads) {
  const Node root = parse("{t: true, f: false, n: -12, z: 0}", "f");
  EXPECT_TRUE(root.get("t").boolean());
  EXPECT_FALSE(root.get("f").boolean());
  EXPECT_EQ(root.get("n").integer(-12, 0), -12);
  EXPECT_EQ(root.get("z").integer(0, 0), 0);
  EXPECT_FALSE(root.find("missing").has_value());
  EXPECT_TRUE(parse("a:\n", "f").find("a")->is_null());
}

TEST(Node, OnlyRefusesUnknownKeysAtTheirPlace) {
  const Node root = parse("base: x\nconfig:\n  user: a\n  entrypiont: [b]\n", "pinnace.yaml");
  EXPECT_NO_THROW(root.only({"base", "config"}));
  EXPECT_EQ(message_of([&] {
              root.get("config").only({"user", "entrypoint", "cmd"});
            }),
            "pinnace.yaml:4:3: unknown key \"entrypiont\" in config, did you mean \"entrypoint\"?");
  EXPECT_EQ(message_of([&] {
              root.only({"base", "other"});
            }),
            "pinnace.yaml:2:1: unknown key \"config\"; known are base, other");
}

TEST(Node, ConvertAddsThePlace) {
  const Node root = parse("a:\n  - 5\n", "f.yaml");
  const auto parse_five = [](const std::string& text) {
    if (text != "6") throw Error(ErrorCode::unsupported, "only six");
    return 6;
  };
  try {
    root.get("a").items().at(0).convert(parse_five);
    FAIL() << "converted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_STREQ(error.what(), "f.yaml:2:5: only six");
  }
}

TEST(Node, OutlivesItsDocument) {
  std::vector<Node> kept;
  {
    const Node root = parse("a: [long enough that no short string optimisation hides it]", "f");
    kept = root.get("a").items();
  }
  EXPECT_EQ(kept.at(0).text(), "long enough that no short string optimisation hides it");
}

}  // namespace
}  // namespace pinnace::yaml
