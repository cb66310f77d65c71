#pragma once

#include <compare>
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pinnace::oci {

/// os/architecture[/variant], as Go names them: "linux/amd64", "linux/arm64/v8" (OCI image index
/// specification). Normalised as containerd does: aarch64 -> arm64, x86_64 -> amd64, arm64/v8 ->
/// arm64, arm -> arm/v7. As it stands in an image or index, it may be anything.
struct Platform {
  std::string os;
  std::string architecture;
  std::string variant;
  std::string os_version;

  /// Throws invalid_input.
  static Platform parse(std::string_view text);
  /// The one that this program runs on.
  static Platform host();
  /// The one name of what has several.
  Platform normalized() const;
  std::string str() const;

  auto operator<=>(const Platform&) const = default;
};

/// Which of `offered` serves a wish best; nullopt if none does. An exact match goes first, then the
/// nearest lower level of the same architecture (arm/v7 -> v6 -> v5, amd64/v3 -> v2 -> amd64), as
/// containerd's platforms.OnlyStrict has it; of equals the first. The version of an operating
/// system is compared only if the wish has one, whose first components are enough ("10.0.17763");
/// the newest goes first. Whatever chooses an image of an index asks here.
std::optional<std::size_t> choose_platform(const Platform& wish, std::span<const Platform> offered);

}  // namespace pinnace::oci
