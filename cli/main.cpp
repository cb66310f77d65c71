#include <iostream>

#include "base/error.hpp"
#include "command_line.hpp"
#include "job/guarded_job.hpp"
#include "job/job.hpp"
#include "jobs/list.hpp"
#include "json/json.hpp"
#include "run/run_failed.hpp"
#include "sandbox/main.hpp"
#include "signals.hpp"
#include "stack.hpp"
#include "terminal.hpp"

namespace {

using pinnace::base::Error;
using pinnace::base::ErrorCode;
namespace base = pinnace::base;
namespace cli = pinnace::cli;
namespace job = pinnace::job;
namespace jobs = pinnace::jobs;

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

int run(const cli::GlobalOptions& global, const cli::Invocation& invocation,
        const cli::SignalWatcher& signals, cli::Terminal& terminal) {
  if (invocation.instead) return invocation.instead(signals.token());
  pinnace::base::Context context;
  std::stop_source stop;
  const std::stop_callback forward(signals.token(), [&] { stop.request_stop(); });
  context.stop = stop.get_token();
  auto filter = invocation.filter ? invocation.filter(terminal, stop) : nullptr;
  context.events = filter ? filter.get() : &terminal;
  const auto work = jobs::open_job(invocation.job, cli::request_text(invocation.request),
                                   job::credentials_beside(std::nullopt));
  const std::string result = work->run(context);
  filter.reset();
  const nlohmann::json parsed = pinnace::json::parse(result, "result");
  if (invocation.keep) invocation.keep(parsed);
  if (global.json || !invocation.present) {
    std::cout << result << '\n';
  } else {
    cli::print_lines(invocation.present(parsed));
  }
  if (invocation.code) return invocation.code(parsed);
  return !invocation.holds || invocation.holds(parsed) ? 0 : 1;
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
    cli::define_command_line(app, global, invocation);
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
    const int code = run(global, invocation, signals, terminal);
    if (!std::cout.flush()) throw Error(ErrorCode::io, "cannot write to standard output");
    return code;
  } catch (const pinnace::run::RunFailed& error) {
    terminal.missed(error.last_lines());
    terminal.error(error.what());
    return exit_code(error.code());
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled && invocation.code_if_cancelled) {
      if (const auto code = invocation.code_if_cancelled()) return *code;
    }
    terminal.error(error.what());
    return exit_code(error.code());
  } catch (const std::exception& error) {
    const ErrorCode code = base::code_of(error);
    terminal.error((code == ErrorCode::internal ? "internal: " : "") + std::string(error.what()));
    return exit_code(code);
  }
}
