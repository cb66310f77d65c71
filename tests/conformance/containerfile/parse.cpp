// Prints how each instruction of a Containerfile is understood: one JSON array a line, of the words
// that BuildKit's parser gives for it, or {"refused": MESSAGE}. For examples.py.
#include <iostream>

#include "base/error.hpp"
#include "definition/containerfile_reader.hpp"
#include "definition/containerfile_text.hpp"
#include "files/file.hpp"
#include "json/json.hpp"

namespace {

using namespace pinnace::definition::containerfile;
using pinnace::base::Error;
using Words = std::vector<std::string>;

/// The words behind the keyword. Separators of pairs are those of BuildKit: "=" or nothing.
class Describe {
 public:
  explicit Describe(bool legacy_pairs) : m_separator(legacy_pairs ? "" : "=") {}

  Words operator()(const From& from) const {
    return from.name.empty() ? Words{from.image} : Words{from.image, "AS", from.name};
  }
  Words operator()(const Run& run) const { return run.command.words; }
  Words operator()(const Copy& copy) const {
    Words words = copy.sources;
    words.push_back(copy.destination);
    return words;
  }
  Words operator()(const Env& env) const { return pairs(env.variables); }
  Words operator()(const Label& label) const { return pairs(label.labels); }
  Words operator()(const Arg& arg) const {
    Words words;
    for (const auto& [name, value] : arg.arguments)
      words.push_back(value ? name + "=" + *value : name);
    return words;
  }
  Words operator()(const Workdir& workdir) const { return {workdir.path}; }
  Words operator()(const User& user) const { return {user.user}; }
  Words operator()(const StopSignal& signal) const { return {signal.signal}; }
  Words operator()(const Maintainer& maintainer) const { return {maintainer.name}; }
  Words operator()(const Expose& expose) const { return expose.ports; }
  Words operator()(const Volume& volume) const { return volume.paths; }
  Words operator()(const Entrypoint& entrypoint) const { return entrypoint.command.words; }
  Words operator()(const Cmd& cmd) const { return cmd.command.words; }
  Words operator()(const Shell& shell) const { return shell.words; }
  Words operator()(const Healthcheck& check) const {
    Words words{check.command ? "CMD" : "NONE"};
    if (check.command)
      words.insert(words.end(), check.command->words.begin(), check.command->words.end());
    return words;
  }
  Words operator()(const Onbuild& onbuild) const;

 private:
  Words pairs(const std::vector<std::pair<std::string, std::string>>& from) const {
    Words words;
    for (const auto& [name, value] : from) words.insert(words.end(), {name, value, m_separator});
    return words;
  }

  std::string m_separator;
};

Words describe(const Instruction& instruction) {
  Words words = std::visit(Describe(instruction.legacy_pairs), instruction.command);
  words.insert(words.begin(), lower(instruction.keyword));
  return words;
}

Words Describe::operator()(const Onbuild& onbuild) const {
  return describe(parse_trigger(onbuild.instruction, "trigger"));
}

nlohmann::json read_next(LineReader& lines, const LogicalLine& line) {
  try {
    // As the parser of whole files, which ends with the first instruction that it refuses.
    std::vector<Heredoc> files = find_heredocs(line.text());
    for (Heredoc& file : files) lines.read_body(file, line.at(0));
    InstructionReader reader(line, std::move(files), lines.escape());
    return describe(read_instruction(reader, line));
  } catch (const Error& error) {
    return {{"refused", error.what()}};
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    for (int i = 1; i < argc; ++i) {
      const std::string text = pinnace::files::read_file(argv[i], LineReader::k_max_text);
      LineReader lines(text, "f");
      for (LogicalLine line("f"); lines.next(line);)
        std::cout << pinnace::json::dump(read_next(lines, line), "words") << "\n";
    }
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << "\n";
    return 1;
  }
}
