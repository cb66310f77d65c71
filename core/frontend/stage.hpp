#pragma once

#include <functional>
#include <string>

#include "containerfile/containerfile.hpp"
#include "frontend/scope.hpp"
#include "plan/plan.hpp"

namespace pinnace::frontend {

using containerfile::Position;

/// Finds what `--from=NAME` of the stage that is planned means.
using FindOrigin = std::function<std::variant<plan::FromContext, plan::FromStage, plan::FromImage>(
    const std::string& name, const Position& position)>;

/// Plans one stage, instruction by instruction: configuration changes at once, files become steps.
class StagePlanner {
 public:
  /// `arguments` are those that the stage inherits from the stage it is built on.
  StagePlanner(plan::StagePlan& stage, GlobalScope& scope, Arguments arguments, char escape,
               FindOrigin find_origin);

  /// Throws as plan_containerfile().
  void add(const containerfile::Instruction& instruction);
  const Arguments& arguments() const noexcept { return m_arguments; }
  /// What the stage's configuration is to say of its execution.
  const oci::Execution& execution() const noexcept { return m_execution; }
  /// Those of what the stage is built on, which are not the stage's.
  std::vector<std::string> take_triggers();
  std::vector<containerfile::Finding> take_findings() { return std::move(m_findings); }

 private:
  friend struct Dispatch;
  using Instruction = containerfile::Instruction;

  std::string expand(const std::string& text,
                     containerfile::QuoteRule quotes = containerfile::QuoteRule::remove);
  std::vector<std::string> expand_words(const std::string& text);
  containerfile::Expander expander() const;
  std::optional<std::string> find_variable(std::string_view name) const;
  void note_undefined(const containerfile::Expander& expander);
  void add_step(std::variant<plan::CopyStep, plan::DirectoryStep, plan::RunStep> action);
  plan::RunMount plan_mount(const containerfile::Mount& mount, std::size_t number);
  std::vector<std::string> run_environment() const;
  void add_history();
  std::string absolute(const std::string& path) const;
  std::vector<std::string> command_words(const containerfile::CommandLine& command) const;

  void plan(const containerfile::From& from);
  void plan(const containerfile::Run& run);
  void plan(const containerfile::Copy& copy);
  void plan(const containerfile::Env& env);
  void plan(const containerfile::Label& label);
  void plan(const containerfile::Arg& arg);
  void plan(const containerfile::Workdir& workdir);
  void plan(const containerfile::User& user);
  void plan(const containerfile::StopSignal& signal);
  void plan(const containerfile::Maintainer& maintainer);
  void plan(const containerfile::Expose& expose);
  void plan(const containerfile::Volume& volume);
  void plan(const containerfile::Entrypoint& entrypoint);
  void plan(const containerfile::Cmd& cmd);
  void plan(const containerfile::Shell& shell);
  void plan(const containerfile::Healthcheck& check);
  void plan(const containerfile::Onbuild& onbuild);

  plan::StagePlan& m_stage;
  GlobalScope& m_scope;
  Arguments m_arguments;
  oci::Execution m_execution;
  std::set<std::string, std::less<>> m_declared;
  char m_escape;
  FindOrigin m_find_origin;
  bool m_has_cmd = false;
  const Instruction* m_instruction = nullptr;  ///< while it is planned
  std::variant<plan::FromContext, plan::FromStage, plan::FromImage> m_origin;  ///< of a COPY --from
  std::map<const containerfile::Mount*,
           std::variant<plan::FromContext, plan::FromStage, plan::FromImage>>
      m_mount_origins;  ///< of a RUN --mount=from=
  std::vector<containerfile::Finding> m_findings;
};

/// "8080", "53/udp", "8000-8002" as keys of ExposedPorts. Throws invalid_input.
std::vector<std::string> parse_ports(const std::string& text);

}  // namespace pinnace::frontend
