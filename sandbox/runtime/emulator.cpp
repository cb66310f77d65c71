#include "sandbox/runtime/emulator.hpp"

#include <sys/mount.h>

#include "files/file.hpp"
#include "sandbox/system/system.hpp"

namespace pinnace::sandbox {

namespace {

constexpr std::size_t k_max_emulator = std::size_t{256} << 20;

}  // namespace

void register_emulator(const Stage& stage, const helper::HelperRequest& request) {
  if (request.emulator.empty()) return;
  const std::string copy = stage.base + "/emulator";
  const std::size_t flags = request.emulator.rfind(':');
  const std::size_t program = request.emulator.rfind(':', flags - 1) + 1;
  const std::string host = request.emulator.substr(program, flags - program);
  write_file(copy, files::read_file(host, k_max_emulator), 0755);
  const std::string place = stage.base + "/binfmt";
  make_directory(place);
  mount("binfmt_misc", place, "binfmt_misc", MS_NOSUID | MS_NODEV | MS_NOEXEC);
  write_file(place + "/register",
             request.emulator.substr(0, program) + copy + request.emulator.substr(flags));
}

}  // namespace pinnace::sandbox
