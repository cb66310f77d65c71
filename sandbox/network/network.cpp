#include "sandbox/network/network.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/route.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <sstream>

#include "files/look.hpp"
#include "json/json.hpp"
#include "process/spawn.hpp"
#include "sandbox/system/output.hpp"
#include "web/link_service.hpp"

namespace pinnace::sandbox {

using base::Error;
using base::ErrorCode;
using files::UniqueFd;
using nlohmann::json;

namespace {

constexpr const char* k_resolver = "10.0.2.3";  // slirp4netns(1)

void check_tools(const helper::HelperRequest& request) {
  try {
    (void)process::find_program("slirp4netns", {{"PATH", request.path}});
  } catch (const Error&) {
    throw Error(ErrorCode::unsupported,
                "slirp4netns is not there, which gives containers a network; as root: apt-get "
                "install slirp4netns; or choose --network=none or --network=host");
  }
  const UniqueFd tun(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
  if (!tun)
    throw Error(
        ErrorCode::unsupported,
        std::string("/dev/net/tun can't be opened (") + ::strerror(errno) +
            "), which slirp4netns needs; as root: modprobe tun; chmod 0666 /dev/net/tun, as "
            "udev does; or choose --network=none or --network=host");
}

std::vector<std::string> confinement(const std::string& path) {
  Pipe said = make_pipe();
  Program program({"slirp4netns", "--help"}, path, {-1, said.writing.get(), -1});
  said.writing.reset();
  files::FileSource source(std::move(said.reading), "slirp4netns --help");
  return confinement_of(base::read_all(source, 65536, "slirp4netns --help"));
}

/// One request to the API of slirp4netns, and its answer.
json ask(const std::string& socket_path, const json& question) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socket_path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const UniqueFd fd(require(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "open a socket"));
  require(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)),
          "connect to slirp4netns");
  write_all(fd.get(), question.dump());
  ::shutdown(fd.get(), SHUT_WR);
  const char* const what = "answer of slirp4netns";
  files::FileSource source(UniqueFd(::dup(fd.get())), what);
  return pinnace::json::parse(base::read_all(source, 65536, what), what);
}

[[noreturn]] void refuse(const base::PublishedPort& port, const std::string& why) {
  throw Error(ErrorCode::conflict, "port " + port.address + ":" + std::to_string(port.host_port) +
                                       (port.udp ? "/udp" : "") +
                                       " of the host can't be had: " + why);
}

[[noreturn]] void refuse(const base::PublishedPort& port, int error) {
  if (error == EADDRINUSE) refuse(port, "another program has it");
  if (error == EACCES)
    refuse(port,
           "this user may not have one so low; the least is in "
           "/proc/sys/net/ipv4/ip_unprivileged_port_start");
  if (error == EADDRNOTAVAIL) refuse(port, "this machine does not have that address");
  refuse(port, ::strerror(error));
}

/// Has a port of the host for a moment, any free one if it is 0: its number. Somebody may take it
/// before slirp4netns does, which is then an error.
std::uint16_t try_port(const base::PublishedPort& port) {
  const UniqueFd fd(require(
      ::socket(AF_INET, (port.udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0), "open a socket"));
  const int yes = 1;  // as slirp4netns: connections that have ended do not count
  if (!port.udp && port.host_port != 0)
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port.host_port);
  ::inet_pton(AF_INET, port.address.c_str(), &address.sin_addr);
  socklen_t size = sizeof(address);
  auto* named = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd.get(), named, size) != 0) refuse(port, errno);
  require(::getsockname(fd.get(), named, &size), "find a free port");
  return ntohs(address.sin_port);
}

void publish(const std::string& socket_path, const std::vector<base::PublishedPort>& ports) {
  json published = json::array();
  for (const base::PublishedPort& port : ports) {
    const std::uint16_t host = port.host_port != 0 ? port.host_port : try_port(port);
    const json answer = ask(socket_path, {{"execute", "add_hostfwd"},
                                          {"arguments",
                                           {{"proto", port.udp ? "udp" : "tcp"},
                                            {"host_addr", port.address},
                                            {"host_port", host},
                                            {"guest_port", port.container_port}}}});
    if (answer.contains("error")) {
      (void)try_port(port);
      refuse(port, "slirp4netns says " + answer.at("error").dump());
    }
    published.push_back({{"address", port.address},
                         {"hostPort", host},
                         {"containerPort", port.container_port},
                         {"udp", port.udp}});
  }
  send(helper::FrameType::started, json{{"ports", published}});
}

/// The loopback, which slirp4netns would connect to as if it were the host, as it would to
/// web::k_link_services. The default route takes a socket there that is bound to the device
/// (SO_BINDTODEVICE, IP_PKTINFO: no capability is needed). What the container's own loopback has is
/// found before these routes are looked at. slirp4netns has IPv6 on request only; what is closed of
/// it stays so, whoever gives a container a way out.
constexpr web::Network k_loopback[] = {{"127.0.0.0", 8}, {"0.0.0.0", 8}};

void close_network_of_four(int socket, const web::Network& network) {
  rtentry route{};
  const auto place = [](sockaddr& to, in_addr what) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr = what;
    std::memcpy(&to, &address, sizeof(address));
  };
  in_addr first{};
  ::inet_pton(AF_INET, network.address, &first);
  place(route.rt_dst, first);
  place(route.rt_genmask, {htonl(~std::uint32_t{0} << (32 - network.bits))});
  route.rt_flags = RTF_UP | RTF_REJECT;
  require(::ioctl(socket, SIOCADDRT, &route), std::string("close the way to ") + network.address);
}

