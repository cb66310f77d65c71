#include "spec/emulator.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "base/error.hpp"
#include "files/file.hpp"

namespace pinnace::spec {

namespace {

struct Machine {
  const char* architecture;
  const char* name;
  std::uint8_t elf_class;  ///< 1: 32 bits, 2: 64
  bool big_endian;
  std::uint8_t number;  ///< e_machine
};
/// Numbers of elf.h.
constexpr std::array<Machine, 7> k_machines = {{{"amd64", "x86_64", 2, false, 62},
                                                {"arm64", "aarch64", 2, false, 183},
                                                {"arm", "arm", 1, false, 40},
                                                {"386", "i386", 1, false, 3},
                                                {"ppc64le", "ppc64le", 2, false, 21},
                                                {"s390x", "s390x", 2, true, 22},
                                                {"riscv64", "riscv64", 2, false, 243}}};

const Machine* find_machine(const std::string& architecture) {
  const auto* found =
      std::find_if(k_machines.begin(), k_machines.end(),
                   [&](const Machine& machine) { return machine.architecture == architecture; });
  return found == k_machines.end() ? nullptr : found;
}

std::string escaped(const std::vector<std::uint8_t>& bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    std::array<char, 5> code{};
    std::snprintf(code.data(), code.size(), "\\x%02x", static_cast<unsigned>(byte));
    text += code.data();
  }
  return text;
}

}  // namespace

std::optional<std::string> emulator_name(const std::string& architecture) {
  const Machine* machine = find_machine(architecture);
  return machine == nullptr ? std::nullopt : std::optional<std::string>(machine->name);
}

std::string foreign_architecture(const oci::Platform& platform) {
  const std::string& architecture = platform.architecture;
  if (architecture == oci::Platform::host().architecture) return {};
  const auto name = emulator_name(architecture);
  if (!name) return architecture;
  const std::string entry =
      files::read_file_or_empty("/proc/sys/fs/binfmt_misc/qemu-" + *name, 4096);
  // F: the interpreter was opened when it was registered, so that an image needs none.
  const std::size_t flags = entry.find("flags: ");
  const bool is_open =
      entry.starts_with("enabled") && flags != std::string::npos &&
      entry.substr(flags, entry.find('\n', flags) - flags).find('F') != std::string::npos;
  return is_open ? std::string() : architecture;
}

std::string emulator_registration(const std::string& architecture, const std::string& program) {
  const Machine* machine = find_machine(architecture);
  if (machine == nullptr || program.find_first_of(":\n") != std::string::npos)
    throw base::Error(base::ErrorCode::invalid_input,
                      program + " can't be the emulator of " + architecture);
  // The start of an ELF file: its identification but the ABI, the type (2, or 3: independent of its
  // position), the machine.
  std::vector<std::uint8_t> magic = {0x7F,
                                     'E',
                                     'L',
                                     'F',
                                     machine->elf_class,
                                     static_cast<std::uint8_t>(machine->big_endian ? 2 : 1),
                                     1};
  std::vector<std::uint8_t> mask(magic.size(), 0xFF);
  magic.resize(16);
  mask.push_back(0);
  mask.resize(16, 0xFF);
  const auto add_half = [&](std::uint8_t value, std::uint8_t low_mask) {
    const std::vector<std::uint8_t> values = machine->big_endian
                                                 ? std::vector<std::uint8_t>{0, value}
                                                 : std::vector<std::uint8_t>{value, 0};
    const std::vector<std::uint8_t> masks = machine->big_endian
                                                ? std::vector<std::uint8_t>{0xFF, low_mask}
                                                : std::vector<std::uint8_t>{low_mask, 0xFF};
    magic.insert(magic.end(), values.begin(), values.end());
    mask.insert(mask.end(), masks.begin(), masks.end());
  };
  add_half(2, 0xFE);
  add_half(machine->number, 0xFF);
  // P: the program's own first argument stays; O, C: it is opened, and its set-user-id bits count,
  // as for any other; F: the emulator is opened now.
  return std::string(":pinnace-") + machine->name + ":M::" + escaped(magic) + ":" + escaped(mask) +
         ":" + program + ":POCF";
}

}  // namespace pinnace::spec
