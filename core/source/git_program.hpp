#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/context.hpp"
#include "base/error.hpp"
#include "files/scratch.hpp"
#include "http/client.hpp"
#include "process/environment.hpp"
#include "source/git_way.hpp"

namespace pinnace::source {

/// Git has come to an end, and said why it could not do what it was asked: a verdict, no failure of
/// the way to a server.
class GitRefusal final : public base::Error {
 public:
  explicit GitRefusal(std::string message)
      : Error(base::ErrorCode::unavailable, std::move(message)) {}
};

/// The git program of the host. It gets no credentials, settings, hooks or filters of the user,
/// asks nobody, and speaks only https, http, git and ssh, which alone may use an agent that is
/// given. For one thread.
class GitProgram {
 public:
  struct Options {
    /// Has PATH, and the variables for proxies and authorities that git understands.
    process::Environment environment;
    std::string agent;  ///< the socket of an SSH agent; empty: none
    http::Reach reach;  ///< how patient one is with a server, and which may be asked
  };
  /// What git is told, by the URL that answers for a repository.
  using Arguments = std::function<std::vector<std::string>(const std::string& url)>;

  /// `home` outlives it, and has nothing of the user's.
  GitProgram(const files::ScratchDirectory& home, Options options);

  /// Where it works: in a checkout, whose repository is its directory .git and no other, wherever
  /// git would look for one by itself. Empty: in none.
  using Checkout = std::filesystem::path;

  /// Throws denied for the server of `repository` if it may not be asked, as far as its name alone
  /// tells, which is all that is known of a server of git or ssh; invalid_input if it has none.
  void check(const std::string& shown, const std::string& repository) const;

  /// Runs git to its end and returns what it says. `shown` names what is done, for messages. Throws
  /// GitRefusal, unsupported without git, invalid_input for what needs more memory or disk than an
  /// ADD may have: a process of git has 4 GiB of memory, 1 GiB in one piece, and writes no file of
  /// more than CheckoutBudget::bytes.
  std::string run(const base::Context& context, const std::string& shown,
                  const std::vector<std::string>& arguments, const Checkout& checkout);
  /// The same for what may say much.
  void run(const base::Context& context, const std::string& shown,
           const std::vector<std::string>& arguments, const Checkout& checkout,
           const std::function<void(std::string_view)>& on_output);
  /// The same of what asks the server of `repository`: again where the way to it failed, as often
  /// as Options::reach says. Git follows no redirect: find_way() has. Throws denied for a server
  /// that may not be asked, unavailable.
  std::string ask(const base::Context& context, const std::string& shown,
                  const std::string& repository, const Arguments& arguments,
                  const Checkout& checkout = {});

 private:
  struct Order;
  std::string attempt(const base::Context& context, const std::string& shown, const Order& order);
  const GitWay& way_to(const base::Context& context, const std::string& repository);

  const files::ScratchDirectory& m_home;
  Options m_options;
  http::Client m_client;
  std::map<std::string, GitWay> m_ways;
};

}  // namespace pinnace::source