void close_network_of_six(int socket, const web::Network& network) {
  in6_rtmsg route{};
  ::inet_pton(AF_INET6, network.address, &route.rtmsg_dst);
  route.rtmsg_dst_len = static_cast<std::uint16_t>(network.bits);
  route.rtmsg_flags = RTF_UP | RTF_REJECT;
  route.rtmsg_metric = 1;
  require(::ioctl(socket, SIOCADDRT, &route), std::string("close the way to ") + network.address);
}

void close_networks(int socket) {
  const UniqueFd six(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!six && errno != EAFNOSUPPORT) base::throw_errno(errno, "open a socket");
  for (const web::Network& network : k_loopback) close_network_of_four(socket, network);
  for (const web::Network& network : web::k_link_services) {
    const bool is_six = std::string_view(network.address).find(':') != std::string_view::npos;
    if (!is_six) close_network_of_four(socket, network);
    if (is_six && six) close_network_of_six(six.get(), network);
  }
}

/// Lets all groups ask for an echo, which raw sockets were for (icmp(7), ping_group_range).
void allow_echo_requests(const std::vector<spec::IdRange>& groups) {
  const char* file = "/proc/sys/net/ipv4/ping_group_range";
  if (files::exists(file)) write_file(file, all_groups(groups));  // else: no such sockets
}

}  // namespace

OutsideNetwork::OutsideNetwork(const helper::HelperRequest& request, pid_t inside) {
  check_tools(request);
  // Relative to the directory that we are in, as the path of a socket has at most 107 bytes.
  const std::string socket_path = "slirp-" + std::to_string(::getpid());
  std::vector<std::string> arguments = {"slirp4netns", "--configure",
                                        "--mtu=65520", "--disable-host-loopback",
                                        "--exit-fd=0", "--ready-fd=3"};
  if (!request.ports.empty()) arguments.push_back("--api-socket=" + socket_path);
  arguments.insert(arguments.end(), {std::to_string(inside), "tap0"});
  std::vector<std::string> confined = arguments;
  const std::vector<std::string> options = confinement(request.path);
  confined.insert(confined.begin() + 1, options.begin(), options.end());
  // Root that may not mount, as in a container, can't have it.
  std::string refusal = start(confined, request.path);
  if (!refusal.empty()) refusal = start(arguments, request.path);
  if (!refusal.empty())
    throw Error(ErrorCode::unsupported, "slirp4netns gives no network: " + refusal);
  if (request.ports.empty()) return;
  publish(socket_path, request.ports);
  ::unlink(socket_path.c_str());
}

std::string OutsideNetwork::start(const std::vector<std::string>& arguments,
                                  const std::string& path) {
  Pipe alive = make_pipe();
  Pipe ready = make_pipe();
  Pipe said = make_pipe();
  // Nobody reads what it says later: that must neither end it nor make it wait.
  require(::fcntl(said.writing.get(), F_SETFL, O_NONBLOCK), "make a pipe");
  m_program = std::make_unique<Program>(
      arguments, path,
      std::vector{alive.reading.get(), -1, said.writing.get(), ready.writing.get()});
  m_alive = std::move(alive.writing);
  m_said = std::move(said.reading);
  ready.writing.reset();
  said.writing.reset();
  char one = 0;
  if (::read(ready.reading.get(), &one, 1) == 1) return {};
  files::FileSource source(std::move(m_said), "slirp4netns");
  std::string text = base::read_all(source, 65536, "slirp4netns");
  while (text.ends_with('\n')) text.pop_back();
  return text.empty() ? "it says nothing" : text;
}

void prepare_network(const helper::HelperRequest& request) {
  const UniqueFd fd(require(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "open a socket"));
  ifreq interface {};
  std::strcpy(interface.ifr_name, "lo");
  interface.ifr_flags = IFF_UP | IFF_RUNNING;
  require(::ioctl(fd.get(), SIOCSIFFLAGS, &interface), "start the loopback");
  close_networks(fd.get());
  allow_echo_requests(request.groups);
}

std::vector<std::string> confinement_of(const std::string& help) {
  std::vector<std::string> options;
  for (const char* option : {"--enable-sandbox", "--enable-seccomp"}) {
    if (help.find(option) != std::string::npos) options.emplace_back(option);
  }
  return options;
}

std::string all_groups(const std::vector<spec::IdRange>& groups) {
  constexpr std::uint32_t k_most = 0x7fffffff;
  std::uint32_t end = groups.empty() ? k_most : 0;
  for (const spec::IdRange& range : groups) end = std::max(end, range.inside + range.count - 1);
  return "0 " + std::to_string(std::min(end, k_most));
}

std::string resolver_settings(container::Network network, const std::string& host_settings) {
  if (network == container::Network::host) return host_settings;
  if (network == container::Network::none) return {};
  std::string settings = std::string("nameserver ") + k_resolver + "\n";
  std::istringstream lines(host_settings);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("search ") || line.starts_with("domain ") || line.starts_with("options "))
      settings += line + "\n";
  }
  return settings;
}

}  // namespace pinnace::sandbox
