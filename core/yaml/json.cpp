#include <cctype>
#include <nlohmann/json.hpp>

#include "base/secret.hpp"
#include "yaml/document.hpp"
#include "yaml/value.hpp"

namespace pinnace::yaml {

namespace {

using Json = nlohmann::json;

/// Reads a text and tells somebody else how far it is: nlohmann's events come without positions,
/// and at each event its lexer stands right behind the token (or one character further, behind a
/// number).
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator() = default;
  CountingIterator(const char* at, std::size_t* count) : m_at(at), m_count(count) {}
  reference operator*() const { return *m_at; }
  CountingIterator& operator++() {
    ++m_at;
    ++*m_count;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return m_at == other.m_at; }
  bool operator!=(const CountingIterator& other) const { return m_at != other.m_at; }

 private:
  const char* m_at = nullptr;
  std::size_t* m_count = nullptr;
};

bool belongs_to_word(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '-' ||
         character == '+' || character == '.';
}

class Handler final : public nlohmann::json_sax<Json> {
 public:
  Handler(std::string_view text, std::string file)
      : m_text(text), m_locator(text), m_builder(std::move(file), false) {}

  std::size_t* count() { return &m_count; }
  Node finish() { return m_builder.finish(); }

  bool null() override { return add(Node::Kind::null, Value::Style::plain, word()); }
  bool boolean(bool) override {
    return add(Node::Kind::scalar, Value::Style::json_literal, word());
  }
  bool number_integer(number_integer_t) override { return number(); }
  bool number_unsigned(number_unsigned_t) override { return number(); }
  bool number_float(number_float_t, const string_t&) override { return number(); }
  bool string(string_t& text) override { return add_string(text); }
  bool key(string_t& text) override { return add_string(text); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return begin(Node::Kind::map); }
  bool end_object() override { return end(); }
  bool start_array(std::size_t) override { return begin(Node::Kind::sequence); }
  bool end_array() override { return end(); }
  bool parse_error(std::size_t position, const std::string&, const Json::exception&) override {
    m_locator.seek(position == 0 ? 0 : position - 1);
    text::fail_at(m_builder.at(m_locator.line(), m_locator.column()), "broken JSON");
  }

 private:
  /// The number or literal that ends here.
  std::string_view word() const {
    std::size_t end = m_count;
    if (end > 0 && !belongs_to_word(m_text[end - 1])) --end;
    std::size_t begin = end;
    while (begin > 0 && belongs_to_word(m_text[begin - 1])) --begin;
    return m_text.substr(begin, end - begin);
  }
  /// Where the string that ends here has its opening quote.
  std::size_t string_start() const {
    std::size_t at = m_count - 1;
    for (;;) {
      at = m_text.rfind('"', at - 1);
      std::size_t backslashes = 0;
      while (backslashes < at && m_text[at - 1 - backslashes] == '\\') ++backslashes;
      if (backslashes % 2 == 0) return at;
    }
  }
  Value& make(Node::Kind kind, std::size_t offset) {
    m_locator.seek(offset);
    return m_builder.make(kind, m_locator.line(), m_locator.column());
  }
  bool add(Node::Kind kind, Value::Style style, std::string_view written) {
    Value& value = make(kind, static_cast<std::size_t>(written.data() - m_text.data()));
    value.style = style;
    value.text = written;
    m_builder.add(value, value.line, value.column);
    return true;
  }
  bool number() { return add(Node::Kind::scalar, Value::Style::json_number, word()); }
  /// `text` is the parser's own; it needs it no more.
  bool add_string(std::string& text) {
    Value& value = make(Node::Kind::scalar, string_start());
    value.style = Value::Style::quoted;
    value.text = text;
    base::wipe(text);
    m_builder.add(value, value.line, value.column);
    return true;
  }
  bool begin(Node::Kind kind) {
    m_builder.begin(make(kind, m_count - 1));
    return true;
  }
  bool end() {
    m_builder.end();
    return true;
  }

  std::string_view m_text;
  std::size_t m_count = 0;
  text::Locator m_locator;
  Builder m_builder;
};

}  // namespace

Node parse_json(std::string_view text, const std::string& file, std::size_t limit) {
  if (text.size() > limit)
    text::fail_at({file, 0, 0}, "larger than " + std::to_string(limit) + " bytes");
  Handler handler(text, file);
  const char* end = text.data() + text.size();
  if (!Json::sax_parse(CountingIterator(text.data(), handler.count()),
                       CountingIterator(end, handler.count()), &handler)) {
    text::fail_at({file, 0, 0}, "broken JSON");
  }
  return handler.finish();
}

}  // namespace pinnace::yaml
