#include "cli/signals.hpp"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/thread.hpp"

namespace pinnace::cli {

namespace {

constexpr int k_end_watch = SIGUSR2;

/// What whoever started us has us ignore (nohup, or a shell for what runs in the background) stays
/// ignored: sigwait() would take it all the same.
bool is_ignored(int number) {
  struct sigaction action {};
  return ::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, k_end_watch}) {
    if (!is_ignored(number)) sigaddset(&set, number);
  }
  return set;
}

}  // namespace

SignalWatcher::SignalWatcher() {
  const sigset_t set = watched();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A write then fails, with an error that says where.
  for (const int number : {SIGPIPE, SIGXFSZ}) ::signal(number, SIG_IGN);
  m_thread = base::start_thread([this, set] {
    for (bool asked = false;;) {
      int number = 0;
      if (::sigwait(&set, &number) != 0 || number == k_end_watch) return;
      if (asked) ::_exit(130);
      asked = true;
      m_stop.request_stop();
    }
  });
}

SignalWatcher::~SignalWatcher() {
  ::pthread_kill(m_thread.native_handle(), k_end_watch);
}

}  // namespace pinnace::cli
