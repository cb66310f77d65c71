#include "tree/context_mode.hpp"

#include <algorithm>
#include <array>

namespace pinnace::tree {

namespace {

constexpr std::array<std::uint32_t, 6> k_umasks = {000, 002, 007, 022, 027, 077};
constexpr std::uint32_t k_usual_umask = 022;
constexpr std::uint32_t k_setgid = 02000;

}  // namespace

std::uint32_t normal_mode(std::uint32_t disk, bool is_directory, std::uint32_t parent) noexcept {
  const std::uint32_t inherited = is_directory ? parent & k_setgid : 0;
  const std::uint32_t mode = disk & 07777U & ~inherited;
  if ((mode & 07000U) != 0) return mode;
  const std::uint32_t all_as_owner = ((mode >> 6) & 07U) * 0111U;
  const auto explains = [&](std::uint32_t umask) { return mode == (all_as_owner & ~umask); };
  const bool explained = std::any_of(k_umasks.begin(), k_umasks.end(), explains);
  return explained ? all_as_owner & ~k_usual_umask : mode;
}

bool opens_up(std::uint32_t disk, std::uint32_t mode) noexcept {
  return (mode & ~disk & 055U) != 0;
}

}  // namespace pinnace::tree
