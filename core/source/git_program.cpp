#include "source/git_program.hpp"

#include <algorithm>
#include <sstream>

#include "base/quote.hpp"
#include "files/directory.hpp"
#include "process/process.hpp"
#include "source/commit_listing.hpp"
#include "source/git_server.hpp"
#include "web/host.hpp"
#include "web/link_service.hpp"
#include "web/redact.hpp"

namespace pinnace::source {

using base::Context;
using base::Error;
using base::ErrorCode;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::hours k_deadline{1};
constexpr std::uint64_t k_memory = std::uint64_t{4} << 30;

/// A pack is one file, which index-pack looks through in little memory, and nothing goes on in the
/// background.
constexpr const char* k_settings[] = {
    "core.hooksPath=/dev/null", "core.askPass=",  "fetch.unpackLimit=1",
    "transfer.unpackLimit=1",   "pack.threads=1", "core.packedGitWindowSize=32m",
    "core.packedGitLimit=512m", "gc.auto=0",      "maintenance.auto=false",
};

/// What of the host's environment concerns the way to a server.
constexpr const char* k_passed[] = {"PATH",         "http_proxy",    "https_proxy",   "HTTPS_PROXY",
                                    "all_proxy",    "ALL_PROXY",     "no_proxy",      "NO_PROXY",
                                    "SSL_CERT_DIR", "SSL_CERT_FILE", "GIT_SSL_CAINFO"};

process::Environment environment_of(const process::Environment& host, const fs::path& home) {
  process::Environment environment = {
      {"HOME", home.string()},  // no .netrc, no settings
      {"GIT_CEILING_DIRECTORIES", home.parent_path().string()},
      {"LC_ALL", "C"},
      {"GIT_ALLOC_LIMIT", "1g"},
      {"GIT_ATTR_NOSYSTEM", "1"},
      {"GIT_CONFIG_GLOBAL", "/dev/null"},
      {"GIT_CONFIG_NOSYSTEM", "1"},
      {"GIT_LFS_SKIP_SMUDGE", "1"},
      {"GIT_TERMINAL_PROMPT", "0"},
      // The user's keys are not ours to use; an agent was given on purpose.
      {"GIT_SSH_COMMAND", "ssh -F none -o BatchMode=yes -o IdentityFile=none"},
  };
  for (const char* name : k_passed) {
    if (const auto value = process::variable(host, name)) environment[name] = *value;
  }
  return environment;
}

/// What git complained of, without the lines that say how far it was.
std::string complaint_of(const std::string& said) {
  std::string complaint;
  std::istringstream input(said);
  for (std::string line; std::getline(input, line);) {
    line.erase(0, line.rfind('\r') + 1);
    if (line.starts_with("fatal: ") || line.starts_with("error: "))
      complaint += (complaint.empty() ? "" : "\n") + line;
  }
  return complaint.empty() ? said.substr(0, said.find_last_not_of('\n') + 1) : complaint;
}

/// What git, curl and ssh say of a way to a server that failed, and may not the next time.
bool is_cut(const std::string& said) {
  constexpr const char* k_signs[] = {"Could not resolve host",
                                     "Temporary failure in name resolution",
                                     "Failed to connect",
                                     "unable to connect",
                                     "Couldn't connect",
                                     "Connection refused",
                                     "Connection reset",
                                     "timed out",
                                     "Empty reply from server",
                                     "transfer closed",
                                     "early EOF",
                                     "non-properly terminated",
                                     "unexpected disconnect",
                                     "error: 429",
                                     "error: 500",
                                     "error: 502",
                                     "error: 503",
                                     "error: 504"};
  return std::any_of(std::begin(k_signs), std::end(k_signs),
                     [&](const char* sign) { return said.find(sign) != std::string::npos; });
}

/// Whether our limits, or git's own, ended what it did. `complaint` has nothing that a server said.
bool is_over_limits(const process::Result& result, const std::string& complaint) {
  const std::string signs[] = {"over limit", "ut of memory", "Cannot allocate memory",
                               "died of signal " + std::to_string(process::k_file_limit_signal)};
  return result.signal == process::k_file_limit_signal ||
         std::any_of(std::begin(signs), std::end(signs), [&](const std::string& sign) {
           return complaint.find(sign) != std::string::npos;
         });
}

/// What a fetch that was ended leaves in a repository of ours.
void remove_torn(const fs::path& checkout) {
  const fs::path packs = checkout / ".git/objects/pack";
  for (const std::string& name : files::Directory(packs).names())
    if (name.starts_with("tmp_")) fs::remove(packs / name);
  fs::remove(checkout / ".git/shallow.lock");
}

GitServer server_of(const std::string& repository) {
  if (auto server = git_server_of(repository)) return *std::move(server);
  throw Error(ErrorCode::invalid_input,
              base::quote(web::redact_url(repository)) +
                  " is no git repository whose server is clear; expected https://HOST/NAME.git");
}

http::Options options_of(const GitProgram::Options& options) {
  http::Options http = options.reach.http;
  http.user_agent = "git/" + http.user_agent;  // some servers answer nobody else
  if (const auto own = process::variable(options.environment, "GIT_SSL_CAINFO"))
    http.ca_file = *own;
  return http;
}

/// Who has answered is asked: a name may lead elsewhere the next time (git 2.37 and later).
std::vector<std::string> options_for(const GitWay& way) {
  std::vector<std::string> options = {"-c", "http.followRedirects=false"};
  const auto reached = git_server_of(way.url);
  if (!reached || way.address.empty()) return options;
  // Whether a dot at the end is part of the name depends on curl's version.
  for (const std::string& host : {reached->host, reached->host + "."}) {
    options.emplace_back("-c");
    options.push_back("http.curloptResolve=" + host + ":" + reached->port + ":" + way.address);
  }
  return options;
}

bool is_web(const GitServer& server) {
  return server.scheme == "https" || server.scheme == "http";
}

}  // namespace

