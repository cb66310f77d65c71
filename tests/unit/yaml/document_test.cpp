#include "yaml/document.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "files/file.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::yaml {
namespace {

using base::Error;
using base::ErrorCode;

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_input) << error.what();
    return error.what();
  }
  return "nothing was thrown";
}

std::string refusal(const std::string& text) {
  return message_of([&] { parse(text, "f.yaml"); });
}

std::string times(int count, const std::string& text) {
  std::string result;
  for (int i = 0; i < count; ++i) result += text;
  return result;
}

struct Broken {
  std::string text;
  std::string start;  ///< of the message
};

TEST(Document, RefusesWithLineAndColumn) {
  const std::vector<Broken> cases = {
      {"a: 1\nb: [1, 2\n", "f.yaml:3:1: broken YAML"},
      {"a: b: c\n", "f.yaml:1:5: broken YAML"},
      {"a:\n\t- b\n", "f.yaml:2:"},
      {"a: \"open", "f.yaml:1:"},
      {"a: \"open\n", "f.yaml:"},
      {"a: 'open\n\n", "f.yaml:"},
      {"a: !!str 'it''s\n", "f.yaml:"},
      {"a: 1\nb: 2\na: 3\n", "f.yaml:3:1: key \"a\" is here twice"},
      {"a: 1\n\"a\": 3\n", "f.yaml:2:1: key \"a\" is here twice"},
      {"x: {b: 1, b: 2}\n", "f.yaml:1:11: key \"b\" is here twice"},
      {"[a]: 1\n", "f.yaml:1:1: a key must be a text"},
      {"? {a: b}\n: 1\n", "f.yaml:1:3: a key must be a text"},
      {"~: 1\n", "f.yaml:1:1: a key must be a text"},
      {": 1\n", "f.yaml:1:1: a key must be a text"},
      {"a: !!python/object:os.system ls\n", "f.yaml:1:4: tags are not supported"},
      {"a: !!int 3\n", "f.yaml:1:4: tags are not supported"},
      {"a: !local [1]\n", "f.yaml:1:4: tags are not supported"},
      {"!!str {a: 1}\n", "f.yaml:1:1: tags are not supported"},
      {"a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document"},
      {"a: *b\n", "f.yaml:1:"},
      {"a: &a [*a]\n", "f.yaml:1:8: an alias within what it stands for"},
      {"a: \xff\n", "f.yaml:1:4: not valid UTF-8"},
      {"a: \xc3\n", "f.yaml:1:4: not valid UTF-8"},
      {"a: \xc0\xaf\n", "f.yaml:1:4: not valid UTF-8"},
      {"a: \xed\xa0\x80\n", "f.yaml:1:4: not valid UTF-8"},
      {"a: \xf5\x80\x80\x80\n", "f.yaml:1:4: not valid UTF-8"},
      {std::string("\xff\xfe") + std::string("a\0", 2), "f.yaml:1:1: not valid UTF-8"},
      {std::string("a: b\0c\n", 7), "f.yaml:1:5: a control character"},
      {"a: 1\nb: \x04\n", "f.yaml:2:4: a control character"},
      {"a: \x1b[31m\n", "f.yaml:1:4: a control character"},
      {"\xc3\xa4: {\xc3\xb6: 1, \xc3\xb6: 2}\n", "f.yaml:1:11: key \"\xc3\xb6\" is here twice"},
      {std::string(k_max_document + 1, ' '), "f.yaml: larger than 1048576 bytes"},
  };
  for (const Broken& broken : cases) {
    const std::string message = refusal(broken.text);
    EXPECT_TRUE(message.starts_with(broken.start))
        << broken.text.substr(0, 60) << "\n is: " << message << "\n not: " << broken.start;
  }
}

