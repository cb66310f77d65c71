#include <algorithm>
#include <functional>

#include "base/quote.hpp"
#include "base/suggest.hpp"
#include "containerfile/reader.hpp"
#include "containerfile/text.hpp"

namespace pinnace::containerfile {

namespace {

bool is_stage_name(std::string_view name) {
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) {
           return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
         });
}

Command read_from(InstructionReader& reader) {
  From from;
  from.platform = reader.text_flag("platform");
  reader.end_flags({"platform"});
  const std::vector<Word> words = split_at_spaces(reader.arguments(), 0);
  const bool named = words.size() == 3 && lower(words[1].text) == "as";
  if (words.size() != 1 && !named) reader.fail("expected IMAGE, or IMAGE AS NAME");
  from.image = words.front().text;
  if (!named) return from;
  from.name = lower(words[2].text);
  if (!is_stage_name(from.name))
    reader.fail("stage name " + base::quote(words[2].text) +
                ": expected a letter, then letters, digits, \"-\", \"_\" or \".\"");
  return from;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// "name=value ...", or the older "name value".
Pairs read_pairs(InstructionReader& reader) {
  reader.end_flags({});
  const std::vector<Word> words = reader.quoted_words();
  if (words.empty()) reader.fail("expected NAME=VALUE");
  if (words.front().text.find('=') == std::string::npos) {
    const std::string text = reader.arguments();
    const std::size_t space = std::min(text.find_first_of(k_spaces), text.size());
    const std::string_view value = trim(std::string_view(text).substr(space));
    if (value.empty()) reader.fail(base::quote(text) + " has no value, expected NAME=VALUE");
    return {{text.substr(0, space), std::string(value)}};
  }
  Pairs pairs;
  for (const Word& word : words) {
    const std::size_t equals = word.text.find('=');
    if (equals == 0 || equals == std::string::npos)
      text::fail_at(reader.at(word.offset),
                    reader.keyword() + ": expected NAME=VALUE, found " + base::quote(word.text));
    pairs.emplace_back(word.text.substr(0, equals), word.text.substr(equals + 1));
  }
  return pairs;
}

Command read_arg(InstructionReader& reader) {
  reader.end_flags({});
  Arg arg;
  for (const Word& word : reader.quoted_words()) {
    const std::size_t equals = word.text.find('=');
    if (equals == 0)
      text::fail_at(reader.at(word.offset),
                    "ARG: expected NAME or NAME=VALUE, found " + base::quote(word.text));
    std::optional<std::string> value;
    if (equals != std::string::npos) value = word.text.substr(equals + 1);
    arg.arguments.emplace_back(word.text.substr(0, equals), std::move(value));
  }
  if (arg.arguments.empty()) reader.fail("expected NAME or NAME=VALUE");
  return arg;
}

/// Instructions whose whole rest is one text.
template <class Kind>
Command read_text(InstructionReader& reader) {
  reader.end_flags({});
  return Kind{reader.arguments()};
}

template <class Kind>
Command read_command(InstructionReader& reader) {
  reader.end_flags({});
  return Kind{reader.command_line()};
}

Command read_shell(InstructionReader& reader) {
  reader.end_flags({});
  auto words = parse_exec_form(reader.arguments(), reader.arguments_position());
  if (!words || words->empty())
    reader.fail("expected the JSON form, as SHELL [\"/bin/bash\", \"-c\"]");
  return Shell{*std::move(words)};
}

Command read_expose(InstructionReader& reader) {
  reader.end_flags({});
  Expose expose{reader.exec_form_or_words()};
  if (expose.ports.empty()) reader.fail("expected a port, as 8080 or 53/udp");
  return expose;
}

Command read_volume(InstructionReader& reader) {
  reader.end_flags({});
  Volume volume{reader.exec_form_or_words()};
  const auto empty = [](const std::string& path) { return trim(path).empty(); };
  if (volume.paths.empty() || std::any_of(volume.paths.begin(), volume.paths.end(), empty))
    reader.fail("expected a path");
  return volume;
}

Command read_onbuild(InstructionReader& reader) {
  reader.end_flags({});
  std::string text = reader.arguments();
  const LogicalLine inner = reader.rest();
  InstructionReader trigger(inner, reader.files(), reader.escape());
  if (trigger.keyword() == "ONBUILD" || trigger.keyword() == "FROM" ||
      trigger.keyword() == "MAINTAINER")
    reader.fail(trigger.keyword() + " can't be a trigger");
  (void)read_instruction(trigger, inner);
  for (const Heredoc& file : reader.files()) text += "\n" + file.content + file.name;
  return Onbuild{std::move(text)};
}

using ReadCommand = std::function<Command(InstructionReader&)>;

const std::map<std::string_view, ReadCommand>& readers() {
  static const std::map<std::string_view, ReadCommand> k_readers = {
      {"ADD", read_copy},
      {"ARG", read_arg},
      {"CMD", read_command<Cmd>},
      {"COPY", read_copy},
      {"ENTRYPOINT", read_command<Entrypoint>},
      {"ENV", [](InstructionReader& reader) { return Env{read_pairs(reader)}; }},
      {"EXPOSE", read_expose},
      {"FROM", read_from},
      {"HEALTHCHECK", read_healthcheck},
      {"LABEL", [](InstructionReader& reader) { return Label{read_pairs(reader)}; }},
      {"MAINTAINER", read_text<Maintainer>},
      {"ONBUILD", read_onbuild},
      {"RUN", read_run},
      {"SHELL", read_shell},
      {"STOPSIGNAL", read_text<StopSignal>},
      {"USER", read_text<User>},
      {"VOLUME", read_volume},
      {"WORKDIR", read_text<Workdir>}};
  return k_readers;
}

bool has_legacy_pairs(const InstructionReader& reader) {
  if (reader.keyword() != "ENV" && reader.keyword() != "LABEL") return false;
  return reader.quoted_words().front().text.find('=') == std::string::npos;
}

}  // namespace

Instruction read_instruction(InstructionReader& reader, const LogicalLine& line) {
  const auto known = readers().find(reader.keyword());
  if (known == readers().end()) {
    std::vector<std::string_view> names;
    for (const auto& [name, read] : readers()) names.push_back(name);
    text::fail_at(reader.position(), "unknown instruction " +
                                         base::quote(reader.written_keyword()) +
                                         base::suggestion(reader.keyword(), names));
  }
  Instruction instruction{reader.written_keyword(),
                          std::string(trim(line.text())),
                          reader.position(),
                          known->second(reader),
                          false,
                          false,
                          {}};
  instruction.legacy_pairs = has_legacy_pairs(reader);
  return instruction;
}

}  // namespace pinnace::containerfile