/// What git is run with.
struct GitProgram::Order {
  std::vector<std::string> arguments;
  Checkout checkout;
  std::vector<std::string> options;  ///< of git itself
  std::string scheme;                ///< the only one that is spoken; empty: no server
  std::function<void(std::string_view)> on_output = {};
};

GitProgram::GitProgram(const files::ScratchDirectory& home, Options options)
    : m_home(home), m_options(std::move(options)), m_client(options_of(m_options)) {}

std::string GitProgram::attempt(const Context& context, const std::string& shown,
                                const Order& order) {
  process::Command command;
  command.arguments = {"git"};
  for (const char* setting : k_settings) {
    command.arguments.emplace_back("-c");
    command.arguments.emplace_back(setting);
  }
  command.arguments.insert(command.arguments.end(), order.options.begin(), order.options.end());
  command.environment = environment_of(m_options.environment, m_home.path());
  command.directory = order.checkout.empty() ? m_home.path() : order.checkout;
  if (!order.checkout.empty()) {
    command.environment["GIT_DIR"] = order.checkout / ".git";
    command.environment["GIT_WORK_TREE"] = order.checkout;
  }
  if (order.scheme == "ssh" && !m_options.agent.empty())
    command.environment["SSH_AUTH_SOCK"] = m_options.agent;
  command.environment["GIT_ALLOW_PROTOCOL"] = order.scheme;
  // Of a server it says each second how far it is, while bytes come.
  if (!order.scheme.empty() || order.on_output) command.silence = m_options.reach.http.stall;
  command.limits = {k_memory, CheckoutBudget{}.bytes};
  command.arguments.insert(command.arguments.end(), order.arguments.begin(), order.arguments.end());
  command.on_output = order.on_output;
  command.deadline = k_deadline;
  process::Result result;
  try {
    result = process::run(context, command);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::unavailable)
      throw http::TransportError(shown + ": " + error.message());
    if (error.code() != ErrorCode::not_found) throw;
    throw Error(
        ErrorCode::unsupported,
        "ADD of a git repository needs git, which is not there; as root: apt-get install git");
  }
  if (result.succeeded()) return result.output;
  const std::string complaint = complaint_of(result.error);
  const std::string message =
      shown + ": git: " + result.status() + ": " + web::quote_text(complaint);
  if (is_over_limits(result, complaint))
    throw Error(ErrorCode::invalid_input, message + "; an ADD may not have so much memory or disk");
  if (!order.scheme.empty() && is_cut(result.error)) throw http::TransportError(message);
  throw GitRefusal(message);
}

std::string GitProgram::run(const Context& context, const std::string& shown,
                            const std::vector<std::string>& arguments, const Checkout& checkout) {
  return attempt(context, shown, Order{arguments, checkout, {}, {}});
}

void GitProgram::run(const Context& context, const std::string& shown,
                     const std::vector<std::string>& arguments, const Checkout& checkout,
                     const std::function<void(std::string_view)>& on_output) {
  (void)attempt(context, shown, Order{arguments, checkout, {}, {}, on_output});
}

void GitProgram::check(const std::string& shown, const std::string& repository) const {
  const GitServer server = server_of(repository);
  if (web::is_link_service(server.host))
    throw Error(ErrorCode::denied, shown + ": is at a link-local address");
  const auto& why_no_loopback = m_options.reach.http.why_no_loopback;
  if (!why_no_loopback || !web::is_loopback(server.host)) return;
  if (const auto why = why_no_loopback({server.scheme, server.host, server.port}); !why.empty())
    throw Error(ErrorCode::denied, shown + ": leads to this machine's loopback; " + why);
}

const GitWay& GitProgram::way_to(const Context& context, const std::string& repository) {
  const auto found = m_ways.find(repository);
  if (found != m_ways.end()) return found->second;
  return m_ways.emplace(repository, find_way(context, m_client, repository)).first->second;
}

std::string GitProgram::ask(const Context& context, const std::string& shown,
                            const std::string& repository, const Arguments& arguments,
                            const Checkout& checkout) {
  check(shown, repository);
  if (m_ways.empty()) (void)run(context, shown, {"--version"}, {});  // without git nobody is asked
  const bool is_by_web = is_web(server_of(repository));
  for (http::Retry retry(context, m_options.reach.retry, shown);;) {
    try {
      GitWay way{repository, {}};
      if (is_by_web) way = way_to(context, repository);
      const std::string scheme = server_of(way.url).scheme;
      if (!checkout.empty()) remove_torn(checkout);
      return attempt(context, shown, Order{arguments(way.url), checkout, options_for(way), scheme});
    } catch (const http::TransportError& error) {
      if (!retry.again(error)) throw retry.exhausted(error);
    }
  }
}

}  // namespace pinnace::source
