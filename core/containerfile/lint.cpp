#include "containerfile/lint.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "base/suggest.hpp"
#include "containerfile/expand.hpp"
#include "containerfile/predefined.hpp"
#include "containerfile/secret_name.hpp"
#include "containerfile/text.hpp"
#include "containerfile/words.hpp"

namespace pinnace::containerfile {

namespace {

/// Only where the file asks for it, as in the reference.
constexpr const char* k_experimental = "InvalidDefinitionDescription";

/// Runs the checks over one file.
class Linter {
 public:
  explicit Linter(const Containerfile& file);
  std::vector<Finding> run();

 private:
  void add(const char* rule, const Position& position, std::string message) {
    m_findings.push_back({rule, std::move(message), position});
  }
  template <class Visit>
  void each_instruction(Visit visit) const;
  void check_casing();
  void check_from(const Stage& stage);
  void check_from_words(const Stage& stage);
  void check_platform(const Stage& stage);
  void check_variables_of(const Stage& stage);
  void check_stage(const Stage& stage);
  void check_instruction(const Instruction& instruction);
  void check_description(const Instruction& instruction);
  void check_secrets(const Instruction& instruction);
  void check_ports(const Instruction& instruction, const Expose& expose);

  const Containerfile& m_file;
  std::map<std::string, std::string, std::less<>> m_defaults;  ///< of ARGs before the first FROM
  std::set<std::string> m_names;
  std::vector<Finding> m_findings;
};

Linter::Linter(const Containerfile& file) : m_file(file), m_defaults(platform_arguments({}, {})) {
  for (const Instruction& instruction : m_file.arguments) {
    for (const auto& [name, value] : std::get<Arg>(instruction.command).arguments)
      m_defaults[name] = value.value_or("");
  }
}

template <class Visit>
void Linter::each_instruction(Visit visit) const {
  for (const Instruction& instruction : m_file.arguments) visit(instruction);
  for (const Stage& stage : m_file.stages) {
    visit(stage.instruction);
    for (const Instruction& instruction : stage.instructions) visit(instruction);
  }
}

void Linter::check_casing() {
  int lower_case = 0;
  int upper_case = 0;
  each_instruction([&](const Instruction& instruction) {
    lower_case += instruction.keyword == lower(instruction.keyword) ? 1 : 0;
    upper_case += instruction.keyword == upper(instruction.keyword) ? 1 : 0;
  });
  const bool wants_lower = lower_case > upper_case;
  each_instruction([&](const Instruction& instruction) {
    const std::string& written = instruction.keyword;
    const std::string wanted = wants_lower ? lower(written) : upper(written);
    if (written != wanted)
      add("ConsistentInstructionCasing", instruction.position,
          written + " is written unlike most instructions of this file, expected " + wanted);
  });
}

void Linter::check_from_words(const Stage& stage) {
  const Position& position = stage.instruction.position;
  const std::vector<Word> words = split_at_spaces(stage.instruction.text, 0);
  const std::string& keyword = stage.instruction.keyword;
  const std::string& as = words[words.size() - 2].text;
  const bool one_case = keyword == lower(keyword) || keyword == upper(keyword);
  if (one_case && as != (keyword == lower(keyword) ? lower(as) : upper(as)))
    add("FromAsCasing", position, as + " and " + keyword + " are written in different case");
  if (words.back().text != stage.from.name)
    add("StageNameCasing", position,
        "the stage " + words.back().text + " should be in lower case: " + stage.from.name);
  if (stage.from.name == "scratch" || stage.from.name == "context")
    add("ReservedStageName", position, stage.from.name + " has a meaning of its own");
  if (!m_names.insert(stage.from.name).second)
    add("DuplicateStageName", position, "there is a stage " + stage.from.name + " already");
}

void Linter::check_platform(const Stage& stage) {
  if (!stage.from.platform) return;
  const std::string& platform = *stage.from.platform;
  if (platform == "$TARGETPLATFORM" || platform == "${TARGETPLATFORM}") {
    add("RedundantTargetPlatform", stage.instruction.position,
        "--platform=" + platform + " says what is so without it");
  } else if (platform.find('$') == std::string::npos) {
    const std::string architecture = platform.substr(platform.find('/') + 1);
    if (stage.from.name.find(architecture) == std::string::npos)
      add("FromPlatformFlagConstDisallowed", stage.instruction.position,
          "--platform=" + platform + " binds the stage to one platform");
  }
}

void Linter::check_variables_of(const Stage& stage) {
  Expander expander(
      [&](std::string_view name) -> std::optional<std::string> {
        const auto found = m_defaults.find(name);
        return found == m_defaults.end() ? std::nullopt : std::optional(found->second);
      },
      m_file.escape);
  try {
    const std::string image = expander.expand(stage.from.image);
    for (const std::string& name : expander.undefined())
      add("UndefinedArgInFrom", stage.instruction.position,
          "$" + name + " is not declared by an ARG above the first FROM");
    if (image.empty() || image.ends_with(':') || image.starts_with(':'))
      add("InvalidDefaultArgInFrom", stage.instruction.position,
          "with the defaults of its ARGs, " + stage.from.image + " names no image");
  } catch (const base::Error&) {
    // The build will say what is wrong; here the value of an argument may be missing.
  }
}

void Linter::check_from(const Stage& stage) {
  if (!stage.from.name.empty()) check_from_words(stage);
  check_platform(stage);
  check_variables_of(stage);
}

void Linter::check_secrets(const Instruction& instruction) {
  const auto check = [&](const std::string& name) {
    if (is_secret_name(name))
      add("SecretsUsedInArgOrEnv", instruction.position,
          name + " looks like a secret, which would stay readable in the image");
  };
  if (const Env* env = std::get_if<Env>(&instruction.command)) {
    for (const auto& [name, value] : env->variables) check(name);
  } else if (const Arg* arg = std::get_if<Arg>(&instruction.command)) {
    for (const auto& [name, value] : arg->arguments) check(name);
  }
}

void Linter::check_ports(const Instruction& instruction, const Expose& expose) {
  for (const std::string& port : expose.ports) {
    if (port.find('$') != std::string::npos) continue;
    if (port.find(':') != std::string::npos)
      add("ExposeInvalidFormat", instruction.position,
          "EXPOSE " + port + ": addresses and ports of the host mean nothing here");
    const std::size_t slash = port.find('/');
    if (slash != std::string::npos && port.substr(slash) != lower(port.substr(slash)))
      add("ExposeProtoCasing", instruction.position,
          "EXPOSE " + port + ": the protocol should be in lower case");
  }
}

/// A comment just above a stage or argument describes it: "# NAME what it is".
void Linter::check_description(const Instruction& instruction) {
  std::vector<std::string> names;
  if (const Arg* arg = std::get_if<Arg>(&instruction.command)) {
    for (const auto& [name, value] : arg->arguments) names.push_back(name);
  } else if (const From* from = std::get_if<From>(&instruction.command);
             from && !from->name.empty()) {
    names.push_back(from->name);
  }
  const std::string& comment = instruction.comment;
  if (names.empty() || comment.empty()) return;
  const std::string first = comment.substr(0, comment.find(' '));
  if (std::find(names.begin(), names.end(), first) == names.end())
    add(k_experimental, instruction.position,
        "the comment above does not describe it, expected \"# " + names.front() +
            " ...\", or an empty line between");
}

void Linter::check_instruction(const Instruction& instruction) {
  check_description(instruction);
  if (instruction.blank_continuation)
    add("NoEmptyContinuation", instruction.position,
        "there are blank lines within the instruction");
  if (instruction.legacy_pairs) {
    const std::string keyword = upper(instruction.keyword);
    add("LegacyKeyValueFormat", instruction.position,
        keyword + " name value is out of use, expected " + keyword + " name=value");
  }
  if (std::holds_alternative<Maintainer>(instruction.command))
    add("MaintainerDeprecated", instruction.position,
        "MAINTAINER is out of use, expected LABEL org.opencontainers.image.authors=...");
  check_secrets(instruction);
  if (const Expose* expose = std::get_if<Expose>(&instruction.command))
    check_ports(instruction, *expose);
}

void Linter::check_stage(const Stage& stage) {
  bool has_shell = false;
  bool has_workdir = false;
  std::map<std::size_t, const Instruction*> last;
  for (const Instruction& instruction : stage.instructions) {
    const Command& command = instruction.command;
    const std::string keyword = upper(instruction.keyword);
    has_shell = has_shell || std::holds_alternative<Shell>(command);
    const Cmd* cmd = std::get_if<Cmd>(&command);
    const Entrypoint* entrypoint = std::get_if<Entrypoint>(&command);
    const bool shell_form = (cmd != nullptr && !cmd->command.exec) ||
                            (entrypoint != nullptr && !entrypoint->command.exec);
    if (shell_form && !has_shell)
      add("JSONArgsRecommended", instruction.position,
          keyword +
              " in the shell form: the shell gets the signals, not the program; use the "
              "JSON form");
    const bool counts =
        cmd != nullptr || entrypoint != nullptr || std::holds_alternative<Healthcheck>(command);
    if (counts) {
      const Instruction*& earlier = last[command.index()];
      if (earlier != nullptr)
        add("MultipleInstructionsDisallowed", earlier->position,
            "only the last " + keyword + " of a stage counts");
      earlier = &instruction;
    }
    if (const Workdir* workdir = std::get_if<Workdir>(&command)) {
      if (!has_workdir && !workdir->path.starts_with('/') && !workdir->path.starts_with('$'))
        add("WorkdirRelativePath", instruction.position,
            "WORKDIR " + workdir->path + " depends on the base's, expected an absolute path");
      has_workdir = true;
    }
  }
}

std::vector<Finding> Linter::run() {
  check_casing();
  for (const Stage& stage : m_file.stages) {
    check_from(stage);
    check_stage(stage);
  }
  each_instruction([&](const Instruction& instruction) { check_instruction(instruction); });
  const CheckSettings settings(m_file);
  std::erase_if(m_findings, [&](const Finding& finding) { return settings.skips(finding.rule); });
  std::stable_sort(m_findings.begin(), m_findings.end(),
                   [](const Finding& a, const Finding& b) { return a.position < b.position; });
  return std::move(m_findings);
}

void add_rules(std::string_view list, std::vector<std::string>& rules) {
  while (!list.empty()) {
    const std::string_view rule = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), rule.size() + 1));
    rules.push_back(lower(trim(rule)));
  }
}

}  // namespace