// One call of the parser a level would otherwise end the process.
TEST(Document, RefusesDepthHoweverItIsWritten) {
  const std::vector<std::pair<std::string, std::string>> levels = {
      {"[", "]"}, {"{a: ", "}"}, {"[{a: ", "}]"}, {"- ", ""}};
  for (const auto& [open, close] : levels) {
    for (const int count : {100, 30'000}) {
      const std::string message = refusal(times(count, open) + times(count, close));
      EXPECT_NE(message.find("nested more than 32 deep"), std::string::npos)
          << open << " times " << count << ": " << message;
    }
  }
  std::string indented;
  for (int i = 0; i < 500; ++i) indented += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_NE(refusal(indented).find("nested more than 32 deep"), std::string::npos);
}

TEST(Document, RefusesDepthThatIsNeverClosed) {
  for (const char* open : {"[", "{a: ", "[{a: ", "? ", "- ? ", "{? ", "- [", "\"", "&a "}) {
    const std::string message = refusal(times(30'000, open));
    EXPECT_TRUE(message.starts_with("f.yaml:1:")) << open << ": " << message;
  }
}

TEST(Document, TakesTheGreatestDepth) {
  EXPECT_NO_THROW(parse(times(32, "[") + times(32, "]"), "f"));
  EXPECT_NE(refusal(times(33, "[") + times(33, "]")).find("f.yaml:1:33: nested"),
            std::string::npos);
}

TEST(Document, RefusesTooManyValues) {
  EXPECT_NO_THROW(parse("[" + times(99'000, "1,") + "]", "f"));
  EXPECT_NE(refusal("[" + times(100'001, "1,") + "]").find("more than 100000 values"),
            std::string::npos);
}

// The "billion laughs": small as a text, huge once its aliases are followed.
TEST(Document, CountsValuesThroughAliases) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 20; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    const std::string name = "a" + std::to_string(i);
    text += name + ": &" + name + " [" + times(9, before + ", ") + before + "]\n";
  }
  EXPECT_NE(refusal(text).find("more than 100000 values"), std::string::npos);
}

TEST(Document, CountsDepthThroughAliases) {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 60; ++i) {
    const std::string name = "a" + std::to_string(i);
    text += name + ": &" + name + " [*a" + std::to_string(i - 1) + "]\n";
  }
  EXPECT_NE(refusal(text).find("nested more than 32 deep"), std::string::npos);
}

TEST(Document, IsNullIfEmpty) {
  for (const char* text : {"", "\n", "# only a comment\n", "---\n", "~", "null", "\xEF\xBB\xBF"}) {
    EXPECT_TRUE(parse(text, "f").is_null()) << text;
  }
}

TEST(Document, LoadsAFile) {
  const test_support::TemporaryDirectory directory;
  const auto file = directory.path() / "x.yaml";
  files::write_file_atomically(file, "a: [1, b]\n");
  EXPECT_EQ(load(file).get("a").items().at(1).text(), "b");
  files::write_file_atomically(file, "a: [1, b\n");
  EXPECT_TRUE(message_of([&] { load(file); }).starts_with(file.string() + ":2:1: broken YAML"));
  try {
    load(directory.path() / "missing.yaml");
    FAIL() << "a missing file was loaded";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
  }
}

TEST(Json, ReadsWithPositions) {
  const Node root =
      parse_json("{\"a\": [1, \"\\\"x\\u00e4\"],\n  \"b\": true, \"c\": null}", "f.json");
  EXPECT_EQ(root.get("a").items().at(0).integer(0, 9), 1);
  EXPECT_EQ(root.get("a").items().at(1).text(), "\"x\xc3\xa4");
  EXPECT_EQ(root.get("a").items().at(1).position().str(), "f.json:1:11");
  EXPECT_TRUE(root.get("b").boolean());
  EXPECT_EQ(root.get("b").position().str(), "f.json:2:8");
  EXPECT_TRUE(root.get("c").is_null());
  EXPECT_EQ(root.get("c").position().str(), "f.json:2:19");
}

TEST(Json, RefusesWithLineAndColumnAndQuotesNothing) {
  const std::vector<Broken> cases = {
      {"", "f.json:"},
      {"{", "f.json:1:"},
      {"{\"password\": geheim}", "f.json:1:"},
      {"{\"password\": \"geheim", "f.json:1:"},
      {"{\"a\": 1, \"a\": 2}", "f.json:1:10: key \"a\" is here twice"},
      {"{}\ngeheim", "f.json:2:"},
      {times(30'000, "["), "f.json:1:33: nested more than 32 deep"},
      {times(30'000, "{\"a\":"), "f.json:1:161: nested more than 32 deep"},
      {"\"\xff\"", "f.json:1:"},
  };
  for (const Broken& broken : cases) {
    const std::string message = message_of([&] { parse_json(broken.text, "f.json"); });
    EXPECT_TRUE(message.starts_with(broken.start)) << broken.text.substr(0, 60) << ": " << message;
    EXPECT_EQ(message.find("geheim"), std::string::npos) << message;
  }
  EXPECT_EQ(message_of([] { parse_json("[1, 2]", "f.json", 5); }), "f.json: larger than 5 bytes");
}

TEST(Json, AWrongTypeIsNotQuoted) {
  const Node root = parse_json("{\"password\": 1234567}", "f.json");
  const std::string message = message_of([&] { root.get("password").text(); });
  EXPECT_EQ(message, "f.json:1:14: expected a text for \"password\", found a number");
}

}  // namespace
}  // namespace pinnace::yaml
