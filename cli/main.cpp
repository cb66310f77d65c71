#include <algorithm>
#include <iostream>

#include "base/error.hpp"
#include "cli/command_line.hpp"
#include "cli/output/terminal.hpp"
#include "cli/signals.hpp"
#include "cli/stack.hpp"
#include "job/guarded_job.hpp"
#include "run/run_failed.hpp"
#include "sandbox/main.hpp"

namespace {

using pinnace::base::Error;
using pinnace::base::ErrorCode;
namespace base = pinnace::base;
namespace cli = pinnace::cli;
namespace job = pinnace::job;

/// DESIGN section 5: 0 done, 1 a check says no, 2 bad input, 3 registry, network or disk failed,
/// 130 cancelled.
int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::conflict:
      return 1;
    case ErrorCode::invalid_input:
    case ErrorCode::not_found:
    case ErrorCode::unsupported:
      return 2;
    case ErrorCode::unauthorized:
    case ErrorCode::denied:
    case ErrorCode::unavailable:
    case ErrorCode::integrity:
    case ErrorCode::io:
    case ErrorCode::internal:
      return 3;
    case ErrorCode::cancelled:
      return 130;
  }
  return 3;
}

}  // namespace

int main(int argc, char** argv) {
  // Not for people: the process that enters a container's namespaces, before any thread is made.
  if (argc == 2 && std::string_view(argv[1]) == "sandbox") return pinnace::sandbox::run_helper();
  cli::GlobalOptions global;
  cli::Invocation invocation;
  CLI::App app(
      "Container images as build artifacts: built without a daemon, pinned, promoted by digest");
  try {
    cli::make_room_for_stacks();
    const bool wants_all =
        std::find(argv, argv + argc, std::string_view("--help-all")) != argv + argc;
    cli::define_command_line(app, global, invocation,
                             wants_all ? cli::OptionsOf::all_verbs : cli::OptionsOf::chosen_verb);
    cli::parse_command_line(app, argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    std::cerr << "error: " << job::shown(cli::usage_error(app, error)) << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "error: " << job::shown_error(error.what()) << '\n';
    return exit_code(base::code_of(error));
  }
  cli::Terminal terminal(cli::Terminal::choose(global.quiet));
  try {
    const cli::SignalWatcher signals;
    const int code = invocation.perform({global, terminal, signals.token()});
    if (!std::cout.flush()) throw Error(ErrorCode::io, "cannot write to standard output");
    return code;
  } catch (const pinnace::run::RunFailed& error) {
    terminal.missed(error.last_lines());
    terminal.error(error.what());
    return exit_code(error.code());
  } catch (const Error& error) {
    terminal.error(error.what());
    return exit_code(error.code());
  } catch (const std::exception& error) {
    const ErrorCode code = base::code_of(error);
    terminal.error((code == ErrorCode::internal ? "internal: " : "") + std::string(error.what()));
    return exit_code(code);
  }
}
