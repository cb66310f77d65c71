#include "sandbox/network/agent_proxy.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <list>
#include <vector>

#include "base/error.hpp"
#include "helper/frame.hpp"
#include "sandbox/network/agent_messages.hpp"
#include "sandbox/system/system.hpp"

namespace pinnace::sandbox {

using files::UniqueFd;

namespace {

/// More wait until one ends.
constexpr std::size_t k_max_connections = 32;

UniqueFd make_socket(int flags) {
  return UniqueFd(
      require(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0), "make a socket"));
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path))
    throw base::Error(base::ErrorCode::invalid_input, path + " is too long for a socket");
  path.copy(address.sun_path, path.size());
  return address;
}

/// One of the container's connections, and its own to the agent. Requests go one at a time: the
/// next one is read when the last one is answered.
class Connection {
 public:
  Connection(UniqueFd container, UniqueFd agent)
      : m_container(std::move(container)), m_agent(std::move(agent)) {}
  /// What it waits for: one end or the other, to be read or written.
  pollfd wanted() const;
  /// Goes on, as what it waits for is there. False: it has ended. Throws for a peer that does not
  /// keep to the protocol.
  bool advance();

 private:
  bool take_request();
  static bool receive(const UniqueFd& from, std::string& received);
  static bool send(const UniqueFd& to, std::string& bytes);

  UniqueFd m_container;
  UniqueFd m_agent;
  bool m_asked = false;          ///< the agent's answer is to come
  std::string m_from_container;  ///< not a whole message yet, or after the one that is asked
  std::string m_from_agent;
  std::string m_to_agent;
  std::string m_to_container;
};

pollfd Connection::wanted() const {
  if (!m_to_container.empty()) return {m_container.get(), POLLOUT, 0};
  if (!m_to_agent.empty()) return {m_agent.get(), POLLOUT, 0};
  return {m_asked ? m_agent.get() : m_container.get(), POLLIN, 0};
}

bool Connection::advance() {
  if (!m_to_container.empty()) return send(m_container, m_to_container) && take_request();
  if (!m_to_agent.empty()) return send(m_agent, m_to_agent);
  if (!m_asked) return receive(m_container, m_from_container) && take_request();
  if (!receive(m_agent, m_from_agent)) return false;
  if (auto answer = take_agent_message(m_from_agent)) {
    m_to_container = *std::move(answer);
    m_asked = false;
  }
  return true;
}

/// The next one, if it is whole and the last one's answer is sent.
bool Connection::take_request() {
  if (!m_to_container.empty()) return true;
  auto request = take_agent_message(m_from_container);
  if (!request) return true;
  m_asked = may_ask_agent(std::string_view(*request).substr(helper::k_size_bytes));
  (m_asked ? m_to_agent : m_to_container) = m_asked ? *std::move(request) : agent_failure();
  return true;
}

bool Connection::receive(const UniqueFd& from, std::string& received) {
  std::array<char, 16 * 1024> buffer;
  const ssize_t size = ::recv(from.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (size > 0) received.append(buffer.data(), static_cast<std::size_t>(size));
  return size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR));
}

bool Connection::send(const UniqueFd& to, std::string& bytes) {
  const ssize_t size = ::send(to.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (size > 0) bytes.erase(0, static_cast<std::size_t>(size));
  return size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR));
}

/// All connections of one socket.
class Service {
 public:
  Service(const UniqueFd& agent, const UniqueFd& listener)
      : m_agent(address_of("/proc/self/fd/" + std::to_string(agent.get()))), m_listener(listener) {}
  [[noreturn]] void serve();

 private:
  void accept();
  static bool advance(Connection& connection);

  sockaddr_un m_agent;
  const UniqueFd& m_listener;
  std::list<Connection> m_connections;
};

void Service::serve() {
  for (;;) {
    const bool full = m_connections.size() == k_max_connections;
    std::vector<pollfd> fds = {{full ? -1 : m_listener.get(), POLLIN, 0}};
    for (const Connection& connection : m_connections) fds.push_back(connection.wanted());
    if (::poll(fds.data(), fds.size(), -1) < 0) {
      if (errno == EINTR) continue;
      base::throw_errno(errno, "wait");
    }
    auto ready = fds.begin() + 1;
    m_connections.remove_if(
        [&](Connection& connection) { return (ready++)->revents != 0 && !advance(connection); });
    if (fds.front().revents != 0) accept();
  }
}

bool Service::advance(Connection& connection) {
  try {
    return connection.advance();
  } catch (const base::Error&) {
    return false;
  }
}

/// An agent that is not there ends the connection, as one does that ends.
void Service::accept() {
  UniqueFd container(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!container) return;
  UniqueFd agent = make_socket(SOCK_NONBLOCK);
  const auto* address = reinterpret_cast<const sockaddr*>(&m_agent);
  if (::connect(agent.get(), address, sizeof(m_agent)) != 0) return;
  m_connections.emplace_back(std::move(container), std::move(agent));
}

/// The socket of an agent of the host (O_PATH).
UniqueFd open_agent(const std::string& path) {
  UniqueFd agent(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!agent && errno == ENOENT)
    throw base::Error(base::ErrorCode::not_found,
                      "SSH agent " + path + ": the host has nothing there");
  struct stat status {};
  if (!agent || ::fstat(agent.get(), &status) != 0) base::throw_errno(errno, "SSH agent " + path);
  if (!S_ISSOCK(status.st_mode))
    throw base::Error(base::ErrorCode::invalid_input,
                      "SSH agent " + path + ": it is no socket of an agent (--ssh)");
  return agent;
}

}  // namespace

AgentProxy::AgentProxy(const std::string& path)
    : m_socket(make_socket(SOCK_NONBLOCK)), m_begin(make_pipe()) {
  const UniqueFd agent = open_agent(path);
  const pid_t parent = ::getpid();
  m_process = require(::fork(), "start a process for the SSH agent");
  if (m_process != 0) return;
  // As fork() has copied it, nothing here may return or be destroyed.
  char one = 0;
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != parent ||
      ::read(m_begin.reading.get(), &one, 1) != 1)
    ::_exit(1);
  try {
    Service(agent, m_socket).serve();
  } catch (const std::exception&) {
    ::_exit(1);
  }
}

AgentProxy::~AgentProxy() {
  ::kill(m_process, SIGKILL);
  ::waitpid(m_process, nullptr, 0);
}

void AgentProxy::serve_at(const std::string& place, const SocketAccess& access) const {
  const sockaddr_un address = address_of(place);
  require(::bind(m_socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)),
          "make " + place);
  require(::chown(place.c_str(), access.uid, access.gid), "give " + place + " to its owner");
  require(::chmod(place.c_str(), access.mode), "set the mode of " + place);
  require(::listen(m_socket.get(), SOMAXCONN), "listen at " + place);
  write_all(m_begin.writing.get(), "g");
}

std::list<AgentProxy> start_agents(const helper::HelperRequest& request) {
  std::list<AgentProxy> agents;
  for (const helper::HelperMount& mount : request.mounts) {
    if (mount.kind != "agent") continue;
    base::with_context([&] { return "mount at " + mount.target; },
                       [&] { agents.emplace_back(mount.source); });
  }
  return agents;
}

}  // namespace pinnace::sandbox