CheckSettings::CheckSettings(const Containerfile& file) {
  for (const Directive& directive : file.directives) {
    if (directive.name != "check") continue;
    std::string_view rest = directive.value;
    while (!rest.empty()) {
      const std::string_view item = rest.substr(0, rest.find(';'));
      rest.remove_prefix(std::min(rest.size(), item.size() + 1));
      const std::string name = lower(trim(item.substr(0, item.find('='))));
      std::string_view value = item.substr(std::min(item.size(), item.find('=') + 1));
      if (name == "error") {
        m_error = lower(trim(value)) == "true";
      } else if (name == "skip") {
        add_rules(value, m_skipped);
      } else if (name == "experimental") {
        add_rules(value, m_experimental);
      } else if (!name.empty()) {
        text::fail_at(directive.position,
                      "check has no option " + base::quote(name) +
                          base::suggestion(name, {"skip", "error", "experimental"}));
      }
    }
  }
}

bool CheckSettings::skips(const std::string& rule) const {
  const auto names = [&](const std::vector<std::string>& rules) {
    return std::any_of(rules.begin(), rules.end(),
                       [&](const std::string& one) { return one == "all" || one == lower(rule); });
  };
  return names(m_skipped) || (rule == k_experimental && !names(m_experimental));
}

std::vector<Finding> lint(const Containerfile& file) {
  return Linter(file).run();
}

}  // namespace pinnace::containerfile
