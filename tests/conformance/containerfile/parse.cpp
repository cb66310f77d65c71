// Prints how each instruction of a Containerfile is understood: one JSON array a line, of the words
// that BuildKit's parser gives for it, or {"refused": MESSAGE}. For examples.py.
#include <iostream>

#include "base/error.hpp"
#include "containerfile/reader.hpp"
#include "containerfile/text.hpp"
#include "files/file.hpp"
#include "json/json.hpp"

namespace {

namespace containerfile = pinnace::containerfile;
using namespace pinnace::containerfile;
using pinnace::base::Error;
using Words = std::vector<std::string>;

/// The words behind the keyword. Separators of pairs are those of BuildKit: "=" or nothing.
class Describe {
 public:
  explicit Describe(bool legacy_pairs) : m_separator(legacy_pairs ? "" : "=") {}

  Words operator()(const containerfile::From& from) const {
    return from.name.empty() ? Words{from.image} : Words{from.image, "AS", from.name};
  }
  Words operator()(const containerfile::Run& run) const { return run.command.words; }
  Words operator()(const containerfile::Copy& copy) const {
    Words words = copy.sources;
    words.push_back(copy.destination);
    return words;
  }
  Words operator()(const containerfile::Env& env) const { return pairs(env.variables); }
  Words operator()(const containerfile::Label& label) const { return pairs(label.labels); }
  Words operator()(const containerfile::Arg& arg) const {
    Words words;
    for (const auto& [name, value] : arg.arguments)
      words.push_back(value ? name + "=" + *value : name);
    return words;
  }
  Words operator()(const containerfile::Workdir& workdir) const { return {workdir.path}; }
  Words operator()(const containerfile::User& user) const { return {user.user}; }
  Words operator()(const containerfile::StopSignal& signal) const { return {signal.signal}; }
  Words operator()(const containerfile::Maintainer& maintainer) const { return {maintainer.name}; }
  Words operator()(const containerfile::Expose& expose) const { return expose.ports; }
  Words operator()(const containerfile::Volume& volume) const { return volume.paths; }
  Words operator()(const containerfile::Entrypoint& entrypoint) const {
    return entrypoint.command.words;
  }
  Words operator()(const containerfile::Cmd& cmd) const { return cmd.command.words; }
  Words operator()(const containerfile::Shell& shell) const { return shell.words; }
  Words operator()(const containerfile::Healthcheck& check) const {
    Words words{check.command ? "CMD" : "NONE"};
    if (check.command)
      words.insert(words.end(), check.command->words.begin(), check.command->words.end());
    return words;
  }
  Words operator()(const containerfile::Onbuild& onbuild) const;

 private:
  Words pairs(const std::vector<std::pair<std::string, std::string>>& from) const {
    Words words;
    for (const auto& [name, value] : from) words.insert(words.end(), {name, value, m_separator});
    return words;
  }

  std::string m_separator;
};

Words describe(const containerfile::Instruction& instruction) {
  Words words = std::visit(Describe(instruction.legacy_pairs), instruction.command);
  words.insert(words.begin(), containerfile::lower(instruction.keyword));
  return words;
}

Words Describe::operator()(const containerfile::Onbuild& onbuild) const {
  return describe(containerfile::parse_trigger(onbuild.instruction, "trigger"));
}

nlohmann::json read_next(containerfile::LineReader& lines, const containerfile::LogicalLine& line) {
  try {
    // As the parser of whole files, which ends with the first instruction that it refuses.
    std::vector<containerfile::Heredoc> files = containerfile::find_heredocs(line.text());
    for (containerfile::Heredoc& file : files) lines.read_body(file, line.at(0));
    containerfile::InstructionReader reader(line, std::move(files), lines.escape());
    return describe(containerfile::read_instruction(reader, line));
  } catch (const Error& error) {
    return {{"refused", error.what()}};
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    for (int i = 1; i < argc; ++i) {
      const std::string text =
          pinnace::files::read_file(argv[i], containerfile::LineReader::k_max_text);
      containerfile::LineReader lines(text, "f");
      for (containerfile::LogicalLine line("f"); lines.next(line);)
        std::cout << pinnace::json::dump(read_next(lines, line), "words") << "\n";
    }
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << "\n";
    return 1;
  }
}
