#include "support/docker_registry.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "files/file.hpp"

namespace pinnace::test_support {

namespace {

constexpr const char* k_program = "/usr/bin/docker-registry";

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

int free_port() {
  const files::UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(fd.get(), generic, size) != 0 || getsockname(fd.get(), generic, &size) != 0) {
    throw std::runtime_error("no free port");
  }
  return ntohs(address.sin_port);
}

}  // namespace

bool DockerRegistry::available() {
  return std::filesystem::exists(k_program);
}

DockerRegistry::DockerRegistry() : m_port(free_port()) {
  std::ofstream(m_directory.path() / "config.yml")
      << "version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage:\n"
      << "  filesystem: {rootdirectory: " << (m_directory.path() / "data").string() << "}\n"
      << "  delete: {enabled: true}\nhttp: {addr: '" << host() << "'}\n";
  start();
}

DockerRegistry::~DockerRegistry() {
  kill();
}

void DockerRegistry::start() {
  const std::string config = (m_directory.path() / "config.yml").string();
  std::string words[] = {"docker-registry", "serve", config};
  char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
  char path[] = "PATH=/usr/bin:/bin";
  char* environment[] = {path, nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
    posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_WRONLY, 0);
  }
  const int result = posix_spawn(&m_pid, k_program, &actions, nullptr, arguments, environment);
  posix_spawn_file_actions_destroy(&actions);
  if (result != 0) throw std::runtime_error("docker-registry does not start");
  for (int i = 0; i < 1000; ++i) {
    if (answers()) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  throw std::runtime_error("docker-registry does not answer");
}

bool DockerRegistry::answers() const {
  const files::UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = loopback(m_port);
  return connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

void DockerRegistry::kill() {
  if (m_pid <= 0) return;
  ::kill(m_pid, SIGKILL);
  waitpid(m_pid, nullptr, 0);
  m_pid = -1;
}

}  // namespace pinnace::test_support
