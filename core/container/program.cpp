#include "container/program.hpp"

#include "base/error.hpp"
#include "oci/signal_name.hpp"

namespace pinnace::container {

namespace {

using Texts = oci::Execution::Texts;

/// A command that is said stands behind the image's entry point.
Texts arguments_of(const oci::Execution& execution, const Texts& wish) {
  Texts arguments = execution.entrypoint.value_or(Texts());
  const Texts command = wish.empty() ? execution.command.value_or(Texts()) : wish;
  arguments.insert(arguments.end(), command.begin(), command.end());
  return arguments;
}

Texts environment_of(const oci::Execution& execution,
                     const std::map<std::string, std::string>& wishes) {
  oci::Variables environment = execution.variables();
  for (const auto& [name, value] : wishes) environment.set(name, value);
  if (!environment.has("PATH")) environment.set("PATH", oci::k_default_path);
  environment.normalize();
  return environment.texts();
}

}  // namespace

void set_program(container::Container& container, const oci::Execution& execution,
                 const ProgramWishes& wishes, const std::string& image) {
  container.arguments = arguments_of(execution, wishes.command);
  if (container.arguments.empty())
    throw base::Error(base::ErrorCode::invalid_input, image + " has no command; say one");
  container.environment = environment_of(execution, wishes.environment);
  container.user = wishes.user.value_or(execution.user.value_or(""));
  container.directory = wishes.directory.value_or(execution.directory.value_or(""));
  // An image may say it without, or nothing.
  if (!container.directory.starts_with('/')) container.directory.insert(0, "/");
  container.stop_signal = oci::stop_signal(execution.stop_signal.value_or(""));
}

}  // namespace pinnace::container
