#include "web/link.hpp"

#include "web/field_reader.hpp"
#include "web/headers.hpp"

namespace pinnace::web {

namespace {

constexpr std::string_view k_blanks = " \t";

/// The value of a parameter; nullopt if a quote is not closed. What is not quoted is read further
/// than a token reaches, as RFC 8288 has it (B.3).
std::optional<std::string> read_value(FieldReader& reader) {
  reader.skip(k_blanks);
  if (!reader.take('"')) return std::string(trim(reader.until(";,")));
  bool closed = false;
  std::string value = reader.quoted(&closed);
  return closed ? std::optional(std::move(value)) : std::nullopt;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  FieldReader reader(text);
  for (reader.skip(k_blanks); !reader.at_end(); reader.skip(k_blanks))
    words.push_back(lower_case(reader.until(k_blanks)));
  return words;
}

/// What stands behind a target: the first "rel" counts.
std::optional<std::vector<std::string>> read_relations(FieldReader& reader) {
  std::optional<std::vector<std::string>> relations;
  for (reader.skip(k_blanks); reader.take(';'); reader.skip(k_blanks)) {
    reader.skip(k_blanks);
    const std::string name = lower_case(reader.token());
    const auto value = reader.take_equals() ? read_value(reader) : std::string();
    if (!value) return std::nullopt;
    if (name == "rel" && !relations) relations = words_of(*value);
  }
  return relations.value_or(std::vector<std::string>());
}

}  // namespace

std::optional<std::vector<Link>> parse_links(std::string_view header) {
  std::vector<Link> links;
  FieldReader reader(header);
  for (;;) {
    reader.skip(" \t,");
    if (reader.at_end()) return links;
    if (!reader.take('<')) return std::nullopt;
    std::string target(reader.until(">"));
    if (!reader.take('>')) return std::nullopt;
    auto relations = read_relations(reader);
    if (!relations || !(reader.at_end() || reader.at(','))) return std::nullopt;
    links.push_back({std::move(target), *std::move(relations)});
  }
}

}  // namespace pinnace::web
