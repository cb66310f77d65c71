#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

#include "files/file.hpp"
#include "text/utf8.hpp"
#include "yaml/document.hpp"
#include "yaml/value.hpp"

namespace pinnace::yaml {

namespace {

constexpr std::string_view k_mark = "\xEF\xBB\xBF";

/// `text` without the tags, anchors, spaces and comments in front of a scalar.
std::string_view skip_properties(std::string_view text) {
  while (!text.empty()) {
    std::size_t skipped = 1;
    if (text.front() == '#') {
      skipped = text.find('\n');
    } else if (text.front() == '!' || text.front() == '&') {
      skipped = text.find_first_of(" \t\r\n");
    } else if (text.find_first_of(" \t\r\n") != 0) {
      break;
    }
    text.remove_prefix(std::min(skipped, text.size()));
  }
  return text;
}

/// Whether the quoted scalar that starts `text` ends; other scalars need no end.
bool is_closed(std::string_view text) {
  text = skip_properties(text);
  if (text.empty() || (text.front() != '"' && text.front() != '\'')) return true;
  const char quote = text.front();
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      const bool doubled = quote == '\'' && at + 1 < text.size() && text[at + 1] == quote;
      if (!doubled) return true;
      ++at;
    }
  }
  return false;
}

/// Takes yaml-cpp's events. The limits throw from here, before its recursion gets any deeper.
class Handler final : public YAML::EventHandler {
 public:
  Handler(std::string_view text, std::string file, bool may_be_quoted)
      : m_text(text), m_locator(text), m_builder(std::move(file), may_be_quoted) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    seek(mark);
    if (++m_documents > 1) text::fail_at(here(), "a second document, expected one in a file");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add_scalar(make(Node::Kind::null, mark), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    seek(mark);
    const auto found = m_anchors.find(anchor);
    if (found == m_anchors.end()) text::fail_at(here(), "an alias within what it stands for");
    m_builder.add(*found->second, m_locator.line(), m_locator.column());
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    Value& value = make(Node::Kind::scalar, mark);
    check_tag(tag);
    value.text = text;
    value.style = tag == "?" ? Value::Style::plain : Value::Style::quoted;
    if (value.style == Value::Style::quoted) m_last_quoted = static_cast<std::size_t>(mark.pos);
    add_scalar(value, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(make(Node::Kind::sequence, mark), tag, anchor);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin(make(Node::Kind::map, mark), tag, anchor);
  }
  void OnMapEnd() override { end(); }

  /// yaml-cpp 0.7 lets a quoted text run to the end of the file if a line end stands there.
  Node finish() {
    if (m_last_quoted && !is_closed(m_text.substr(std::min(*m_last_quoted, m_text.size())))) {
      m_locator.seek(*m_last_quoted);
      text::fail_at(here(), "broken YAML: the closing quote is missing");
    }
    return m_builder.finish();
  }
  text::Position position(const YAML::Mark& mark) {
    seek(mark);
    return here();
  }

 private:
  void seek(const YAML::Mark& mark) {
    m_locator.seek(mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos));
  }
  text::Position here() const { return m_builder.at(m_locator.line(), m_locator.column()); }

  Value& make(Node::Kind kind, const YAML::Mark& mark) {
    seek(mark);
    return m_builder.make(kind, m_locator.line(), m_locator.column());
  }
  void check_tag(const std::string& tag) const {
    if (tag.empty() || tag == "?" || tag == "!" || tag == "tag:yaml.org,2002:str") return;
    text::fail_at(here(), "tags are not supported");
  }
  void add_scalar(const Value& value, YAML::anchor_t anchor) {
    m_builder.add(value, value.line, value.column);
    if (anchor != YAML::NullAnchor) m_anchors[anchor] = &value;
  }
  void begin(Value& value, const std::string& tag, YAML::anchor_t anchor) {
    if (tag == "tag:yaml.org,2002:str") text::fail_at(here(), "tags are not supported");
    check_tag(tag);
    m_builder.begin(value);
    m_open.emplace_back(&value, anchor);
  }
  void end() {
    const auto [value, anchor] = m_open.back();
    m_open.pop_back();
    m_builder.end();
    // Known only now: an alias within it would make a circle.
    if (anchor != YAML::NullAnchor) m_anchors[anchor] = value;
  }

  std::string_view m_text;
  std::optional<std::size_t> m_last_quoted;
  text::Locator m_locator;
  Builder m_builder;
  int m_documents = 0;
  std::map<YAML::anchor_t, const Value*> m_anchors;
  std::vector<std::pair<const Value*, YAML::anchor_t>> m_open;
};

Node parse_checked(std::string_view text, const std::string& file, bool may_be_quoted) {
  if (text.size() > k_max_document) {
    text::fail_at({file, 0, 0}, "larger than " + std::to_string(k_max_document) + " bytes");
  }
  text::check_text(text, file);
  if (text.starts_with(k_mark)) text.remove_prefix(k_mark.size());
  Handler handler(text, file, may_be_quoted);
  std::istringstream stream{std::string(text)};
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(handler)) {
    }
  } catch (const YAML::Exception& error) {
    if (error.mark.is_null()) text::fail_at({file, 0, 0}, "broken YAML: " + error.msg);
    text::fail_at(handler.position(error.mark), "broken YAML: " + error.msg);
  }
  return handler.finish();
}

}  // namespace

Node parse(std::string_view text, const std::string& file) {
  return parse_checked(text, file, true);
}

Node parse_unquoted(std::string_view text, const std::string& file) {
  return parse_checked(text, file, false);
}

Node load(const std::filesystem::path& path) {
  return parse(files::read_file(path, k_max_document), path.string());
}

}  // namespace pinnace::yaml
